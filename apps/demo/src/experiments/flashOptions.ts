// What FlashAttention is shown on, and what is shown of it. Apart from the experiment, so that the page can know it without the engine.

/** Which blocks the outer loop goes over: keys as in FlashAttention-1 (Dao 2022) and the notes, or queries as in FlashAttention-2 (Dao 2023). */
export const flashOrders = ['keys', 'queries'] as const;

/** One of the orders. */
export type FlashOrder = (typeof flashOrders)[number];

/** Numbers to choose from. */
export const flashChoices = {
  length: [8, 12, 16, 24, 32],
  depth: [2, 4, 8],
  blockQueries: [2, 4, 5, 8, 16],
  blockKeys: [2, 4, 5, 8, 16],
  spread: [1, 3, 10, 100],
  seed: [1, 2, 3, 4, 5],
} as const;

/** One attention, cut in tiles. */
export interface FlashOptions {
  /** Queries and keys. */
  readonly length: number;
  readonly depth: number;
  readonly blockQueries: number;
  readonly blockKeys: number;
  readonly causal: boolean;
  readonly order: FlashOrder;
  /** Factor of the scores: 1 is q·k / √depth of standard normal numbers. */
  readonly spread: number;
  readonly seed: number;
}

/** What the page opens with. */
export const standardFlash: FlashOptions = {
  ...{ length: 32, depth: 4, blockQueries: 8, blockKeys: 8 },
  ...{ causal: false, order: 'keys', spread: 1, seed: 1 },
};

/** [start, end) */
export type Interval = readonly [start: number, end: number];

/** What has been moved so far, bytes of float32. */
export interface BytesMoved {
  readonly main: number;
  readonly onChip: number;
}

/** A tile, and how everything stands after it. */
export interface FlashStep {
  readonly queries: Interval;
  readonly keys: Interval;
  /** Whether the mask leaves it empty, so that it costs nothing. */
  readonly skipped: boolean;
  /** exp(score − running maximum), [queries, keys]; 0 where hidden. Empty for a skipped tile. */
  readonly weights: Float32Array;
  /** What the rows of the tile had gathered is multiplied by this: exp(old maximum − new maximum). NaN where there was nothing. */
  readonly rescale: Float32Array;
  /** Running maximum and sum of every row; −∞ and 0 where nothing was seen yet. */
  readonly max: Float32Array;
  readonly sum: Float32Array;
  /** [length, depth]: gathered so far, divided by the sum. */
  readonly output: Float32Array;
  /** [length, depth]: the notes' sum of block softmaxes so far. */
  readonly blockSum: Float32Array;
  readonly moved: BytesMoved;
}

/** How far an output is from the softmax of whole rows. */
export interface OutputErrors {
  readonly largest: number;
  readonly rootMeanSquare: number;
}

/** The whole run. */
export interface FlashRun {
  readonly options: FlashOptions;
  /** [length, depth] each. */
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  /** [length, depth]: the softmax of whole rows times the values. */
  readonly dense: Float32Array;
  readonly steps: readonly FlashStep[];
  /** Errors after each step, of the merged states and of the notes' sum. */
  readonly errors: readonly OutputErrors[];
  readonly blockSumErrors: readonly OutputErrors[];
  /** Of the notes' sum divided by the number of blocks that each row saw, which does not mend it. */
  readonly meanError: number;
  /** Rows whose softmax overflows float32 when the maximum is not subtracted. */
  readonly overflowing: number;
  /** What standard attention moves in all. */
  readonly standard: BytesMoved;
  /** Most bytes that are on chip at once, and those of the matrix of weights that is never stored. */
  readonly onChip: number;
  readonly matrix: number;
}
