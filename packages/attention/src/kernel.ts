// AttentionKernel: the contract between `attention` and whatever computes it. This is the one file that a kernel's author must read;
// cases.ts is the same contract, runnable.

import type { Random, Tensor } from '@heed/tensor';
import type { Bias } from './bias.ts';
import type { Mask } from './mask.ts';

/** A checked request: shapes agree, heads are a multiple of kvHeads, the mask fits. */
export interface AttentionRequest {
  /** [batch, heads, queries, depth] */
  readonly query: Tensor;
  /** [batch, kvHeads, keys, depth]; query head h reads key head ⌊h / (heads / kvHeads)⌋. */
  readonly key: Tensor;
  /** [batch, kvHeads, keys, valueDepth] */
  readonly value: Tensor;
  /** Factor of q·k. */
  readonly scale: number;
  /** Scaled scores s become softcap · tanh(s / softcap), before bias and mask; undefined: they stay. */
  readonly softcap: number | undefined;
  /** Which query may see which key; undefined: all. */
  readonly mask: Mask | undefined;
  /** Added to the scaled scores: broadcastable to [batch, heads, queries, keys], or by distance (bias.ts); −∞ hides. */
  readonly bias: Bias | undefined;
  /** Weights are zeroed with probability `rate`, the others divided by 1 − rate; place (b, h, i, j) draws number ((b·heads + h)·queries + i)·keys + j. */
  readonly dropout: { readonly rate: number; readonly source: Random } | undefined;
  /** [heads]: exp(sink) joins each row's sum of exp(score), and has no value; undefined: nothing joins. */
  readonly sinks: Tensor | undefined;
}

/** What a kernel gives back. */
export interface AttentionResult {
  /** [batch, heads, queries, valueDepth], differentiable in query, key, value, bias and sinks. A row that sees no key is zero. */
  readonly output: Tensor;
  /**
   * [batch, heads, queries], natural log of Σ exp(score), sinks included; −∞ for a row that sees no key and has no sink. Differentiable in query, key,
   * bias and sinks by dense and flash.
   */
  readonly logSumExp: Tensor;
}

/**
 * A way to compute attention. It promises: the shapes above; zeros for rows that see nothing; the same dropout for the same source;
 * gradients; an error against float64 of at most twice that of the dense kernel. What it cannot do it refuses with UnsupportedError,
 * by name, before computing.
 */
export interface AttentionKernel {
  readonly name: string;
  run(request: AttentionRequest): AttentionResult;
}

/** A kernel was asked for something it does not do; the message names the kernel that does. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

/** Sizes of a request, by name. */
export interface RequestSizes {
  readonly batch: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly queries: number;
  readonly keys: number;
  readonly depth: number;
  readonly valueDepth: number;
}

/** Reads the sizes of a request from its shapes. */
export const sizesOf = ({ query, key, value }: AttentionRequest): RequestSizes => {
  const [batch, heads, queries, depth] = query.shape as [number, number, number, number]; // rank 4 by the contract
  const [, kvHeads, keys, valueDepth] = [key.shape[0], key.shape[1], key.shape[2], value.shape[3]] as [
    number,
    number,
    number,
    number,
  ];
  return { batch, heads, kvHeads, queries, keys, depth, valueDepth };
};
