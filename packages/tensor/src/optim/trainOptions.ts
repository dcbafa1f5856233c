// What the training loop is told, and what it tells.

import type { Folder } from '../io/folders/folder.ts';
import type { Pass } from '../nn/pass.ts';
import type { Random } from '../random.ts';
import type { Tensor } from '../tensor.ts';
import type { MovingAverage } from './movingAverage.ts';
import type { Optimizer } from './optimizer.ts';
import type { TrainingData } from './trainingData.ts';

/** What `train` is told. */
export interface TrainOptions<Batch, Evaluation = undefined> {
  /** What is trained, and saved in checkpoints. */
  readonly model: object;
  /** The mean loss of a batch, one number. With `random` the pass has a source for dropout. */
  readonly loss: (batch: Batch, pass: Pass) => Tensor;
  /** Where batches come from; see TrainingData. */
  readonly data: TrainingData<Batch>;
  /** Of the model's parameters; its learning rate may be a schedule. */
  readonly optimizer: Optimizer;
  /** Steps of the optimizer in all, those before a resume included. Default: until the data end. */
  readonly steps?: number;
  /** Source of dropout, split for each batch. Default: no dropout. */
  readonly random?: Random;
  /** Over how many targets the mean of a batch goes: its weight among accumulated batches, and for tokens per second. Default 1 a batch. */
  readonly tokens?: (batch: Batch) => number;
  /** Batches a step, their gradients added up as if they were one batch. Default 1. */
  readonly accumulate?: number;
  /** Largest norm of all gradients together; larger ones are scaled down. Default: no limit. */
  readonly clipNorm?: number;
  /** Largest magnitude of each value of the gradients, before clipNorm. Default: no limit. */
  readonly clipValue?: number;
  /** Is brought up to date after each step, and in place during evaluations. */
  readonly average?: MovingAverage;
  /** What to find out every so many steps and at the end. */
  readonly evaluate?: { readonly every: number; readonly run: () => Evaluation | Promise<Evaluation> };
  /**
   * Where to save every so many steps and at the end: each file whole or not at all, `keep` of them (default 2). If the folder has
   * checkpoints, the training goes on from the newest, bit by bit as if it had never stopped; a new training wants an empty folder.
   */
  readonly checkpoint?: { readonly folder: Folder; readonly every: number; readonly keep?: number };
  /** Ends the training with the signal's reason; what was saved can be resumed. */
  readonly signal?: AbortSignal;
}

/** What happened. `step` is the number of steps taken. */
export type TrainEvent<Evaluation = undefined> =
  | {
      readonly kind: 'step';
      readonly step: number;
      /** Mean over the batches of the step, weighted by their tokens. */
      readonly loss: number;
      /** Before clipNorm. */
      readonly gradientNorm: number;
      readonly learningRate: number;
      /** Tokens of the step. */
      readonly tokens: number;
      /** Of this step, reading its data included. */
      readonly tokensPerSecond: number;
    }
  | { readonly kind: 'evaluation'; readonly step: number; readonly result: Evaluation }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly file: string }
  | { readonly kind: 'resume'; readonly step: number };
