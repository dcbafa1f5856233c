// Published patterns of attention, as functions that return a Mask. None has a kernel of its own: what they save is the tiles that are not visited.

import type { Random } from '@heed/tensor';
import { and, blocks, causal, firstKeys, global, type Mask, or, padding, window } from './mask.ts';

/**
 * A prefix that all see, the rest causally: the prefix of all batches, or of each. Raffel 2020 (arXiv:1910.10683), §3.2.1, "prefix LM".
 *
 * @example
 * attention(q, k, v, { mask: prefix(3) });
 */
export const prefix = (length: number | readonly number[]): Mask =>
  or(causal(), typeof length === 'number' ? firstKeys(length) : padding(length));

/** Sizes of a Longformer's pattern. */
export interface LongformerOptions {
  /** Width of the window, even: half of it on either side, and the token itself. */
  readonly window: number;
  /** Positions that see all and are seen by all: one list, or one a batch. Default: none. */
  readonly global?: readonly number[] | readonly (readonly number[])[];
  /** Every how many keys one is seen in the window. Default 1. */
  readonly dilation?: number;
}

/**
 * A sliding window, and tokens that see all and are seen by all. Beltagy 2020 (arXiv:2004.05150), §3.1. (Its projections for global tokens are the
 * model's matter.)
 *
 * @example
 * attention(q, k, v, { mask: longformer({ window: 512, global: [0] }) });
 */
export const longformer = ({ window: width, global: positions, dilation = 1 }: LongformerOptions): Mask => {
  if (!Number.isInteger(width) || width < 0 || width % 2 !== 0)
    throw new RangeError(`longformer: window ${width}; expected an even number from 0.`);
  const local = window({ left: width / 2, right: width / 2, dilation });
  return positions === undefined ? local : or(local, global(positions));
};

/** Sizes of a BigBird's pattern, in blocks. */
export interface BigBirdOptions {
  /** Tokens of the sequence, queries and keys alike. */
  readonly length: number;
  /** Default 64, as published. */
  readonly blockSize?: number;
  /** Blocks of the sliding window, odd. Default 3. */
  readonly windowBlocks?: number;
  /** Blocks at either end that see all and are seen by all. Default 1. */
  readonly globalBlocks?: number;
  /** How many more blocks each row of blocks sees, and who draws them: the same source gives the same mask. Default: none. */
  readonly random?: { readonly blocks: number; readonly source: Random };
}

/** `count` different ones of the candidates, or all where there are fewer. */
const choose = (candidates: readonly number[], count: number, source: Random): readonly number[] => {
  const left = [...candidates];
  const chosen: number[] = [];
  while (chosen.length < count && left.length > 0)
    chosen.push(...left.splice(Math.floor(source.uniform() * left.length), 1));
  return chosen;
};

/**
 * Blocks of tokens that see their window, the first and the last block, and a few random ones. Zaheer 2020 (arXiv:2007.14062), §2 and appendix D
 * (BigBird-ITC). All heads have the same random blocks. (Published: 3; their published
 * inference draws none.)
 *
 * @example
 * attention(q, k, v, { mask: bigBird({ length: 4096, random: { blocks: 3, source: random(1) } }) });
 */
export const bigBird = (options: BigBirdOptions): Mask => {
  const { length, blockSize = 64, windowBlocks = 3, globalBlocks = 1, random } = options;
  const counts = { length, blockSize, windowBlocks, globalBlocks, 'random blocks': random?.blocks ?? 0 };
  for (const [name, count] of Object.entries(counts))
    if (!Number.isInteger(count) || count < (name === 'blockSize' ? 1 : 0))
      throw new RangeError(`bigBird: ${name} ${count}; expected a whole number.`);
  if (windowBlocks % 2 === 0)
    throw new RangeError(`bigBird: windowBlocks ${windowBlocks}; expected an odd number.`);
  const count = Math.ceil(length / blockSize);
  const isGlobal = (block: number) => block < globalBlocks || block >= count - globalBlocks;
  const table = Array.from({ length: count }, (_, row) => {
    const seen = Array.from({ length: count }, (_, column) =>
      isGlobal(row) || isGlobal(column) || Math.abs(row - column) <= (windowBlocks - 1) / 2 ? 1 : 0,
    );
    if (random !== undefined) {
      const others = seen.flatMap((bit, column) => (bit === 0 ? [column] : []));
      for (const column of choose(others, random.blocks, random.source)) seen[column] = 1;
    }
    return seen;
  });
  return blocks({ size: blockSize, table });
};

/**
 * The latest keys and the first ones, causally: decoding a stream of any length with a bounded cache. Xiao 2023 (arXiv:2309.17453), §3.2.
 *
 * @example
 * attention(q, k, v, { mask: streaming({ window: 1020, sinks: 4 }) });
 */
export const streaming = ({
  window: left,
  sinks,
}: {
  readonly window: number;
  readonly sinks: number;
}): Mask => and(causal(), or(window({ left, right: 0 }), firstKeys(sinks)));
