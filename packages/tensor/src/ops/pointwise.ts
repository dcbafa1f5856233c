// pointwise: an op of one tensor from two loops, its value's and its derivative's. For functions that no engine has a kernel for.

import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { Tensor } from '../tensor.ts';

/** Fills `out` with a function of each x; arrays of one length. */
export type Fill<Options> = (x: Float32Array, out: Float32Array, options: Options) => void;

/** An op whose derivative is gradient · slope(x), the slope filled by a loop of its own. */
export const pointwise = <Options = undefined>(
  name: string,
  value: Fill<Options>,
  slope: Fill<Options>,
): ((x: Tensor, options: Options) => Tensor) => {
  const op = defineOp<readonly [Tensor], Options>({
    name,
    forward: ([x], options) => {
      const data = allocate(x.size);
      value(x.data, data, options);
      return { shape: x.shape, data };
    },
    backward: (gradient, { inputs: [x], options }) => {
      const data = allocate(x.size);
      slope(x.data, data, options);
      const upstream = gradient.data;
      for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * (upstream[i] as number); // one length
      return [new Tensor('float32', x.shape, data)];
    },
  });
  return (x, options) => op([x], options);
};
