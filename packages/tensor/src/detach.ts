// detach: a tensor without its past.

import type { DType } from './dtype.ts';
import { Tensor } from './tensor.ts';

/**
 * The same values (shared, not copied), through which no gradient flows.
 *
 * @example
 * const x = variable(tensor([3]));
 * backward(sum(mul(x, detach(x)))).get(x)?.toArray(); //=> [3]
 */
export const detach = <D extends DType>(x: Tensor<D>): Tensor<D> => new Tensor(x.dtype, x.shape, x.data);
