// A mask as plain data, and back: for a worker (structured clone), a file or a cache key (JSON). A predicate is code, so it cannot go.

import { Tensor } from '@heed/tensor';
import {
  and,
  blocks,
  documents,
  firstKeys,
  global,
  keepWhere,
  type Mask,
  not,
  or,
  padding,
  window,
} from './mask.ts';

/** Plain data of a mask: objects, arrays, numbers and strings. No limit of a window is null. */
export type MaskJson =
  | {
      readonly kind: 'window';
      readonly left: number | null;
      readonly right: number | null;
      readonly dilation: number;
    }
  | { readonly kind: 'global'; readonly positions: readonly (readonly number[])[] }
  | { readonly kind: 'firstKeys'; readonly count: number }
  | { readonly kind: 'blocks'; readonly size: number; readonly table: readonly (readonly number[])[] }
  | { readonly kind: 'padding'; readonly lengths: readonly number[] }
  | { readonly kind: 'documents'; readonly queryIds: readonly number[]; readonly keyIds: readonly number[] }
  | { readonly kind: 'keep'; readonly shape: readonly number[]; readonly bits: string }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly MaskJson[] }
  | { readonly kind: 'not'; readonly part: MaskJson };

const limit = (side: number): number | null => (side === Number.POSITIVE_INFINITY ? null : side);

/**
 * A mask as plain data that JSON and structured clone carry. A `where` is refused: send the values that its function depends on.
 *
 * @example
 * worker.postMessage(maskToJson(and(causal(), padding([3, 5]))));
 */
export const maskToJson = (mask: Mask): MaskJson => {
  switch (mask.kind) {
    case 'window':
      return { kind: 'window', left: limit(mask.left), right: limit(mask.right), dilation: 1 };
    case 'dilated':
      return { ...mask, kind: 'window', left: limit(mask.left), right: limit(mask.right) };
    case 'keep':
      return { kind: 'keep', shape: [...mask.tensor.shape], bits: [...mask.tensor.data].join('') };
    case 'where':
      throw new TypeError(
        'maskToJson: a mask by `where` holds a function, which is not data; expected window, padding, keepWhere and the like.',
      );
    case 'and':
    case 'or':
      return { kind: mask.kind, parts: mask.parts.map(maskToJson) };
    case 'not':
      return { kind: 'not', part: maskToJson(mask.part) };
    case 'global':
    case 'firstKeys':
    case 'blocks':
    case 'padding':
    case 'documents':
      return mask;
    default:
      return mask satisfies never;
  }
};

const refuse = (what: string): never => {
  throw new TypeError(`maskFromJson: ${what}; expected what maskToJson gives.`);
};

/** A field of an object that came from outside. */
const field = (json: unknown, name: string): unknown =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, name)
    ? (json as Record<string, unknown>)[name]
    : refuse(`no field ${name} in ${JSON.stringify(json)?.slice(0, 80)}`);

const numberOf = (json: unknown, name: string): number => {
  const value = field(json, name);
  return typeof value === 'number' ? value : refuse(`${name} is no number`);
};

const listOf = (value: unknown, name: string): readonly unknown[] =>
  Array.isArray(value) ? value : refuse(`${name} is no list`);

const numbersOf = (value: unknown, name: string): readonly number[] =>
  listOf(value, name).map((one) => (typeof one === 'number' ? one : refuse(`${name} holds no number`)));

const tableOf = (json: unknown, name: string): readonly (readonly number[])[] =>
  listOf(field(json, name), name).map((row) => numbersOf(row, name));

const tensorOf = (json: unknown): Tensor<'bool'> => {
  const shape = numbersOf(field(json, 'shape'), 'shape');
  const bits = field(json, 'bits');
  const size = shape.reduce((product, extent) => product * extent, 1);
  const sound = shape.length <= 4 && shape.every((extent) => Number.isInteger(extent) && extent >= 0);
  if (typeof bits !== 'string' || !sound || bits.length !== size || /[^01]/.test(bits))
    return refuse(`bits are no string of 0 and 1 for shape [${shape.join(', ')}]`);
  return new Tensor('bool', shape, Uint8Array.from(bits, Number));
};

/** Expressions deeper than this are refused, so that hostile data cannot exhaust the stack. */
const deepest = 1000;

const read = (json: unknown, depth: number): Mask => {
  if (depth > deepest) return refuse(`nested more than ${deepest} deep`);
  const parts = () => listOf(field(json, 'parts'), 'parts').map((part) => read(part, depth + 1));
  const side = (name: string) =>
    field(json, name) === null ? Number.POSITIVE_INFINITY : numberOf(json, name);
  const kind = field(json, 'kind');
  switch (kind) {
    case 'window':
      return window({ left: side('left'), right: side('right'), dilation: numberOf(json, 'dilation') });
    case 'global':
      return global(tableOf(json, 'positions'));
    case 'firstKeys':
      return firstKeys(numberOf(json, 'count'));
    case 'blocks':
      return blocks({ size: numberOf(json, 'size'), table: tableOf(json, 'table') });
    case 'padding':
      return padding(numbersOf(field(json, 'lengths'), 'lengths'));
    case 'documents':
      return documents(
        numbersOf(field(json, 'queryIds'), 'queryIds'),
        numbersOf(field(json, 'keyIds'), 'keyIds'),
      );
    case 'keep':
      return keepWhere(tensorOf(json));
    case 'and':
      return and(...parts());
    case 'or':
      return or(...parts());
    case 'not':
      return not(read(field(json, 'part'), depth + 1));
    default:
      return refuse(`kind ${JSON.stringify(kind)}`);
  }
};

/** The mask of `maskToJson`'s data, checked: what came from elsewhere may be anything. */
export const maskFromJson = (json: unknown): Mask => read(json, 0);
