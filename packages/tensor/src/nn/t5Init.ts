// The laws of T5's first values: one for each kind of weight, by the widths of the model.

import { constant, type Initializer, normal } from './init.ts';

/** Widths of a T5 model. */
export interface T5Widths {
  /** Of the hidden states (d_model). */
  readonly width: number;
  /** Of one head (d_kv). */
  readonly headWidth: number;
  readonly heads: number;
  /** Of the inner layer of feed-forward networks (d_ff). */
  readonly innerWidth: number;
  /** Multiplies all; default 1 (initializer_factor). */
  readonly factor?: number;
}

/** A law for each kind of weight of T5. */
export interface T5Laws {
  /** The table of words, and an output layer that is not tied to it. */
  readonly embedding: Initializer;
  readonly query: Initializer;
  readonly key: Initializer;
  readonly value: Initializer;
  readonly output: Initializer;
  readonly positionBias: Initializer;
  readonly inner: Initializer;
  readonly outer: Initializer;
  readonly norm: Initializer;
}

/**
 * Normal laws of deviation 1/√(fan in); queries carry the 1/√headWidth that T5's attention leaves out. As in T5's code in Mesh TensorFlow,
 * Raffel 2020 (arXiv:1910.10683), and in transformers.
 *
 * @example
 * const laws = t5({ width: 64, headWidth: 16, heads: 4, innerWidth: 256 });
 * const query = new Linear(64, 64, { bias: false, initializer: laws.query });
 */
export const t5 = ({ width, headWidth, heads, innerWidth, factor = 1 }: T5Widths): T5Laws => {
  const byWidth = normal(factor / Math.sqrt(width));
  return {
    embedding: normal(factor),
    query: normal(factor / Math.sqrt(width * headWidth)),
    key: byWidth,
    value: byWidth,
    output: normal(factor / Math.sqrt(heads * headWidth)),
    positionBias: byWidth,
    inner: byWidth,
    outer: normal(factor / Math.sqrt(innerWidth)),
    norm: constant(factor),
  };
};
