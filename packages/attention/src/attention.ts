// attention(query, key, value, options): the one function of this package, and the matrix of its weights for those who must see it.

import { dims, exp, noGrad, type Random, reshape, ShapeError, sub, Tensor } from '@heed/tensor';
import { type Bias, checkBias } from './bias.ts';
import { checkMask } from './checkMask.ts';
import { dense } from './dense.ts';
import { flash } from './flash.ts';
import type { AttentionKernel, AttentionRequest, AttentionResult } from './kernel.ts';
import { sizesOf } from './kernel.ts';
import type { Mask } from './mask.ts';
import { maskedScores } from './scores.ts';

/** Options of `attention`. */
export interface AttentionOptions {
  /** Which query may see which key. Default: all. */
  readonly mask?: Mask | undefined;
  /** Added to the scaled scores: broadcastable to [batch, heads, queries, keys], or `byDistance`; −∞ hides. Default: nothing. */
  readonly bias?: Bias | undefined;
  /** Factor of q·k. Default 1/√depth (Vaswani 2017, §3.2.1: keeps the variance of the scores at 1). */
  readonly scale?: number | undefined;
  /** Bounds scores to ±softcap by softcap · tanh(s / softcap), before bias and mask (Gemma 2, arXiv:2408.00118, §2). Default: none. */
  readonly softcap?: number | undefined;
  /** Dropout of the weights; only with a source of randomness. Default: none. */
  readonly dropout?: { readonly rate: number; readonly source: Random } | undefined;
  /** Who computes it. Default: `flash`, which never stores a [queries, keys] matrix. */
  readonly kernel?: AttentionKernel | undefined;
}

/** Checks shapes and options once, at the door; kernels trust the result. */
export const attentionRequest = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions,
): AttentionRequest => {
  const { batch, heads, kvHeads, queries, keys, depth } = dims('attention', {
    query: [query, 'batch heads queries depth'],
    key: [key, 'batch kvHeads keys depth'],
    value: [value, 'batch kvHeads keys valueDepth'],
  });
  if (kvHeads === 0 || heads % kvHeads !== 0)
    throw new ShapeError(
      `attention: query has ${heads} heads and key has ${kvHeads}; heads must be a multiple of key heads. Use 1, or a divisor of ${heads}.`,
    );
  const { mask, bias, dropout } = options;
  if (mask !== undefined) checkMask(mask, { batch, heads, queries, keys });
  if (bias !== undefined) checkBias(bias, { batch, heads, queries, keys });
  if (dropout !== undefined && !(dropout.rate >= 0 && dropout.rate < 1))
    throw new RangeError(`attention: dropout rate ${dropout.rate}; expected from 0 to less than 1.`);
  if (options.softcap !== undefined && !(options.softcap > 0))
    throw new RangeError(`attention: softcap ${options.softcap}; expected a number above 0, or undefined.`);
  return {
    query,
    key,
    value,
    mask,
    bias,
    softcap: options.softcap,
    scale: options.scale ?? 1 / Math.sqrt(depth),
    dropout: dropout === undefined || dropout.rate === 0 ? undefined : dropout,
  };
};

/**
 * softmax(scale · q·kᵀ + bias, under mask) · v. Vaswani 2017 (arXiv:1706.03762), equation 1.
 * query [batch, heads, queries, depth], key [batch, kvHeads, keys, depth], value [batch, kvHeads, keys, valueDepth] →
 * [batch, heads, queries, valueDepth]. Fewer key heads than heads is grouped-query attention (Ainslie 2023, arXiv:2305.13245);
 * key and value from another sequence is cross-attention. A row that sees no key gives zeros, never NaN.
 *
 * @example
 * const output = attention(q, k, v, { mask: causal() });
 */
export const attention = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): Tensor => attentionWithLogSumExp(query, key, value, options).output;

/** `attention`, and the natural log-sum-exp of each row's scores [batch, heads, queries] (−∞ where a row sees no key). */
export const attentionWithLogSumExp = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): AttentionResult => (options.kernel ?? flash).run(attentionRequest(query, key, value, options));

/**
 * The weights softmax(scale · q·kᵀ + bias, under mask): [batch, heads, queries, keys], each row summing to 1 (or 0 where nothing is
 * seen). From any kernel: with its `logSumExp` given, each weight is exp(score − logSumExp). Without gradient, without dropout.
 *
 * @example
 * attentionWeights(q, k, { mask: causal() });
 */
export const attentionWeights = (
  query: Tensor,
  key: Tensor,
  options: Omit<AttentionOptions, 'kernel' | 'dropout'> & { readonly logSumExp?: Tensor } = {},
): Tensor => {
  const { logSumExp, ...rest } = options;
  const call = attentionRequest(query, key, key, rest);
  return noGrad(() => {
    const { batch, heads, queries } = sizesOf(call);
    if (logSumExp === undefined) return dense.weights(call);
    // Where nothing is seen the log-sum-exp is −∞; any finite number in its place leaves exp(−∞) = 0.
    const finite = new Tensor(
      'float32',
      logSumExp.shape,
      logSumExp.data.map((l) => (l === -Infinity ? 0 : l)),
    );
    return exp(sub(maskedScores(call), reshape(finite, [batch, heads, queries, 1])));
  });
};
