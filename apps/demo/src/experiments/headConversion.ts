// Key and value heads of a trained layer merged into fewer, by each way of the library, and how far its output then lies from what it was. Nothing
// is trained afterwards: this is where "uptraining" would begin. Ainslie 2023 (arXiv:2305.13245), §2.1.

import { attention, groupKeyHeads } from '@heed/attention';
import { layerNorm, linear, random, reshape, sub, type Tensor, transpose } from '@heed/tensor';
import type { ConversionPoint, Pooling } from './headConversionWays.ts';

/** Tensors of one attention: `query.weight`, `query.bias` and so on. */
export type LayerWeights = ReadonlyMap<string, Tensor>;

/** One layer's attention in a model's weights by path, and what its input goes through before. */
export interface TrainedLayer {
  readonly weights: LayerWeights;
  /** Hidden state of the layer [n, width] → what the projections see. */
  readonly enter: (hidden: Tensor) => Tensor;
}

/** Norm of pre-norm layers: as the graph of the Universal Sentence Encoder has it. */
const epsilon = 1e-6;

/** The attention of a layer, or undefined where a model has none of it. */
export const trainedLayer = (
  parameters: ReadonlyMap<string, Tensor>,
  layer: number,
): TrainedLayer | undefined => {
  const place = `layers.${layer}.`;
  const found = [...parameters.keys()].find((path) => path.startsWith(place) && path.endsWith('key.weight'));
  if (found === undefined) return undefined;
  const prefix = found.slice(0, -'key.weight'.length);
  const weights = new Map<string, Tensor>();
  for (const part of ['query', 'key', 'value', 'output'])
    for (const kind of ['weight', 'bias']) {
      const tensor = parameters.get(`${prefix}${part}.${kind}`);
      if (tensor !== undefined) weights.set(`${part}.${kind}`, tensor);
    }
  const [scale, shift] = ['weight', 'bias'].map((kind) => parameters.get(`${place}norm.${kind}`)); // before attention, where there is one
  return {
    weights,
    enter: (hidden) => (scale === undefined ? hidden : layerNorm(hidden, scale, shift, { epsilon })),
  };
};

/** [n, width] → [1, heads, n, depth] */
const inHeads = (x: Tensor, heads: number): Tensor =>
  transpose(reshape(x, [1, x.shape[0] ?? 0, heads, (x.shape[1] ?? 0) / heads]), 1, 2);

/** Projections, attention and output projection of x [n, width]. */
export const attendLayer = (
  weights: LayerWeights,
  x: Tensor,
  { heads, kvHeads }: { readonly heads: number; readonly kvHeads: number },
): Tensor => {
  const project = (part: string, input: Tensor): Tensor => {
    const weight = weights.get(`${part}.weight`);
    if (weight === undefined) throw new Error(`heads: the layer has no ${part}.weight.`);
    return linear(input, weight, weights.get(`${part}.bias`));
  };
  const [query, key, value] = [
    inHeads(project('query', x), heads),
    inHeads(project('key', x), kvHeads),
    inHeads(project('value', x), kvHeads),
  ] as const;
  const attended = transpose(attention(query, key, value), 1, 2);
  return project('output', reshape(attended, [x.shape[0] ?? 0, attended.size / (x.shape[0] ?? 1)]));
};

const sizeOf = ({ data }: Tensor): number => Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));

/** Converts a layer and compares its output on x [n, width], as `enter` gives it. */
export const conversionPoint = (
  weights: LayerWeights,
  x: Tensor,
  { heads, kvHeads, by }: { readonly heads: number; readonly kvHeads: number; readonly by: Pooling },
): ConversionPoint => {
  const whole = attendLayer(weights, x, { heads, kvHeads: heads });
  const fewer = groupKeyHeads(weights, { heads, to: kvHeads, by, random: random(1) });
  const error = sizeOf(sub(attendLayer(fewer, x, { heads, kvHeads }), whole)) / (sizeOf(whole) || 1);
  return { by, kvHeads, error };
};
