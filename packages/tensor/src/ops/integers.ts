// Arithmetic of int32 tensors: two's complement, wrapping around as PyTorch's; no gradient. What does not stay among integers (division,
// powers, functions) wants `cast` first.

import { sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { fillRuns, type Run } from './broadcast.ts';
import { broadcastPlan } from './broadcastPlan.ts';

type AnyOperand = AnyTensor | number;

const isIntegers = (x: AnyOperand): x is Tensor<'int32'> => typeof x !== 'number' && x.dtype === 'int32';

/** Whether the result is of integers: where an int32 tensor stands beside another one or a number. */
export const amongIntegers = (a: AnyOperand, b: AnyOperand): boolean =>
  (isIntegers(a) && (typeof b === 'number' || isIntegers(b))) || (isIntegers(b) && typeof a === 'number');

const integersOf = (where: string, x: AnyOperand): Tensor<'int32'> => {
  if (isIntegers(x)) return x;
  if (typeof x === 'number' && x === (x | 0)) return new Tensor('int32', [], Int32Array.of(x));
  throw new RangeError(
    `${where}: ${x} beside an int32 tensor; expected an integer of 32 bits. For fractions cast the tensor first.`,
  );
};

/** a ∘ b of integers, broadcast; what is beyond 32 bits wraps around. */
export const integerBinary = (
  where: string,
  element: (a: number, b: number) => number,
): ((a: AnyOperand, b: AnyOperand) => Tensor<'int32'>) => {
  const kernel = (run: Run<Int32Array, Int32Array>): void => {
    const { a, b, out, aStart, bStart, outStart, aStep, bStep, length } = run;
    for (let i = 0; i < length; i++)
      out[outStart + i] = element(a[aStart + i * aStep] as number, b[bStart + i * bStep] as number); // inside the run
  };
  return (a, b) => {
    const [left, right] = [integersOf(where, a), integersOf(where, b)];
    const plan = broadcastPlan(where, left.shape, right.shape);
    const out = new Int32Array(sizeOf(plan.shape));
    fillRuns(kernel, plan, { a: left.data, b: right.data, out });
    return new Tensor('int32', plan.shape, out);
  };
};

/** A function of each integer. */
export const mapIntegers = (x: Tensor<'int32'>, element: (x: number) => number): Tensor<'int32'> =>
  new Tensor('int32', x.shape, x.data.map(element));
