// variable: a leaf of the gradient's graph that is not a parameter of a model.

import { Tensor } from './tensor.ts';

/**
 * A tensor of the same values (shared, not copied) to which gradients flow: `backward` reports its gradient. For inputs whose
 * influence is asked for; weights of models are Parameters.
 *
 * @example
 * const x = variable(tensor([2]));
 * backward(sum(mul(x, x))).get(x)?.toArray(); //=> [4]
 */
export const variable = (x: Tensor): Tensor => {
  const leaf = new Tensor('float32', x.shape, x.data);
  Tensor.mark(leaf, { requiresGradient: true, constant: false });
  return leaf;
};
