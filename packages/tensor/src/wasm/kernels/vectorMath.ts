// exp, erf, tanh and the activations on four floats at once, as expressions written in line by the kernels that need them.
// Coefficients are our own minimax fits (iteratively reweighted least squares in float64), their errors noted. NaN stays NaN.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32x4, v128 } from '../assembler/instructions.ts';
import type { Local, Operand, Value } from '../assembler/value.ts';
import { multiplyAdd, type Target } from './target.ts';

/** A function on four floats: writes what it must compute first, gives the result as an expression. */
export type VectorFunction = (f: FunctionBuilder, target: Target, x: Local<'v128'>) => Value<'v128'>;

/** Horner's rule; coefficients from the constant up. */
const polynomial = (
  f: FunctionBuilder,
  target: Target,
  [x, coefficients]: readonly [Local<'v128'>, readonly number[]],
): Local<'v128'> => {
  const [last, ...rest] = coefficients.toReversed();
  const sum = f.local('v128');
  f.set(sum, last as number); // never called without coefficients
  for (const coefficient of rest) f.set(sum, multiplyAdd(target, sum, x, coefficient));
  return sum;
};

/** The largest finite float32. */
export const maxFloat = 3.4028234663852886e38;
const signBit = -0x80000000; // of every lane, as an integer

/** Added to a float of magnitude below 2²², this leaves the nearest integer in the low bits: cheaper than rounding and converting. */
export const rounder: number = 1.5 * 2 ** 23;
/** The bits of `rounder` as an integer: subtracted, the nearest integer is left. */
export const rounderBits = 0x4b400000;

/** The four floats 2ⁿ of integers −126 ≤ n ≤ 127. */
const powerOfTwo = (n: Value<'v128'>): Value<'v128'> => i32x4.shiftLeft(i32x4.add(n, 127), 23);

/**
 * eˣ over the whole range of float32, denormal results and +∞ included. x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial of
 * degree 6 for eʳ (relative error 3e-9 before rounding), then 2ⁿ in two factors because n may lie outside of one exponent.
 */
export const exp: VectorFunction = (f, target, x) => {
  // Below −104 the result rounds to 0, above 89 to +∞. pseudoMin and pseudoMax keep a NaN that is their first operand.
  const clamped = f.let(f32x4.pseudoMin(f32x4.pseudoMax(x, -104), 89));
  const rounded = f.let(f32x4.add(f32x4.mul(clamped, Math.LOG2E), rounder));
  const n = f.let(f32x4.sub(rounded, rounder));
  // ln 2 in two parts, the first with so few bits that n times it is exact.
  const r = f.let(multiplyAdd(target, n, -0.693359375, clamped));
  f.set(r, multiplyAdd(target, n, 2.1219444005469057e-4, r));
  const p = polynomial(f, target, [
    r,
    [
      1, 1, 0.4999999403953552, 0.1666652113199234, 0.04166838899254799, 0.008368716575205326,
      0.001381459878757596,
    ],
  ]);
  const whole = f.let(i32x4.sub(rounded, rounderBits));
  const half = f.let(i32x4.shiftRight(whole, 1));
  return f32x4.mul(p, powerOfTwo(half), powerOfTwo(i32x4.sub(whole, half)));
};

/**
 * 2ˣ for x ≤ 0, for weights that are at most 1: relative error 2e-7, exactly 1 at 0, and 0 at −∞ (below 2⁻¹²⁶ the result is some
 * number between 0 and 2⁻¹²⁷). Fewer instructions than `exp`.
 */
export const exp2OfNegative: VectorFunction = (f, target, x) => {
  const clamped = f.let(f32x4.pseudoMax(x, -127));
  const rounded = f.let(f32x4.add(clamped, rounder));
  f.set(clamped, f32x4.sub(clamped, f32x4.sub(rounded, rounder)));
  const p = polynomial(f, target, [
    clamped,
    // The constant is exactly 1, so that at −127 subtracting 127 from the exponent leaves the bits of zero.
    [
      1, 0.6931470036506653, 0.24022242426872253, 0.05550733953714371, 0.009671523235738277,
      0.001326471334323287,
    ],
  ]);
  return i32x4.add(p, i32x4.shiftLeft(rounded, 23)); // all but the integer's bits are shifted out
};

