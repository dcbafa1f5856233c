// What a mask is composed of in the studio: the library's masks and published patterns, each with its numbers; and how a composition becomes
// the library's Mask, in its own size or enlarged.

import {
  and,
  bigBird,
  blocks,
  causal,
  documents,
  firstKeys,
  global,
  longformer,
  type Mask,
  not,
  or,
  padding,
  prefix,
  streaming,
  window,
} from '@heed/attention';
import { random } from '@heed/tensor';
import type { MaskSpec } from './maskSpec.ts';

/** Names of the numbers that parts take. */
export type ParameterName =
  | 'length'
  | 'left'
  | 'right'
  | 'dilation'
  | 'positions'
  | 'count'
  | 'size'
  | 'before'
  | 'after'
  | 'lengths'
  | 'window'
  | 'sinks'
  | 'windowBlocks'
  | 'globalBlocks'
  | 'randomBlocks'
  | 'seed';

/** A number of a part. */
export interface Parameter {
  readonly name: ParameterName;
  /** What it is at first. */
  readonly first: number;
  readonly least: number;
  readonly most: number;
  /** Distance of values that are allowed. Default 1. */
  readonly step?: number;
}

/** Sizes that a composition is made for. */
export interface MaskScale {
  /** Tokens. */
  readonly length: number;
  /** All numbers that count tokens are this many times as large. Default 1. */
  readonly factor?: number;
}

interface Part {
  readonly parameters: readonly Parameter[];
  /** Further numbers, as many as wished. */
  readonly rest?: Parameter;
  /** `values`: one for each parameter, then the rest. */
  make(values: readonly number[], scale: Required<MaskScale>): Mask;
}

/** Names of the parts, in the order in which they are offered. */
export const partNames = [
  'causal',
  'padding',
  'window',
  'global',
  'firstKeys',
  'blocks',
  'documents',
  'prefix',
  'longformer',
  'bigBird',
  'streaming',
] as const;

/** A part's name. */
export type PartName = (typeof partNames)[number];

const tokens = (name: ParameterName, first: number, least = 0): Parameter => ({
  name,
  first,
  least,
  most: 4096,
});

/** Positions enlarged: each becomes as many as the factor says. */
const enlarged = (positions: readonly number[], factor: number): number[] =>
  positions.flatMap((position) => Array.from({ length: factor }, (_, k) => position * factor + k));

/** Blocks that see so many blocks before and after themselves. */
const bandOfBlocks = (count: number, before: number, after: number): number[][] =>
  Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (_, column) => (column >= row - before && column <= row + after ? 1 : 0)),
  );

/** The document of each token: lengths one behind the other, all that is left being the last one's. */
const documentIds = (lengths: readonly number[], length: number): number[] => {
  const ids: number[] = [];
  for (const [id, own] of lengths.entries())
    for (let k = 0; k < own && ids.length < length; k++) ids.push(id);
  while (ids.length < length) ids.push(lengths.length);
  return ids;
};

/** All parts. */
export const parts: Readonly<Record<PartName, Part>> = {
  causal: { parameters: [], make: () => causal() },
  padding: {
    parameters: [tokens('length', 24)],
    make: ([real = 0], { factor }) => padding([real * factor]),
  },
  window: {
    parameters: [tokens('left', 4), tokens('right', 4), { name: 'dilation', first: 1, least: 1, most: 64 }],
    make: ([left = 0, right = 0, dilation = 1], { factor }) =>
      window({ left: left * factor, right: right * factor, dilation }),
  },
  global: {
    parameters: [],
    rest: tokens('positions', 0),
    make: (positions, { factor }) => global(enlarged(positions, factor)),
  },
  firstKeys: {
    parameters: [tokens('count', 4)],
    make: ([count = 0], { factor }) => firstKeys(count * factor),
  },
  blocks: {
    parameters: [tokens('size', 8, 1), tokens('before', 1), tokens('after', 0)],
    make: ([size = 1, before = 0, after = 0], { length, factor }) =>
      blocks({
        size: size * factor,
        table: bandOfBlocks(Math.ceil(length / (size * factor)), before, after),
      }),
  },
  documents: {
    parameters: [],
    rest: tokens('lengths', 12, 1),
    make: (lengths, { length, factor }) =>
      documents(
        documentIds(
          lengths.map((own) => own * factor),
          length,
        ),
      ),
  },
  prefix: {
    parameters: [tokens('length', 8)],
    make: ([length = 0], { factor }) => prefix(length * factor),
  },
  longformer: {
    parameters: [{ ...tokens('window', 8), step: 2 }],
    rest: tokens('positions', 0),
    make: ([width = 0, ...positions], { factor }) =>
      longformer({ window: width * factor, global: enlarged(positions, factor) }),
  },
  bigBird: {
    parameters: [
      tokens('size', 4, 1),
      { name: 'windowBlocks', first: 3, least: 1, most: 63, step: 2 },
      { name: 'globalBlocks', first: 1, least: 0, most: 16 },
      { name: 'randomBlocks', first: 2, least: 0, most: 16 },
      { name: 'seed', first: 1, least: 0, most: 999_999 },
    ],
    make: ([size = 1, windowBlocks = 3, globalBlocks = 1, drawn = 0, seed = 1], { length, factor }) =>
      bigBird({
        ...{ length, blockSize: size * factor, windowBlocks, globalBlocks },
        ...(drawn > 0 && { random: { blocks: drawn, source: random(seed) } }),
      }),
  },
  streaming: {
    parameters: [tokens('window', 12), tokens('sinks', 4)],
    make: ([left = 0, sinks = 0], { factor }) => streaming({ window: left * factor, sinks: sinks * factor }),
  },
};

/** The library's mask of a composition, for a sequence of `length` tokens. */
export const maskOf = (spec: MaskSpec, { length, factor = 1 }: MaskScale): Mask => {
  switch (spec.kind) {
    case 'and':
      return and(...spec.parts.map((part) => maskOf(part, { length, factor })));
    case 'or':
      return or(...spec.parts.map((part) => maskOf(part, { length, factor })));
    case 'not':
      return not(maskOf(spec.part, { length, factor }));
    default:
      return parts[spec.kind].make(spec.values, { length, factor });
  }
};
