// batchNorm: each channel normalized over the batch and all places. The statistics are values: given, or returned; nothing is changed.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { type Shape, ShapeError, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** Mean and biased variance of each channel, [channels]. */
export interface ChannelStatistics {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/** Options of `batchNorm`. */
export interface BatchNormOptions {
  /** Statistics to normalize by, as at inference; no gradient flows to them. Default: those of x itself, as in training. */
  readonly statistics?: ChannelStatistics | undefined;
  /** Added to the variance. Default 1e-5. */
  readonly epsilon?: number;
}

/** What `batchNorm` gives: the result, and the statistics that it normalized by. */
export interface BatchNormResult extends ChannelStatistics {
  readonly output: Tensor;
}

interface Options {
  /** In float64: a mean rounded to float32 would be wrong by more than a small deviation around a large mean. */
  readonly mean: Float64Array;
  /** 1 / √(variance + epsilon). */
  readonly inverse: Float64Array;
  /** Whether mean and variance are those of x, so that a change of x changes them. */
  readonly own: boolean;
}

/** x seen as [batch, channels, places]. */
const planOf = (shape: Shape) => ({
  batch: shape[0] as number, // rank ≥ 2, checked, here and below
  channels: shape[1] as number,
  places: sizeOf(shape.slice(2)),
});

/** Two passes, in float64: the mean first, since squares of large numbers would swallow a small variance. */
const statisticsOf = (x: Tensor): { readonly mean: Float64Array; readonly variance: Float64Array } => {
  const { batch, channels, places } = planOf(x.shape);
  const [mean, variance] = [new Float64Array(channels), new Float64Array(channels)];
  const values = x.data;
  for (let channel = 0; channel < channels; channel++) {
    let total = 0;
    for (let row = 0; row < batch; row++) {
      const start = (row * channels + channel) * places;
      for (let i = start; i < start + places; i++) total += values[i] as number; // inside x, here and below
    }
    const center = total / (batch * places);
    let squares = 0;
    for (let row = 0; row < batch; row++) {
      const start = (row * channels + channel) * places;
      for (let i = start; i < start + places; i++) squares += ((values[i] as number) - center) ** 2;
    }
    mean[channel] = center;
    variance[channel] = squares / (batch * places);
  }
  return { mean, variance };
};

const batchNormOp = defineOp<readonly [x: Tensor, scale: Tensor, shift: Tensor], Options>({
  name: 'batchNorm',
  forward: ([x, scale, shift], { mean, inverse }) => {
    const { batch, channels, places } = planOf(x.shape);
    const data = allocate(x.size);
    const [values, factors, offsets] = [x.data, scale.data, shift.data];
    for (let block = 0; block < batch * channels; block++) {
      const channel = block % channels;
      const [center, factor] = [
        mean[channel] as number,
        (inverse[channel] as number) * (factors[channel] as number),
      ]; // channel < channels, here and below
      const offset = offsets[channel] as number;
      for (let i = block * places; i < (block + 1) * places; i++)
        data[i] = ((values[i] as number) - center) * factor + offset;
    }
    return { shape: x.shape, data };
  },
  // With n = (x − mean)·inverse: dx = scale·inverse·(g − mean(g) − n·mean(g·n)), the two means only where they follow x.
  backward: (gradient, { inputs: [x, scale], options: { mean, inverse, own } }) => {
    const { batch, channels, places } = planOf(x.shape);
    const count = batch * places;
    const dx = allocate(x.size);
    const [dScale, dShift] = [new Float32Array(channels), new Float32Array(channels)];
    const [g, values, factors] = [gradient.data, x.data, scale.data];
    for (let channel = 0; channel < channels; channel++) {
      const [center, rate] = [mean[channel] as number, inverse[channel] as number];
      let total = 0; // float64: sums over the whole batch
      let dot = 0;
      for (let row = 0; row < batch; row++) {
        const start = (row * channels + channel) * places;
        for (let i = start; i < start + places; i++) {
          total += g[i] as number;
          dot += (g[i] as number) * ((values[i] as number) - center) * rate;
        }
      }
      [dScale[channel], dShift[channel]] = [dot, total];
      const factor = rate * (factors[channel] as number);
      const [flat, tilt] = own ? [total / count, (dot / count) * rate] : [0, 0];
      for (let row = 0; row < batch; row++) {
        const start = (row * channels + channel) * places;
        for (let i = start; i < start + places; i++)
          dx[i] = factor * ((g[i] as number) - flat - tilt * ((values[i] as number) - center));
      }
    }
    return [
      new Tensor('float32', x.shape, dx),
      new Tensor('float32', [channels], dScale),
      new Tensor('float32', [channels], dShift),
    ];
  },
});

/**
 * (x − mean) / √(variance + epsilon) · scale + shift, channel by channel: x [batch, channels, ...places], scale and shift [channels].
 * Without `statistics` mean and biased variance are those of x over batch and places, the gradient flows through them, and they are
 * returned: keep running averages of them (the layer `BatchNorm` of `@heed/tensor/nn` does, of the unbiased variance as PyTorch) and pass
 * those at inference. Ioffe and Szegedy 2015 (arXiv:1502.03167), algorithm 1.
 *
 * @example
 * const { output, mean, variance } = batchNorm(x); // of this batch
 * batchNorm(x, scale, shift, { statistics: { mean, variance } }).output; // by given ones
 */
export const batchNorm = (
  x: Tensor,
  scale?: Tensor,
  shift?: Tensor,
  { statistics, epsilon = 1e-5 }: BatchNormOptions = {},
): BatchNormResult => {
  const channels = x.shape[1];
  const given = { scale, shift, mean: statistics?.mean, variance: statistics?.variance };
  for (const [name, one] of Object.entries(given))
    if (x.rank < 2 || (one !== undefined && (one.rank !== 1 || one.size !== channels)))
      throw new ShapeError(
        `batchNorm: x ${x} with ${name} ${one}; expected x [batch, channels, ...] and ${name} [channels].`,
      );
  if (statistics === undefined && x.size === 0 && channels !== 0)
    throw new ShapeError(`batchNorm: ${x} has no elements to take statistics of. Pass statistics.`);
  const { mean, variance } =
    statistics === undefined
      ? statisticsOf(x)
      : { mean: statistics.mean.data, variance: statistics.variance.data };
  const shape = [channels as number]; // rank ≥ 2
  const constant = (value: number) =>
    new Tensor('float32', shape, new Float32Array(sizeOf(shape)).fill(value));
  const output = batchNormOp([x, scale ?? constant(1), shift ?? constant(0)], {
    mean: Float64Array.from(mean),
    inverse: Float64Array.from(variance, (value) => 1 / Math.sqrt(value + epsilon)),
    own: statistics === undefined,
  });
  if (statistics !== undefined) return { output, ...statistics };
  const kept = (values: ArrayLike<number>) => new Tensor('float32', shape, Float32Array.from(values));
  return { output, mean: kept(mean), variance: kept(variance) };
};
