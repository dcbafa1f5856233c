// Further functions of one number: those that are exact where the obvious composition is not, and rounding.

import { add, div, exp, mul, neg, type UnaryOp, unary } from './arithmetic.ts';

/** log(1 + x), exact near 0; −∞ at −1, NaN below. */
export const log1p: UnaryOp = unary('log1p', Math.log1p, (gradient, { inputs: [x] }) =>
  div(gradient, add(x, 1)),
);

/** eˣ − 1, exact near 0. */
export const expm1: UnaryOp = unary('expm1', Math.expm1, (gradient, { inputs: [x] }) =>
  mul(gradient, exp(x)),
);

/** 1 / √x; ∞ at 0, NaN below. */
export const rsqrt: UnaryOp = unary(
  'rsqrt',
  (x) => 1 / Math.sqrt(x),
  (gradient, { inputs: [x], output }) => neg(div(mul(gradient, mul(output, 0.5)), x)),
);

/** A step function: its derivative is 0 wherever there is one. */
const steps = (name: string, element: (x: number) => number): UnaryOp =>
  unary(name, element, (gradient) => mul(gradient, 0));

/** The largest integer ≤ x; gradient 0. */
export const floor: UnaryOp = steps('floor', Math.floor);

/** The smallest integer ≥ x; gradient 0. */
export const ceil: UnaryOp = steps('ceil', Math.ceil);

/** The integer between 0 and x that is nearest to x; gradient 0. */
export const trunc: UnaryOp = steps('trunc', Math.trunc);

/** The nearest integer, of two equally near ones the even one (PyTorch's and IEEE 754's rule, not Math.round's); gradient 0. */
export const round: UnaryOp = steps('round', (x) => {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest === 0.5) return below % 2 === 0 ? below : below + 1;
  return rest < 0.5 ? below : below + 1;
});
