// Classes as rows of zeros with a single one.

import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';

/**
 * ids int32 [...] → int32 [..., classes], 1 at the id and 0 elsewhere; `cast` makes numbers of it. An id outside is a RangeError.
 *
 * @example
 * oneHot(integers([2, 0]), 3).toArray(); //=> [[0, 0, 1], [1, 0, 0]]
 */
export const oneHot = (ids: Tensor<'int32'>, classes: number): Tensor<'int32'> => {
  if (!Number.isInteger(classes) || classes < 0)
    throw new RangeError(`oneHot: ${classes} classes; expected an integer from 0.`);
  const shape = [...ids.shape, classes];
  const data = new Int32Array(sizeOf(shape));
  for (let i = 0; i < ids.data.length; i++) {
    const id = ids.data[i] as number; // i < length
    if (id < 0 || id >= classes)
      throw new RangeError(
        `oneHot: id ${id} at place ${i}; expected a class from 0 to ${classes - 1}. Pass the number of classes that the ids need.`,
      );
    data[i * classes + id] = 1;
  }
  return new Tensor('int32', shape, data);
};
