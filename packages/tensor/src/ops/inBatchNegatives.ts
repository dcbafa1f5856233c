// Contrastive loss in which the other examples of a batch are the wrong answers.

import { arange } from '../create.ts';
import { dims } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { add, div, maximum, mul } from './arithmetic.ts';
import { transpose } from './arrange.ts';
import { crossEntropy } from './crossEntropy.ts';
import { matmul } from './matmul.ts';
import { norm } from './norm.ts';

/** Options of `inBatchNegatives`. */
export interface InBatchNegativesOptions {
  /** What similarities are divided by; sentence-transformers' scale of 20 is 0.05. Default 0.05. */
  readonly temperature?: number;
  /** Default 'cosine'. */
  readonly similarity?: 'cosine' | 'dot';
  /** Whether each key must find its query too: the mean of both directions, CLIP's loss. Default false. */
  readonly symmetric?: boolean;
}

const unit = (x: Tensor): Tensor => div(x, maximum(norm(x, [-1], { keepDims: true }), 1e-12)); // 1e-12: a vector of zeros stays one

/**
 * −log softmax(similarity / temperature)[i, i], the mean over i: queries [batch, width], keys [keys, width]; key i is the answer to query
 * i, all others are not (further keys behind the batch are wrong for everyone). van den Oord 2018 (arXiv:1807.03748), equation 4 (InfoNCE);
 * Henderson 2017 (arXiv:1705.00652), §4.4 (multiple negatives ranking).
 *
 * @example
 * const loss = inBatchNegatives(encode(questions), encode(answers));
 */
export const inBatchNegatives = (
  queries: Tensor,
  keys: Tensor,
  { temperature = 0.05, similarity = 'cosine', symmetric = false }: InBatchNegativesOptions = {},
): Tensor => {
  const { batch } = dims('inBatchNegatives', {
    queries: [queries, 'batch width'],
    keys: [keys, symmetric ? 'batch width' : 'keys width'],
  });
  if (!(temperature > 0))
    throw new RangeError(`inBatchNegatives: temperature ${temperature}; expected a positive number.`);
  const [q, k] = similarity === 'cosine' ? [unit(queries), unit(keys)] : [queries, keys];
  const logits = div(matmul(q, k, { transposeB: true }), temperature);
  const answers = arange(batch);
  const forth = crossEntropy(logits, answers);
  return symmetric ? mul(add(forth, crossEntropy(transpose(logits), answers)), 0.5) : forth;
};
