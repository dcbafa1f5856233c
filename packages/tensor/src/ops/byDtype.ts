// byDtype: how an arrangement of elements serves all dtypes: float32 through the differentiable op, the others without.

import type { DataOf, DType } from '../dtype.ts';
import type { Shape } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/** What is rearranged, of any dtype. */
export interface Source<D extends DType = DType> {
  readonly shape: Shape;
  readonly data: DataOf<D>;
  readonly dtype: D;
}

/** The outcome. */
export interface Arranged<D extends DType = DType> {
  readonly shape: number[];
  readonly data: DataOf<D>;
}

/** Runs a differentiable op on float32 and the plain rearrangement on other dtypes. */
export const byDtype = <D extends DType>(
  x: Tensor<D>,
  differentiable: (x: Tensor) => Tensor,
  rearrange: () => { readonly shape: Shape; readonly data: DataOf<D> },
): Tensor<D> => {
  if (x.dtype === 'float32') return differentiable(x as Tensor) as Tensor<DType> as Tensor<D>;
  const { shape, data } = rearrange();
  return new Tensor(x.dtype, shape, data);
};
