// Reductions of booleans: whether any, whether all.

import { sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import type { Elements } from './broadcast.ts';
import { reduceGroups } from './integerReduce.ts';
import { plan, type ReduceOptions } from './reducePlan.ts';

type Quantifier = (x: Tensor<'bool'>, axes?: readonly number[], options?: ReduceOptions) => Tensor<'bool'>;

/** A quantifier whose answer is settled by the first element that is `settles`. */
const quantifier =
  (name: string, settles: 0 | 1): Quantifier =>
  (x, axes, options = {}) => {
    const planned = plan(name, x, axes, options);
    const one = (bits: Elements, start: number, end: number): number => {
      for (let i = start; i < end; i++) if ((bits[i] !== 0 ? 1 : 0) === settles) return settles;
      return 1 - settles;
    };
    const out = new Uint8Array(sizeOf(planned.result));
    return new Tensor('bool', planned.result, reduceGroups(x, planned, { out, one }));
  };

/** Whether any element over axes (default: all) is true; of none: false. */
export const any: Quantifier = quantifier('any', 1);

/** Whether all elements over axes (default: all) are true; of none: true. */
export const all: Quantifier = quantifier('all', 0);
