// BatchNorm: batchNorm with what it learns and the running statistics that it keeps.

import { batchNorm, type ChannelStatistics } from '../ops/batchNorm.ts';
import { isRecomputing } from '../recompute.ts';
import type { Tensor } from '../tensor.ts';
import { constant } from './init.ts';
import { buffer, type Parameter, parameter } from './parameter.ts';
import type { Pass } from './pass.ts';

/** Options of a BatchNorm. */
export interface BatchNormLayerOptions {
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
  /** Share of the newest batch in the running statistics. Default 0.1. */
  readonly momentum?: number;
  /** Whether there is a learned scale and shift. Default true. */
  readonly affine?: boolean;
}

/**
 * Normalizes each channel of x [batch, channels, ...places]. In a training pass (one with `random`) by the statistics of the batch, which also
 * move the running ones: new = (1 − momentum)·old + momentum·batch, of the unbiased variance; in any other pass by the running ones. They are
 * named as in PyTorch's checkpoints, are saved and loaded as parameters are, and never trained. Ioffe and Szegedy 2015 (arXiv:1502.03167).
 */
export class BatchNorm {
  readonly weight: Parameter | undefined;
  readonly bias: Parameter | undefined;
  readonly running_mean: Parameter;
  readonly running_var: Parameter;
  readonly #epsilon: number;
  readonly #momentum: number;

  constructor(
    channels: number,
    { epsilon = 1e-5, momentum = 0.1, affine = true }: BatchNormLayerOptions = {},
  ) {
    this.weight = affine ? parameter([channels], constant(1)) : undefined;
    this.bias = affine ? parameter([channels], constant(0)) : undefined;
    this.running_mean = buffer([channels], constant(0));
    this.running_var = buffer([channels], constant(1));
    this.#epsilon = epsilon;
    this.#momentum = momentum;
  }

  /** x [batch, channels, ...places] → the same shape. A training pass needs more than one element a channel. */
  forward(x: Tensor, pass: Pass = {}): Tensor {
    const epsilon = this.#epsilon;
    if (pass.random === undefined) {
      const statistics = { mean: this.running_mean, variance: this.running_var };
      return batchNorm(x, this.weight, this.bias, { epsilon, statistics }).output;
    }
    const { output, ...statistics } = batchNorm(x, this.weight, this.bias, { epsilon });
    if (!isRecomputing()) this.#follow(statistics, x.size / this.running_mean.size);
    return output;
  }

  /** Moves the running statistics towards those of a batch of `count` elements a channel. */
  #follow({ mean, variance }: ChannelStatistics, count: number): void {
    if (count < 2)
      throw new RangeError(
        `BatchNorm: a training pass over ${count} element a channel; its variance is unknown. Use a larger batch.`,
      );
    const move = (running: Parameter, batch: Tensor, factor: number): void => {
      const momentum = this.#momentum;
      running.fill(
        running.data.map((old, i) => (1 - momentum) * old + momentum * factor * (batch.data[i] as number)), // one length
      );
    };
    move(this.running_mean, mean, 1);
    move(this.running_var, variance, count / (count - 1));
  }
}
