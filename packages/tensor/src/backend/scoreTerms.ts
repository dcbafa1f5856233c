// What may happen to the scores and weights of attention beside products: a bound, a bias, dropout. A part of the Backend contract; as in
// backend.ts numbers and strides only, no Tensor.

/** A bias, read by row and column; or by the distance of key from query. */
export interface BiasTerm {
  readonly array: Float32Array;
  /** Numbers from one sequence, head and query row to the next; 0 where all are alike. Rows count from the sequence's first query. */
  readonly sequence: number;
  readonly head: number;
  readonly row: number;
  /** Numbers of a row. */
  readonly columns: number;
  /**
   * Key j of query row i reads column j − first; by distance it reads j − (i + keys − queries) − first, which is the distance of the key from
   * the query's position. What lies before the first column or behind the last one reads that one.
   */
  readonly first: number;
  readonly byDistance: boolean;
}

/** Dropout of weights: key j of query row i of sequence s and head h draws number position + s · sequence + h · head + i · row + j of the source. */
export interface WeightDropout {
  /** The first two numbers of the source's state. */
  readonly key: readonly [number, number];
  readonly rate: number;
  readonly position: number;
  readonly sequence: number;
  readonly head: number;
  readonly row: number;
}

/**
 * What happens to a scaled score s, in this order: softcap · tanh(s / softcap), + bias, softmax, and to its weight w: 0 or w / (1 − rate). The
 * log-sum-exp is that before dropout.
 */
export interface ScoreTerms {
  readonly softcap: number | undefined;
  /** −∞ hides a key; numbers otherwise finite. */
  readonly bias: BiasTerm | undefined;
  readonly dropout: WeightDropout | undefined;
}
