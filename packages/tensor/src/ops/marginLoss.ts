// Losses that ask for a distance and are content once it is there.

import { ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { relu } from './activation.ts';
import { add, mul, neg, sub } from './arithmetic.ts';
import { equal, where } from './compare.ts';
import { cosineSimilarity, norm } from './norm.ts';
import { checkPair, type LossOptions, reduced } from './reduction.ts';

/** Options of losses with a margin. */
export interface MarginOptions extends LossOptions {
  /** The distance asked for. */
  readonly margin?: number;
}

/** max(0, 1 − target · x), targets 1 or −1, both of one shape: the loss of support vector machines. */
export const hingeLoss = (x: Tensor, target: Tensor, { reduction }: LossOptions = {}): Tensor => {
  checkPair('hingeLoss', x, target);
  return reduced(relu(sub(1, mul(target, x))), reduction);
};

/** A distance x where the target is 1, max(0, margin − x) where it is −1; both of one shape. Default margin 1. */
export const hingeEmbeddingLoss = (
  x: Tensor,
  target: Tensor,
  { margin = 1, reduction }: MarginOptions = {},
): Tensor => {
  checkPair('hingeEmbeddingLoss', x, target);
  return reduced(where(equal(target, 1), x, relu(sub(margin, x))), reduction);
};

/** max(0, margin − target · (a − b)): a should rank above b where the target is 1, below where it is −1. Default margin 0. */
export const marginRankingLoss = (
  a: Tensor,
  b: Tensor,
  { target, margin = 0, reduction }: MarginOptions & { readonly target: Tensor },
): Tensor => {
  checkPair('marginRankingLoss', a, b);
  checkPair('marginRankingLoss', a, target);
  return reduced(relu(add(neg(mul(target, sub(a, b))), margin)), reduction);
};

/**
 * 1 − cos(a, b) where the target is 1, max(0, cos(a, b) − margin) where it is −1: a and b [..., width], target [...]. Default margin 0.
 * PyTorch's CosineEmbeddingLoss.
 */
export const cosineEmbeddingLoss = (
  a: Tensor,
  b: Tensor,
  { target, margin = 0, reduction }: MarginOptions & { readonly target: Tensor },
): Tensor => {
  checkPair('cosineEmbeddingLoss', a, b);
  const similarity = cosineSimilarity(a, b);
  checkPair('cosineEmbeddingLoss', similarity, target);
  return reduced(where(equal(target, 1), sub(1, similarity), relu(sub(similarity, margin))), reduction);
};

/** Options of `tripletLoss`. */
export interface TripletOptions extends MarginOptions {
  /** p of the p-norm that measures distances. Default 2. */
  readonly order?: number;
  /** Added to each difference, so that the distance of equal vectors has a derivative. Default 1e-6, as in PyTorch. */
  readonly epsilon?: number;
}

/**
 * max(0, ‖anchor − positive‖ − ‖anchor − negative‖ + margin) of vectors along the last axis. Default margin 1. Schroff 2015
 * (arXiv:1503.03832), equation 2, with distances instead of their squares: PyTorch's TripletMarginLoss.
 */
export const tripletLoss = (
  anchor: Tensor,
  [positive, negative]: readonly [positive: Tensor, negative: Tensor],
  { margin = 1, order = 2, epsilon = 1e-6, reduction }: TripletOptions = {},
): Tensor => {
  if (anchor.rank === 0) throw new ShapeError(`tripletLoss: anchor ${anchor}; expected [..., width].`);
  checkPair('tripletLoss', anchor, positive);
  checkPair('tripletLoss', anchor, negative);
  const distance = (other: Tensor): Tensor => norm(add(sub(anchor, other), epsilon), [-1], { order });
  return reduced(relu(add(sub(distance(positive), distance(negative)), margin)), reduction);
};
