// Gated linear units: one half of an axis decides how much of the other half passes.

import { axisOf, ShapeError } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { split } from './alongAxis.ts';
import { mul, sigmoid } from './arithmetic.ts';

/** a · σ(b), a and b the halves of x along an axis (default: the last). Dauphin 2017 (arXiv:1612.08083), equation 1. */
export const glu = (x: Tensor, axis = -1): Tensor => {
  const at = axisOf('glu', axis, x.rank);
  const extent = x.shape[at] as number; // at < rank
  if (extent % 2 !== 0)
    throw new ShapeError(`glu: axis ${axis} of ${x} has ${extent} indices; expected an even number.`);
  const [value, gate] = extent === 0 ? [x, x] : (split(x, extent / 2, at) as [Tensor, Tensor]); // two halves
  return mul(value, sigmoid(gate));
};
