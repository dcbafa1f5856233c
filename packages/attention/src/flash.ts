// The tiled kernel: attention without ever storing a [queries, keys] matrix, forward and backward, in the engine (engineAttention.ts): as few
// ranges of keys a row where the mask is that, else by bits (maskBits.ts). Empty tiles are not visited.

import { defineOp, mul, neg, ones, reshape, sub, sum, type Tensor, zeros } from '@heed/tensor';
import { biasTensor } from './bias.ts';
import { engineAttention, engineGradient, type Layers } from './engineAttention.ts';
import type { FlashSaved } from './headAttentionGradient.ts';
import { type AttentionKernel, type AttentionRequest, sizesOf } from './kernel.ts';
import { layers } from './runs.ts';
import { allRows, seenRows } from './seenRows.ts';
import { addSinks, sinkGradient } from './sinks.ts';

/** Most ranges of keys a row that are computed by as many calls of the engine; where there are more, a bit says of each key whether it is seen. */
const mostLayers = 2; // of a window and the first keys; three take about as long as bits do, six a third longer

/** The layers that the mask is, where it is few of them; else all that it is in one. */
const layersOf = (request: AttentionRequest): Layers => {
  const { mask, query } = request;
  const sizes = sizesOf(request);
  const ranges = mask === undefined || query.size === 0 ? undefined : layers(mask, sizes, mostLayers);
  return ranges?.map((visible) => [allRows(visible, sizes.queries)]) ?? [seenRows(request)];
};

/** What the forward pass leaves for the two outputs and their gradients. */
interface FlashLeft {
  logSumExp?: Tensor;
  /** Parts of the softmax that keys have, where sinks have the others. */
  shares?: Tensor | undefined;
  /** What the rows see. */
  layers?: Layers;
  /** Parts of the softmax that each layer has. */
  layerShares?: readonly Tensor[] | undefined;
}

interface FlashOptions {
  readonly request: AttentionRequest;
  readonly left: FlashLeft;
}

const inputsOf = ({ query, key, value, bias, sinks }: AttentionRequest): readonly Tensor[] => [
  ...[query, key, value],
  ...(bias === undefined ? [] : [biasTensor(bias)]),
  ...(sinks === undefined ? [] : [sinks]),
];

/** Gradients of query, key, value and bias of attention without sinks. */
const gradientsOf = (
  { request, left }: FlashOptions,
  saved: FlashSaved,
  biasWanted: boolean,
): readonly (Tensor | undefined)[] =>
  engineGradient(request, saved, {
    layers: left.layers as Layers, // set by flashOp
    shares: left.layerShares,
    biasWanted,
  });

const flashOp = defineOp<readonly Tensor[], FlashOptions>({
  name: 'flashAttention',
  forward: (_inputs, { request, left }, needsGradient) => {
    left.layers = layersOf(request);
    const found = engineAttention(request, left.layers, needsGradient);
    left.layerShares = found.layerShares;
    const sunk = request.sinks && addSinks(found, request.sinks);
    left.shares = sunk?.shares;
    const { output, logSumExp } = sunk ?? found;
    left.logSumExp = logSumExp;
    return { shape: output.shape, data: output.data };
  },
  backward: (gradient, { output, options, needs }) => {
    const { shares } = options.left;
    if (shares === undefined) return gradientsOf(options, { output, gradient }, needs(3));
    // Weights with sinks are shares × those without: the same derivative, from the gradient × shares and the output with sinks.
    const saved = { output, gradient: mul(gradient, shares) };
    return [...gradientsOf(options, saved, needs(3)), sinkGradient(shares, output, gradient)];
  },
});

/** The log-sum-exp that the forward pass found, differentiable: ∂/∂score is the weight. */
const logSumExpOp = defineOp<readonly Tensor[], FlashOptions>({
  name: 'flashLogSumExp',
  forward: (_inputs, { left }) => {
    const { shape, data } = left.logSumExp as Tensor; // set by flashOp
    return { shape, data };
  },
  backward: (gradient, { options: { request, left }, needs }) => {
    const { batch, heads, kvHeads, queries, keys } = sizesOf(request);
    const upstream = reshape(gradient, [batch, heads, queries, 1]);
    const shared = left.shares === undefined ? upstream : mul(upstream, left.shares);
    // dS = P ∘ (dO Vᵀ − rowsum(dO ∘ O)) is P ∘ upstream for values of 0, a gradient of 1 and an output of −upstream.
    const alone = { ...request, value: zeros([batch, kvHeads, keys, 1]), dropout: undefined };
    const saved = { output: neg(shared), gradient: ones([batch, heads, queries, 1]) };
    const [query, key, , bias] = gradientsOf({ request: alone, left }, saved, needs(3));
    const parts = request.bias === undefined ? [query, key, undefined] : [query, key, undefined, bias];
    if (left.shares === undefined) return parts;
    return [...parts, sum(mul(upstream, sub(1, left.shares)), [0, 2, 3])];
  },
});

/** Attention by tiles: O(queries + keys) memory beside inputs and outputs, gradients by recomputation. */
export const flash: AttentionKernel = {
  name: 'flash',
  run(request) {
    const options = { request, left: {} };
    const inputs = inputsOf(request);
    return { output: flashOp(inputs, options), logSumExp: logSumExpOp(inputs, options) };
  },
};