/**
 * height · (Φ(stretch · x) − ½), where Φ(x) − ½ is the area under the normal curve between 0 and x: x·P(x²)/Q(x²) for |x| < 5.6 (relative
 * error 2e-8 before rounding, 4e-7 after), ±½ beyond. The fit ends 2e-7 above ½, so that the last clamp makes it exactly ½ from there on.
 */
const centralNormal = (
  f: FunctionBuilder,
  target: Target,
  {
    x,
    stretch = 1,
    height = 1,
  }: { readonly x: Local<'v128'>; readonly stretch?: number; readonly height?: number },
): Value<'v128'> => {
  const within = (value: Operand<'v128'>, bound: number): Value<'v128'> =>
    f32x4.pseudoMin(f32x4.pseudoMax(value, -bound), bound);
  const stretched = (coefficients: readonly number[], factor: number): readonly number[] =>
    coefficients.map((coefficient, power) => factor * coefficient * (stretch * stretch) ** power);
  const clamped = f.let(within(x, 5.6 / stretch));
  const square = f.let(f32x4.mul(clamped, clamped));
  const numerator = polynomial(f, target, [
    square,
    stretched(
      [
        0.3989422619342804, 0.03389608487486839, 0.004676039330661297, 0.0001686620817054063,
        6.295586445048684e-6, 2.2383481734777888e-8,
      ],
      height * stretch,
    ),
  ]);
  const denominator = polynomial(f, target, [
    square,
    stretched(
      [
        1, 0.2516312301158905, 0.028660496696829796, 0.001884054159745574, 7.329406071221456e-5,
        1.1824923831227352e-6,
      ],
      1,
    ),
  ]);
  return within(f32x4.div(f32x4.mul(clamped, numerator), denominator), height / 2);
};

/** The error function: 2·Φ(√2 x) − 1. */
export const erf: VectorFunction = (f, target, x) =>
  centralNormal(f, target, { x, stretch: Math.SQRT2, height: 2 });

/** tanh: an odd polynomial below 0.625 (relative error 5e-9 before rounding), 1 − 2 / (e²ˣ + 1) above. */
export const tanh: VectorFunction = (f, target, x) => {
  const magnitude = f.let(f32x4.abs(x));
  const doubled = f.let(f32x4.add(magnitude, magnitude));
  const power = exp(f, target, doubled);
  const large = f.let(f32x4.sub(1, f32x4.div(2, f32x4.add(power, 1))));
  f.set(large, v128.or(large, v128.and(x, signBit)));
  const square = f.let(f32x4.mul(x, x));
  const p = polynomial(f, target, [
    square,
    [
      -0.3333328068256378, 0.133314311504364, -0.053738757967948914, 0.0206358190625906,
      -0.005701185669749975,
    ],
  ]);
  const small = multiplyAdd(target, f32x4.mul(x, square), p, x);
  return v128.choose(small, large, f32x4.less(magnitude, 0.625));
};

/** 1 / (1 + e⁻ˣ). */
export const sigmoid: VectorFunction = (f, target, x) => {
  const power = exp(f, target, f.let(f32x4.negate(x)));
  return f32x4.div(1, f32x4.add(power, 1));
};

/** max(0, x); NaN stays NaN. */
export const relu: VectorFunction = (_f, _target, x) => f32x4.pseudoMax(x, 0);

/** x with −∞ made finite: where a factor is exactly 0, −∞ · 0 would be NaN and the limit is 0. */
const finiteBelow = (x: Operand<'v128'>): Value<'v128'> => f32x4.pseudoMax(x, -maxFloat);

/** x·Φ(x) = x/2 · (1 + erf(x/√2)). */
export const gelu: VectorFunction = (f, target, x) =>
  f32x4.mul(finiteBelow(x), f32x4.add(centralNormal(f, target, { x }), 0.5));

/** x/2 · (1 + tanh u) with u = √(2/π)(x + 0.044715 x³), written as x · sigmoid(2u). */
export const geluTanh: VectorFunction = (f, target, x) => {
  const scale = 2 * Math.sqrt(2 / Math.PI);
  const cubic = multiplyAdd(target, f32x4.mul(x, x), 0.044715 * scale, scale);
  return f32x4.mul(finiteBelow(x), sigmoid(f, target, f.let(f32x4.mul(x, cubic))));
};

/** x · sigmoid(x). */
export const silu: VectorFunction = (f, target, x) => f32x4.mul(finiteBelow(x), sigmoid(f, target, x));
