// What the norms are compared on. Apart from the experiments, so that the page can know it without the engine.

/** The norms that are compared. */
export const normKinds = ['layer', 'batch'] as const;

/** One of the norms. */
export type NormKind = (typeof normKinds)[number];

/** Points a step. */
export const batchSizes = [2, 4, 8, 32, 128] as const;

/** Steps of each training. */
export const normSteps = 600;

/** One training. */
export interface NormCase {
  readonly norm: NormKind;
  readonly batch: number;
  readonly rate: number;
  readonly seed: number;
}

/** How one training ended. */
export interface NormOutcome extends NormCase {
  /** Mean loss of the last hundred steps, nats. */
  readonly loss: number;
  /** Held-out accuracy as the net would be used: BatchNorm by its running statistics. */
  readonly accuracy: number;
  /** Held-out accuracy where BatchNorm takes the statistics of batches of the training's size instead. */
  readonly batchAccuracy: number;
}

/** All trainings of a comparison, small batches first. */
export const normCases = (rate: number, seed: number): NormCase[] =>
  batchSizes.flatMap((batch) => normKinds.map((norm) => ({ norm, batch, rate, seed })));
