// MultiHeadOptions: the sizes and choices of a MultiHeadAttention, and what does not fit together.

import type { LinearOptions } from '@heed/tensor/nn';
import type { RopeOptions } from './positions/rope.ts';
import type { Scores } from './scoreFunctions.ts';

/** Sizes and options of a MultiHeadAttention. */
export interface MultiHeadOptions extends LinearOptions {
  /** Width of the vectors that come in and go out. */
  readonly width: number;
  readonly heads: number;
  /** Heads of keys and values: fewer is grouped-query attention, 1 is multi-query. Default: heads. */
  readonly kvHeads?: number;
  /** Width of the queries and keys of one head. Default width / heads. */
  readonly headDim?: number;
  /** Width of the values of one head. Default headDim. */
  readonly valueDim?: number;
  /** Width of the sequence that keys come from. Default width. */
  readonly keyWidth?: number;
  /** Width of the sequence that values come from. Default keyWidth. */
  readonly valueWidth?: number;
  /** One projection for keys and values, for queries and keys, or for all three. Default: three projections. */
  readonly shared?: 'keyValue' | 'queryKey' | 'all';
  /** Whether there are linear projections at all, the output's included; without them x itself is cut into heads. Default true. */
  readonly projections?: boolean;
  /** Whether queries and keys of each head are divided by their root mean square, with learned factors. Default false. Dehghani 2023 (arXiv:2302.05442), §2.1, with LayerNorm; Qwen 3 and Gemma 3 with RMSNorm, as here. */
  readonly qkNorm?: boolean;
  /** Rotary positions of queries and keys in self-attention. Default: none. */
  readonly rope?: Omit<RopeOptions, 'positions'>;
  /** How queries and keys are compared; parameters in it are trained with the module. Default `scaledDot()`. */
  readonly scores?: Scores;
  /** Factor of the score, as in `attention`. */
  readonly scale?: number;
  /** Bound of the scores, as in `attention`. Default: none. */
  readonly softcap?: number;
  /** Whether each head learns a sink, starting at 0; see `attention`. Default false. */
  readonly sinks?: boolean;
  /** Whether a learned key and value stand behind the sequence, seen by all; PyTorch's add_bias_kv. Default false. */
  readonly learnedKey?: boolean;
  /** Whether a key and value of zeros stand behind them, seen by all; PyTorch's add_zero_attn. Default false. */
  readonly zeroKey?: boolean;
  /** Rate of dropout of the weights; default 0. */
  readonly dropout?: number;
}

/** Sizes with their defaults filled in. */
export interface MultiHeadSizes {
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly valueDim: number;
  readonly keyWidth: number;
  readonly valueWidth: number;
}

/** Fills in sizes; those that do not fit together are refused. */
export const multiHeadSizes = (options: MultiHeadOptions): MultiHeadSizes => {
  const { width, heads, shared } = options;
  const { kvHeads = heads, headDim = width / heads, keyWidth = width } = options;
  const { valueDim = headDim, valueWidth = keyWidth } = options;
  const sizes = { width, heads, kvHeads, headDim, valueDim, keyWidth, valueWidth };
  const refuse = (why: string): never => {
    throw new RangeError(
      `MultiHeadAttention: width ${width}, ${heads} heads, ${kvHeads} key heads, head width ${headDim}, value width ${valueDim}; ${why}.`,
    );
  };
  if (!Number.isInteger(headDim) || !Number.isInteger(heads / kvHeads))
    refuse('heads must divide width (or give headDim), key heads must divide heads');
  if ((shared === 'keyValue' || shared === 'all') && (valueDim !== headDim || valueWidth !== keyWidth))
    refuse('keys and values that are one projection have the same widths');
  if ((shared === 'queryKey' || shared === 'all') && (kvHeads !== heads || keyWidth !== width))
    refuse('queries and keys that are one projection have the same heads and width');
  const bare = kvHeads === heads && heads * headDim === width && valueDim === headDim && keyWidth === width;
  if (options.projections === false && !(bare && valueWidth === width && shared === undefined))
    refuse('without projections all widths are width, all heads heads, and nothing is shared');
  return sizes;
};
