// attention(query, key, value, options): the one function of this package. The matrix of its weights, for those who must see it: attentionWeights.ts.

import { add, dims, mul, type Random, ShapeError, type Tensor, tanh, zeros } from '@heed/tensor';
import { type Bias, checkBias } from './bias.ts';
import { biasPart } from './biasParts.ts';
import { checkMask } from './checkMask.ts';
import { finiteKeys } from './finiteKeys.ts';
import { flash } from './flash.ts';
import type { AttentionKernel, AttentionRequest, AttentionResult } from './kernel.ts';
import type { Mask } from './mask.ts';
import { additiveScores, compared, type Scores, scaledDot } from './scoreFunctions.ts';

/** Options of `attention`. */
export interface AttentionOptions {
  /** Which query may see which key. Default: all. */
  readonly mask?: Mask | undefined;
  /** Added to the scaled scores: broadcastable to [batch, heads, queries, keys], or `byDistance`; −∞ hides. Default: nothing. */
  readonly bias?: Bias | undefined;
  /** How a query and a key are compared. Default `scaledDot()`; others: `unscaled`, `cosine`, `general`, `additive`. */
  readonly scores?: Scores | undefined;
  /** Factor of the score. Default 1/√depth for `scaledDot()` (Vaswani 2017, §3.2.1: keeps the variance of the scores at 1), 1 for the others. */
  readonly scale?: number | undefined;
  /** Bounds scores to ±softcap by softcap · tanh(s / softcap), before bias and mask (Gemma 2, arXiv:2408.00118, §2). Default: none. */
  readonly softcap?: number | undefined;
  /** A learned logit [heads] that joins each row's softmax and has no value, so that a head may look at nothing. Default: none. */
  readonly sinks?: Tensor | undefined;
  /** Dropout of the weights; only with a source of randomness. Default: none. */
  readonly dropout?: { readonly rate: number; readonly source: Random } | undefined;
  /** Who computes it. Default: `flash`, which never stores a [queries, keys] matrix. */
  readonly kernel?: AttentionKernel | undefined;
}

const checkNumbers = ({ scale, softcap, dropout }: AttentionOptions): void => {
  if (dropout !== undefined && !(dropout.rate >= 0 && dropout.rate < 1))
    throw new RangeError(`attention: dropout rate ${dropout.rate}; expected from 0 to less than 1.`);
  if (softcap !== undefined && !(softcap > 0))
    throw new RangeError(`attention: softcap ${softcap}; expected a number above 0, or undefined.`);
  if (scale !== undefined && !Number.isFinite(scale))
    throw new RangeError(`attention: scale ${scale}; expected a finite number, or undefined.`);
};

/** What kernels are given for an additive score, which is no product: queries and keys of zeros, and the score as a bias. */
const byBias = (
  query: Tensor,
  key: Tensor,
  { scores, bias, ...options }: AttentionOptions & { scores: Additive },
) => {
  const [batch, heads, queries] = query.shape as [number, number, number]; // rank 4, checked
  const [, kvHeads, keys] = key.shape as [number, number, number]; // rank 4, checked
  const { scale = 1, softcap } = options;
  const scaled = mul(additiveScores(query, key, scores), scale);
  const bounded = softcap === undefined ? scaled : mul(tanh(mul(scaled, 1 / softcap)), softcap);
  const sizes = { batch, heads, queries, keys };
  const all = { queries: [0, queries], keys: [0, keys] } as const;
  return {
    query: zeros([batch, heads, queries, 1]),
    key: zeros([batch, kvHeads, keys, 1]),
    bias: bias === undefined ? bounded : add(bounded, biasPart(bias, all, sizes)),
    softcap: undefined,
    scale: 1,
  };
};

type Additive = Extract<Scores, { kind: 'additive' }>;

/** Checks shapes and options once, at the door; kernels trust the result. Scores become a product of queries and keys, or a bias. */
export const attentionRequest = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions,
): AttentionRequest => {
  const { mask, bias, dropout, sinks, softcap, scores = scaledDot() } = options;
  const { batch, heads, kvHeads, queries, keys } = dims('attention', {
    query: [query, 'batch heads queries depth'],
    key: [
      key,
      `batch kvHeads keys ${scores.kind === 'general' || scores.kind === 'additive' ? 'keyDepth' : 'depth'}`,
    ],
    value: [value, 'batch kvHeads keys valueDepth'],
  });
  if (kvHeads === 0 || heads % kvHeads !== 0)
    throw new ShapeError(
      `attention: query has ${heads} heads and key has ${kvHeads}; heads must be a multiple of key heads. Use 1, or a divisor of ${heads}.`,
    );
  const sizes = { batch, heads, queries, keys };
  if (mask !== undefined) checkMask(mask, sizes);
  if (bias !== undefined) checkBias(bias, sizes);
  if (sinks !== undefined && (sinks.rank !== 1 || sinks.size !== heads))
    throw new ShapeError(`attention: sinks ${sinks}; expected [${heads}], one a head.`);
  checkNumbers(options);
  const common = {
    value,
    mask,
    sinks,
    dropout: dropout === undefined || dropout.rate === 0 ? undefined : dropout,
  };
  if (scores.kind === 'additive') return { ...common, ...byBias(query, key, { ...options, scores }) };
  const { scale, ...pair } = compared(query, key, scores);
  return { ...common, ...pair, bias, softcap, scale: options.scale ?? scale };
};

/**
 * softmax(scores + bias, under mask) · v, scores being q·kᵀ / √depth by default. Vaswani 2017 (arXiv:1706.03762), equation 1.
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

/**
 * `attention`, and the natural log-sum-exp of each row's scores [batch, heads, queries] (−∞ where a row sees no key), sinks included; differentiable
 * by dense and flash.
 */
export const attentionWithLogSumExp = (
  query: Tensor,
  key: Tensor,
  value: Tensor,
  options: AttentionOptions = {},
): AttentionResult => {
  const { request, mark } = finiteKeys(attentionRequest(query, key, value, options));
  const { output, logSumExp } = (options.kernel ?? flash).run(request);
  return { output: mark(output), logSumExp: mark(logSumExp) };
};
