// Extra keys behind those of a sequence, seen by every query whatever the mask: PyTorch's add_bias_kv and add_zero_attn. Older than sinks, and to
// the same end: a head may look at what says nothing.

import { concat, expand, pad, type Tensor, zeros } from '@heed/tensor';
import type { Bias } from './bias.ts';
import { biasPart } from './biasParts.ts';
import { type Mask, where } from './mask.ts';
import { allows, type MaskSizes } from './tiles.ts';

/** Keys and values of heads, and what decides which are seen. */
export interface KeysInView {
  /** [batch, kvHeads, keys, depth] */
  readonly key: Tensor;
  /** [batch, kvHeads, keys, valueDepth] */
  readonly value: Tensor;
  readonly mask: Mask | undefined;
  readonly bias: Bias | undefined;
}

/** One key with its value, [kvHeads, 1, depth] and [kvHeads, 1, valueDepth]. */
export type ExtraKey = readonly [key: Tensor, value: Tensor];

/** An extra key and value of zeros. */
export const zeroKey = (kvHeads: number, depth: number, valueDepth: number): ExtraKey => [
  zeros([kvHeads, 1, depth]),
  zeros([kvHeads, 1, valueDepth]),
];

const appended = (x: Tensor, extras: readonly Tensor[]): Tensor => {
  const batch = x.shape[0] as number; // rank 4
  return concat([x, ...extras.map((extra) => expand(extra, [batch, ...extra.shape]))], 2);
};

/** The keys with extra ones behind them. Masks and biases go on to say the same of the others; the extra ones have a bias of 0. */
export const withExtraKeys = (
  view: KeysInView,
  extras: readonly ExtraKey[],
  sizes: MaskSizes,
): KeysInView => {
  const { key, value, mask, bias } = view;
  const { queries, keys } = sizes;
  const whole = bias && biasPart(bias, { queries: [0, queries], keys: [0, keys] }, sizes);
  return {
    key: appended(
      key,
      extras.map(([own]) => own),
    ),
    value: appended(
      value,
      extras.map(([, own]) => own),
    ),
    mask: mask && where((place) => place.key >= keys || allows(mask, place, sizes)),
    bias:
      whole &&
      pad(expand(whole, [...whole.shape.slice(0, -1), keys]), whole.rank - 1, { after: extras.length }),
  };
};
