// The tiled kernel: attention without ever storing a [queries, keys] matrix, forward and backward. Masks that are few ranges of keys a row run in
// the engine (engineAttention.ts), with biases, bounds and dropout; any other mask runs here, tile by tile, and empty tiles are not visited.

import {
  add,
  concat,
  defineOp,
  exp,
  log,
  mul,
  neg,
  noGrad,
  ones,
  region,
  reshape,
  slice,
  sub,
  sum,
  Tensor,
  zeros,
} from '@heed/tensor';
import { biasTensor } from './bias.ts';
import { type EngineResult, engineAttention, engineGradient, type Layers } from './engineAttention.ts';
import { type FlashSaved, flashBackward } from './flashBackward.ts';
import { type AttentionKernel, type AttentionRequest, sizesOf } from './kernel.ts';
import { finishSoftmax, mergeSoftmax, type SoftmaxState } from './onlineSoftmax.ts';
import { layers } from './runs.ts';
import { dropoutFactors, type Part, weightedValues } from './scores.ts';
import { addSinks, sinkGradient } from './sinks.ts';
import { loweredScores } from './tileScores.ts';
import { tileSize, visits } from './visits.ts';

/** Most ranges of keys a row that are computed by as many calls of the engine; more of them go tile by tile. */
const mostLayers = 8;

/** State of one tile: scores, dropout, product with its values. */
const visit = (request: AttentionRequest, part: Part, masked: boolean): SoftmaxState => {
  const values = slice(request.value, 2, part.keys[0], part.keys[1]);
  const { dropout } = request;
  const { lowered, max } = loweredScores(request, part, masked);
  const weights = exp(lowered);
  const kept =
    dropout === undefined
      ? weights
      : mul(weights, dropoutFactors(request, dropout.rate, dropout.source, part));
  return { max, sum: sum(weights, [-1], { keepDims: true }), output: weightedValues(kept, values) };
};

/** Dao 2023 (arXiv:2307.08691), algorithm 1: queries outside, keys inside, the division by the sum at the end. */
const tiledForward = (request: AttentionRequest): Pick<EngineResult, 'output' | 'logSumExp'> => {
  const { batch, heads, queries, valueDepth } = sizesOf(request);
  const outputs: Tensor[] = [];
  const sums: Tensor[] = [];
  for (let row = 0; row < queries; row += tileSize) {
    const range = [row, Math.min(queries, row + tileSize)] as const;
    let state: SoftmaxState | undefined;
    for (const { keys, masked } of visits(request, range)) {
      const block = visit(request, { queries: range, keys }, masked);
      state = state === undefined ? block : mergeSoftmax(state, block);
    }
    const rows = range[1] - range[0];
    if (state === undefined) {
      outputs.push(
        new Tensor(
          'float32',
          [batch, heads, rows, valueDepth],
          new Float32Array(batch * heads * rows * valueDepth),
        ),
      );
      sums.push(
        new Tensor(
          'float32',
          [batch, heads, rows, 1],
          new Float32Array(batch * heads * rows).fill(Number.NEGATIVE_INFINITY),
        ),
      );
    } else {
      outputs.push(finishSoftmax(state));
      sums.push(add(state.max, log(state.sum)));
    }
  }
  const logSumExp = concat(sums, 2);
  return {
    output: concat(outputs, 2),
    logSumExp: new Tensor('float32', [batch, heads, queries], logSumExp.data),
  };
};

/** How calls of the engine compute it, where they can. */
const engineWay = (request: AttentionRequest): Layers | undefined => {
  const sizes = sizesOf(request);
  if (sizes.queries === 0 || sizes.batch === 0) return [undefined];
  return request.mask === undefined ? [undefined] : layers(request.mask, sizes, mostLayers);
};

/** What the forward pass leaves for the two outputs and their gradients. */
interface FlashLeft {
  logSumExp?: Tensor;
  /** Parts of the softmax that keys have, where sinks have the others. */
  shares?: Tensor | undefined;
  way?: Layers | undefined;
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
  { request, left: { way, layerShares } }: FlashOptions,
  saved: FlashSaved,
  biasWanted: boolean,
): readonly (Tensor | undefined)[] =>
  way === undefined
    ? flashBackward(request, saved, biasWanted)
    : engineGradient(request, saved, { way, shares: layerShares, biasWanted });

const flashOp = defineOp<readonly Tensor[], FlashOptions>({
  name: 'flashAttention',
  forward: (_inputs, { request, left }, needsGradient) => {
    const way = engineWay(request);
    const found =
      way === undefined
        ? { ...noGrad(() => region(() => tiledForward(request))), layerShares: undefined }
        : engineAttention(request, way, needsGradient);
    left.way = way;
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
