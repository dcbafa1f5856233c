// Loops of arithmetic.ts over runs.

import type { Run } from './broadcast.ts';

// One loop an operation: shared code would see many functions and run them uninlined. Runs lie inside their arrays.
/** a + b. */
export const addRun = ({ a, b, out, aStart, bStart, outStart, aStep, bStep, length }: Run): void => {
  if (aStep === 1 && bStep === 1)
    for (let i = 0; i < length; i++)
      out[outStart + i] = (a[aStart + i] as number) + (b[bStart + i] as number);
  else
    for (let i = 0; i < length; i++)
      out[outStart + i] = (a[aStart + i * aStep] as number) + (b[bStart + i * bStep] as number);
};
/** a − b. */
export const subRun = ({ a, b, out, aStart, bStart, outStart, aStep, bStep, length }: Run): void => {
  for (let i = 0; i < length; i++)
    out[outStart + i] = (a[aStart + i * aStep] as number) - (b[bStart + i * bStep] as number);
};
/** a · b. */
export const mulRun = ({ a, b, out, aStart, bStart, outStart, aStep, bStep, length }: Run): void => {
  if (aStep === 1 && bStep === 1)
    for (let i = 0; i < length; i++)
      out[outStart + i] = (a[aStart + i] as number) * (b[bStart + i] as number);
  else
    for (let i = 0; i < length; i++)
      out[outStart + i] = (a[aStart + i * aStep] as number) * (b[bStart + i * bStep] as number);
};
/** a / b. */
export const divRun = ({ a, b, out, aStart, bStart, outStart, aStep, bStep, length }: Run): void => {
  for (let i = 0; i < length; i++)
    out[outStart + i] = (a[aStart + i * aStep] as number) / (b[bStart + i * bStep] as number);
};
/** Any function, called for each element. */
export const slow =
  (element: (a: number, b: number) => number) =>
  ({ a, b, out, aStart, bStart, outStart, aStep, bStep, length }: Run): void => {
    for (let i = 0; i < length; i++)
      out[outStart + i] = element(a[aStart + i * aStep] as number, b[bStart + i * bStep] as number);
  };
