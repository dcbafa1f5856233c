// The tiled kernel: attention without ever storing a [queries, keys] matrix, forward and backward. Masks that are one interval of keys a
// row run in the engine as one call; any other mask, a bias or dropout runs here, tile by tile, and empty tiles are not visited.

import { add, allocate, concat, defineOp, log, mul, noGrad, slice, Tensor } from '@heed/tensor';
import { biasTensor } from './bias.ts';
import { flashBackward } from './flashBackward.ts';
import { headAttention } from './headAttention.ts';
import { headAttentionGradient } from './headAttentionGradient.ts';
import { intervals } from './intervals.ts';
import { type AttentionKernel, type AttentionRequest, sizesOf } from './kernel.ts';
import { finishSoftmax, mergeSoftmax, type SoftmaxState, softmaxBlock } from './onlineSoftmax.ts';
import { dropoutFactors, maskedScores, type Part, weightedValues } from './scores.ts';
import { tile } from './tiles.ts';

/** Queries and keys a tile: 64 rows of 64 heads' floats fit the second cache level beside the scores. */
const tileSize = 64;

interface Forward {
  readonly output: Tensor;
  readonly logSumExp: Tensor;
}

/** One engine call, for masks that are one interval of keys a row. */
const engineForward = (request: AttentionRequest, visible: Int32Array | undefined): Forward => {
  const sizes = sizesOf(request);
  const { batch, heads, queries, keys, valueDepth } = sizes;
  const out = allocate(batch * heads * queries * valueDepth);
  const logSumExp = allocate(batch * heads * queries);
  headAttention({
    ...sizes,
    q: request.query.data,
    k: request.key.data,
    v: request.value.data,
    out,
    logSumExp,
    keyRoom: keys,
    scale: request.scale,
    visible,
    visibleStride: queries,
  });
  return {
    output: new Tensor('float32', [batch, heads, queries, valueDepth], out),
    logSumExp: new Tensor('float32', [batch, heads, queries], logSumExp),
  };
};

/** How much of a tile is seen in any batch: 0 where it can be skipped for all, 2 where it is wholly seen in all. */
const coverage = (
  request: AttentionRequest,
  { queries: [queryStart, queryEnd], keys: [keyStart, keyEnd] }: Part,
): number => {
  const { mask } = request;
  if (mask === undefined) return 2;
  const sizes = sizesOf(request);
  const all = Array.from({ length: sizes.batch }, (_, batch) =>
    tile(mask, { batch, queryStart, queryEnd, keyStart, keyEnd }, sizes),
  );
  if (all.every((seen) => seen === 0)) return 0;
  return all.every((seen) => seen === 2) ? 2 : 1;
};

/** State of one tile: scores, dropout, product with its values. */
const visit = (request: AttentionRequest, part: Part, masked: boolean): SoftmaxState => {
  const values = slice(request.value, 2, part.keys[0], part.keys[1]);
  const { dropout } = request;
  return softmaxBlock(maskedScores(request, part, masked), (weights) =>
    weightedValues(
      dropout === undefined
        ? weights
        : mul(weights, dropoutFactors(request, dropout.rate, dropout.source, part)),
      values,
    ),
  );
};

/** Dao 2023 (arXiv:2307.08691), algorithm 1: queries outside, keys inside, the division by the sum at the end. */
const tiledForward = (request: AttentionRequest): Forward => {
  const { batch, heads, queries, keys, valueDepth } = sizesOf(request);
  const outputs: Tensor[] = [];
  const sums: Tensor[] = [];
  for (let row = 0; row < queries; row += tileSize) {
    const range = [row, Math.min(queries, row + tileSize)] as const;
    let state: SoftmaxState | undefined;
    for (let column = 0; column < keys; column += tileSize) {
      const part = { queries: range, keys: [column, Math.min(keys, column + tileSize)] as const };
      const seen = coverage(request, part);
      if (seen === 0) continue;
      const block = visit(request, part, seen === 1);
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

/** Whether one engine call computes it, and with which intervals. */
interface EngineWay {
  readonly visible: Int32Array | undefined;
}

const engineWay = (request: AttentionRequest): EngineWay | undefined => {
  const sizes = sizesOf(request);
  if (sizes.queries === 0 || sizes.batch === 0) return { visible: undefined };
  if (request.bias !== undefined || request.dropout !== undefined || request.softcap !== undefined)
    return undefined;
  if (request.mask === undefined) return { visible: undefined };
  const visible = intervals(request.mask, sizes);
  return visible === undefined ? undefined : { visible };
};

type FlashOptions = { readonly request: AttentionRequest; readonly result: { logSumExp?: Tensor } };

const flashOp = defineOp<readonly Tensor[], FlashOptions, EngineWay | undefined>({
  name: 'flashAttention',
  forward: (_inputs, { request, result }) => {
    const way = engineWay(request);
    const { output, logSumExp } =
      way === undefined ? noGrad(() => tiledForward(request)) : engineForward(request, way.visible);
    result.logSumExp = logSumExp;
    return { shape: output.shape, data: output.data, saved: way };
  },
  backward: (gradient, { output, options: { request }, needs, saved: way }) =>
    way === undefined || request.bias !== undefined
      ? flashBackward(request, { output, gradient }, needs(3))
      : headAttentionGradient(request, { output, gradient }, way.visible),
});

/** Attention by tiles: O(queries + keys) memory beside inputs and outputs, gradients by recomputation. */
export const flash: AttentionKernel = {
  name: 'flash',
  run(request) {
    const { query, key, value, bias } = request;
    const result: { logSumExp?: Tensor } = {};
    const inputs = bias === undefined ? [query, key, value] : [query, key, value, biasTensor(bias)];
    const output = flashOp(inputs, { request, result });
    return { output, logSumExp: result.logSumExp as Tensor }; // set by forward
  },
};
