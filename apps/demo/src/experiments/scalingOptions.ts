// What is measured of softmax by the depth of its dot products. Apart from the experiment, so that the page can know it without the engine.

/** Divided by √d; not divided, but queries drawn √d smaller as in T5; not divided at all. */
export const scalingWays = ['scaled', 't5', 'unscaled'] as const;

/** One of the ways. */
export type ScalingWay = (typeof scalingWays)[number];

/** Depths d of queries and keys. */
export const scalingDepths = [8, 16, 32, 64, 128, 256, 512, 1024] as const;

/** Numbers of keys to choose from. */
export const scalingKeys = [16, 64, 256] as const;

/** Queries that are drawn. */
export const scalingQueries = 128;

/** Keys of the one query whose weights and Jacobian are shown. */
export const shownKeys = 16;

/** What is drawn. */
export interface ScalingOptions {
  readonly keys: number;
  readonly seed: number;
}

/** What the page opens with. */
export const standardScaling: ScalingOptions = { keys: 64, seed: 1 };

/** Over queries: the mean, and the one in the middle, of which half have less. */
export interface OverQueries {
  readonly mean: number;
  readonly median: number;
}

/** What was measured at one depth, one way. */
export interface ScalingPoint {
  readonly way: ScalingWay;
  readonly depth: number;
  /** Of the scores, as softmax sees them. */
  readonly variance: number;
  /** Share of the scores within ±3·√variance expected of unscaled ones: −3√d … 3√d. */
  readonly withinNotesRange: number;
  /** Of each query's weights, in bits; the mean over queries. */
  readonly entropy: number;
  /** Of each query's weights; the mean over queries. */
  readonly largest: number;
  /** Of a gradient of size 1 that enters at a query's weights, what arrives at its scores. */
  readonly atScores: OverQueries;
  /** And at the input that the query is projected from. */
  readonly atInput: OverQueries;
}

/** One way at one depth, looked at closely. */
export interface ScalingView {
  readonly way: ScalingWay;
  readonly depth: number;
  /** Scores of all queries and keys. */
  readonly scores: Float32Array;
  /** Weights of one query over `shownKeys` keys. */
  readonly weights: Float32Array;
  /** [shownKeys, shownKeys]: |∂ weight i / ∂ score j|. */
  readonly jacobian: Float32Array;
}
