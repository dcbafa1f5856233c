// Where along an axis the largest and the smallest element lie. No gradient.

import { axisOf, ShapeError, sizeOf, stridesOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { plan, type ReduceOptions } from './reducePlan.ts';

const extremePlace = (
  where: string,
  x: Tensor<'float32' | 'int32'>,
  { axis, sign, ...options }: ReduceOptions & { readonly axis: number; readonly sign: 1 | -1 },
): Tensor<'int32'> => {
  const at = axisOf(where, axis, x.rank);
  const { result } = plan(where, x, [at], options);
  const extent = x.shape[at] as number; // at < rank
  if (extent === 0) throw new ShapeError(`${where}: ${x} has no element along axis ${axis}.`);
  const inner = stridesOf(x.shape)[at] as number; // at < rank
  const data = new Int32Array(sizeOf(result));
  const values = x.data;
  for (let index = 0; index < data.length; index++) {
    const start = Math.floor(index / inner) * extent * inner + (index % inner);
    let place = 0;
    let best = values[start] as number; // i < extent, here and below
    for (let i = 1; i < extent && !Number.isNaN(best); i++) {
      const value = values[start + i * inner] as number;
      if (sign * value > sign * best || Number.isNaN(value)) {
        best = value;
        place = i;
      }
    }
    data[index] = place;
  }
  return new Tensor('int32', result, data);
};

/** Place of the largest element along an axis (the first of equals; NaN is taken before any number): int32, the axis gone. */
export const argmax = (
  x: Tensor<'float32' | 'int32'>,
  axis = -1,
  options: ReduceOptions = {},
): Tensor<'int32'> => extremePlace('argmax', x, { ...options, axis, sign: 1 });

/** Place of the smallest element along an axis (the first of equals; NaN is taken before any number): int32, the axis gone. */
export const argmin = (
  x: Tensor<'float32' | 'int32'>,
  axis = -1,
  options: ReduceOptions = {},
): Tensor<'int32'> => extremePlace('argmin', x, { ...options, axis, sign: -1 });
