// Reductions of booleans: whether any, whether all.

import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { permutedData } from './move.ts';
import { plan, type ReduceOptions } from './reducePlan.ts';

type Quantifier = (x: Tensor<'bool'>, axes?: readonly number[], options?: ReduceOptions) => Tensor<'bool'>;

/** A quantifier whose answer is settled by the first element that is `settles`. */
const quantifier =
  (name: string, settles: 0 | 1): Quantifier =>
  (x, axes, options = {}) => {
    const { axes: chosen, result, count } = plan(name, x, axes, options);
    const kept = x.shape.map((_, axis) => axis).filter((axis) => !chosen.includes(axis));
    const bits = permutedData('bool', x.data, [x.shape, [...kept, ...chosen]]);
    const data = new Uint8Array(sizeOf(result)).fill(1 - settles);
    for (let group = 0; group < data.length; group++) {
      const end = (group + 1) * count;
      for (let i = group * count; i < end; i++)
        if ((bits[i] !== 0 ? 1 : 0) === settles) {
          data[group] = settles;
          break;
        }
    }
    return new Tensor('bool', result, data);
  };

/** Whether any element over axes (default: all) is true; of none: false. */
export const any: Quantifier = quantifier('any', 1);

/** Whether all elements over axes (default: all) are true; of none: true. */
export const all: Quantifier = quantifier('all', 0);
