// Derivatives of the element-wise functions on four floats at once, from what SlopeCall says: the output for exp, sigmoid, tanh and relu, the
// input for the others.

import type { UnaryKind } from '../../backend/backend.ts';
import { f32x4, v128 } from '../assembler/instructions.ts';
import { constant, type Value } from '../assembler/value.ts';
import { multiplyAdd } from './target.ts';
import { erf, exp, sigmoid, tanh, type VectorFunction } from './vectorMath.ts';

const one = (): Value<'v128'> => constant('f32x4', 1);

/** e^(−x²·factor), as a variable. */
const bell =
  (factor: number): VectorFunction =>
  (f, target, x) =>
    exp(f, target, f.let(f32x4.mul(f32x4.mul(x, x), -factor)));

/** a + factor · x, and a where the factor is 0: there x may be infinite. */
const plusTimes = (a: Value<'v128'>, factor: Value<'v128'>, x: Value<'v128'>): Value<'v128'> =>
  f32x4.add(a, v128.choose(constant('f32x4', 0), f32x4.mul(factor, x), f32x4.equal(factor, 0)));

/** The derivatives by name. gelu: Φ(x) + x·φ(x). */
export const vectorSlopes: Readonly<Record<UnaryKind, VectorFunction>> = {
  exp: (_f, _target, y) => y,
  sigmoid: (_f, _target, y) => f32x4.mul(y, f32x4.sub(one(), y)),
  tanh: (_f, _target, y) => f32x4.sub(one(), f32x4.mul(y, y)),
  relu: (_f, _target, y) => v128.and(one(), f32x4.greater(y, 0)),
  erf: (f, target, x) => f32x4.mul(bell(1)(f, target, x), 2 / Math.sqrt(Math.PI)),
  gelu: (f, target, x) => {
    const density = f.let(f32x4.mul(bell(0.5)(f, target, x), 1 / Math.sqrt(2 * Math.PI)));
    const inside = erf(f, target, f.let(f32x4.mul(x, Math.SQRT1_2)));
    return plusTimes(f.let(multiplyAdd(target, inside, 0.5, constant('f32x4', 0.5))), density, x);
  },
  geluTanh: (f, target, x) => {
    const rate = Math.sqrt(2 / Math.PI);
    const square = f.let(f32x4.mul(x, x));
    const t = f.let(tanh(f, target, f.let(f32x4.mul(x, multiplyAdd(target, square, 0.044715 * rate, rate)))));
    const slope = f.let(f32x4.mul(f32x4.sub(one(), f32x4.mul(t, t)), 0.5 * rate));
    const inner = f.let(f32x4.mul(x, multiplyAdd(target, square, 3 * 0.044715, 1)));
    return plusTimes(f.let(multiplyAdd(target, t, 0.5, constant('f32x4', 0.5))), slope, inner);
  },
  silu: (f, target, x) => {
    const s = f.let(sigmoid(f, target, x));
    return plusTimes(s, f.let(f32x4.mul(s, f32x4.sub(one(), s))), x);
  },
};
