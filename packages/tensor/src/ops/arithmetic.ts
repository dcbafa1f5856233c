// Element-wise arithmetic with broadcasting; each operation with its derivative beneath it.

import type { UnaryKind } from '../backend/backend.ts';
import { currentBackend } from '../backend/slot.ts';
import { defineOp } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { type Shape, sameShape } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { addRun, divRun, mulRun, slow, subRun } from './arithmeticRuns.ts';
import { applyBinary, type Run, sumDown } from './broadcast.ts';
import { amongIntegers, integerBinary, mapIntegers } from './integers.ts';

/** An operand: a tensor, or a number that stands for one everywhere. */
export type Operand = Tensor | number;

/** An element-wise function of two broadcast operands. */
export type BinaryOp = (a: Operand, b: Operand) => Tensor;
/**
 * An element-wise function of two broadcast operands. Two of int32, or one and an integer, give int32 (what is beyond 32 bits wraps around, no
 * gradient); one of int32 beside one of float32 counts as floats.
 */
export interface ArithmeticOp {
  (a: Operand, b: Operand): Tensor;
  (a: Tensor<'int32'> | number, b: Tensor<'int32'> | number): Tensor<'int32'>;
  (a: Tensor<'float32' | 'int32'>, b: Tensor<'float32' | 'int32'>): Tensor;
}
/** An element-wise function of one tensor. */
export type UnaryOp = (x: Tensor) => Tensor;
/** An element-wise function of one tensor that leaves integers integers. */
export interface SignedOp {
  (x: Tensor): Tensor;
  (x: Tensor<'int32'>): Tensor<'int32'>;
}

/** A number as a scalar tensor. */
export const asTensor = (x: Operand): Tensor =>
  typeof x === 'number' ? new Tensor('float32', [], Float32Array.of(x)) : x;

type Pair = readonly [Tensor, Tensor];
interface PairContext {
  readonly inputs: Pair;
  readonly output: Tensor;
  needs(index: number): boolean;
}

const sumToOp = defineOp<readonly [Tensor], Shape>({
  name: 'sumTo',
  forward: ([x], shape) => ({ shape, data: sumDown(x.data, x.shape, shape) }),
  backward: (gradient, { inputs: [x] }) => [
    add(gradient, new Tensor('float32', x.shape, new Float32Array(x.size))),
  ],
});

/** Sums a tensor down to a shape that broadcasts to it: the reverse of broadcasting. */
export const sumTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : sumToOp([x], shape);

/** An op of two broadcast operands from its kernel and the two partial derivatives (before summing down). */
const binary = (
  name: string,
  kernel: (run: Run) => void,
  partials: (gradient: Tensor, context: PairContext) => readonly [() => Tensor, () => Tensor],
) => {
  const op = defineOp<Pair>({
    name,
    forward: ([a, b]) => applyBinary(name, kernel, a, b),
    backward: (gradient, context) => {
      const [left, right] = partials(gradient, context);
      const { inputs, needs } = context;
      return [
        needs(0) ? sumTo(left(), inputs[0].shape) : undefined,
        needs(1) ? sumTo(right(), inputs[1].shape) : undefined,
      ];
    },
  });
  return (a: Operand, b: Operand): Tensor => op([asTensor(a), asTensor(b)], undefined);
};

const asFloats = (x: AnyTensor | number): Operand =>
  typeof x === 'number' || x.dtype === 'float32'
    ? (x as Operand)
    : new Tensor('float32', x.shape, Float32Array.from(x.data));

/** The op for float32, and the same of integers, which wrap around and have no gradient. */
const alsoOfIntegers = (
  name: string,
  ofFloats: BinaryOp,
  element: (a: number, b: number) => number,
): ArithmeticOp => {
  const ofIntegers = integerBinary(name, element);
  return ((a: AnyTensor | number, b: AnyTensor | number): AnyTensor =>
    amongIntegers(a, b) ? ofIntegers(a, b) : ofFloats(asFloats(a), asFloats(b))) as ArithmeticOp;
};

const alsoOfInteger = (ofFloats: UnaryOp, element: (x: number) => number): SignedOp =>
  ((x: AnyTensor): AnyTensor =>
    x.dtype === 'int32' ? mapIntegers(x as Tensor<'int32'>, element) : ofFloats(x as Tensor)) as SignedOp;

/** A kernel's result as a tensor without gradient: for derivatives. */
export const combine = (kernel: (run: Run) => void, a: Tensor, b: Tensor): Tensor => {
  const { shape, data } = applyBinary('combine', kernel, a, b);
  return new Tensor('float32', shape, data);
};

/** a + b, broadcast. */
export const add: ArithmeticOp = alsoOfIntegers(
  'add',
  binary('add', addRun, (gradient) => [() => gradient, () => gradient]),
  (a, b) => a + b,
);

/** a − b, broadcast. */
export const sub: ArithmeticOp = alsoOfIntegers(
  'sub',
  binary('sub', subRun, (gradient) => [() => gradient, () => neg(gradient)]),
  (a, b) => a - b,
);

/** a · b element by element, broadcast. */
export const mul: ArithmeticOp = alsoOfIntegers(
  'mul',
  binary('mul', mulRun, (gradient, { inputs: [a, b] }) => [() => mul(gradient, b), () => mul(gradient, a)]),
  Math.imul,
);

/** a / b element by element, broadcast. */
export const div: BinaryOp = binary('div', divRun, (gradient, { inputs: [, b], output }) => [
  () => div(gradient, b),
  () => neg(div(mul(gradient, output), b)),
]);

/** The larger of a and b, broadcast; where they are equal each gets half of the gradient. NaN where one is NaN. */
export const maximum: ArithmeticOp = alsoOfIntegers(
  'maximum',
  binary('maximum', slow(Math.max), (gradient, { inputs: [a, b] }) => [
    () => mul(gradient, share(a, b, 1)),
    () => mul(gradient, share(b, a, 1)),
  ]),
  Math.max,
);

/** The smaller of a and b, broadcast; where they are equal each gets half of the gradient. NaN where one is NaN. */
export const minimum: ArithmeticOp = alsoOfIntegers(
  'minimum',
  binary('minimum', slow(Math.min), (gradient, { inputs: [a, b] }) => [
    () => mul(gradient, share(a, b, -1)),
    () => mul(gradient, share(b, a, -1)),
  ]),
  Math.min,
);

/** 1 where sign·(a − b) > 0, ½ where a = b, else 0, broadcast. Without gradient. */
const share = (a: Tensor, b: Tensor, sign: number): Tensor =>
  combine(
    slow((x, y) => (x === y ? 0.5 : sign * x > sign * y ? 1 : 0)),
    a,
    b,
  );

/** base to the power of exponent, element by element, broadcast. 0^0 is 1; the exponent's gradient at base 0 is 0. */
export const pow: BinaryOp = binary(
  'pow',
  slow((x, y) => (x === 1 ? 1 : x ** y)),
  (gradient, { inputs: [a, b], output }) => [
    () => mul(gradient, powSlope(a, b)),
    () => mul(gradient, mul(output, positiveLog(a))),
  ],
);
const powSlope = (a: Tensor, b: Tensor): Tensor =>
  combine(
    slow((x, y) => (y === 0 ? 0 : y * x ** (y - 1))),
    a,
    b,
  );
const positiveLog = (a: Tensor): Tensor => mapped(a, (x) => (x === 0 ? 0 : Math.log(x)));

const mapped = (x: Tensor, element: (x: number) => number): Tensor => {
  const data = allocate(x.size);
  const source = x.data;
  for (let i = 0; i < source.length; i++) data[i] = element(source[i] as number); // i < length
  return new Tensor('float32', x.shape, data);
};

interface UnaryContext {
  readonly inputs: readonly [Tensor];
  readonly output: Tensor;
}

/** An op of one operand: a function of a number, and its derivative times the gradient. */
export const unary = (
  name: string,
  element: (x: number) => number,
  slope: (gradient: Tensor, context: UnaryContext) => Tensor,
): UnaryOp => {
  const op = defineOp<readonly [Tensor]>({
    name,
    forward: ([x]) => ({ shape: x.shape, data: mapped(x, element).data }),
    backward: (gradient, context) => [slope(gradient, context)],
  });
  return (x: Tensor): Tensor => op([x], undefined);
};

/** Functions whose derivative is taken from their output; of the others it is taken from the input. */
export const slopeFromOutput: ReadonlySet<string> = new Set<UnaryKind>(['exp', 'sigmoid', 'tanh', 'relu']);

/** The gradient through an element-wise function; `from` is its output or its input, as `slopeFromOutput` says. */
export const throughUnary = (kind: UnaryKind, gradient: Tensor, from: Tensor): Tensor => {
  const out = allocate(from.size);
  currentBackend().slope({ kind, from: from.data, gradient: gradient.data, out });
  return new Tensor('float32', from.shape, out);
};

/** An op of one operand by kernels of the backend, its derivative too. */
export const engineUnary = (kind: UnaryKind): UnaryOp => {
  const op = defineOp<readonly [Tensor]>({
    name: kind,
    forward: ([x]) => {
      const data = allocate(x.size);
      currentBackend().unary(kind, x.data, data);
      return { shape: x.shape, data };
    },
    backward: (gradient, { inputs: [x], output }) => [
      throughUnary(kind, gradient, slopeFromOutput.has(kind) ? output : x),
    ],
  });
  return (x: Tensor): Tensor => op([x], undefined);
};

/** −x. */
export const neg: SignedOp = alsoOfInteger(
  unary(
    'neg',
    (x) => -x,
    (gradient) => neg(gradient),
  ),
  (x) => -x,
);

/** eˣ. */
export const exp: UnaryOp = engineUnary('exp');

/** Natural logarithm; −∞ at 0, NaN below. */
export const log: UnaryOp = unary('log', Math.log, (gradient, { inputs: [x] }) => div(gradient, x));

/** √x; NaN below 0. */
export const sqrt: UnaryOp = unary('sqrt', Math.sqrt, (gradient, { output }) =>
  div(mul(gradient, 0.5), output),
);

/** x². */
export const square: UnaryOp = unary(
  'square',
  (x) => x * x,
  (gradient, { inputs: [x] }) => mul(gradient, mul(x, 2)),
);

/** 1 / x. */
export const reciprocal: UnaryOp = unary(
  'reciprocal',
  (x) => 1 / x,
  (gradient, { output }) => neg(mul(gradient, square(output))),
);

/** |x|; gradient 0 at 0. */
export const abs: SignedOp = alsoOfInteger(
  unary('abs', Math.abs, (gradient, { inputs: [x] }) => mul(gradient, sign(x))),
  Math.abs,
);

/** −1, 0 or 1; gradient 0. */
export const sign: UnaryOp = unary('sign', Math.sign, (gradient) => mul(gradient, 0));

/** Sine of x in radians. */
export const sin: UnaryOp = unary('sin', Math.sin, (gradient, { inputs: [x] }) => mul(gradient, cos(x)));

/** Cosine of x in radians. */
export const cos: UnaryOp = unary('cos', Math.cos, (gradient, { inputs: [x] }) => neg(mul(gradient, sin(x))));

/** Hyperbolic tangent. */
export const tanh: UnaryOp = engineUnary('tanh');

/** 1 / (1 + e⁻ˣ). */
export const sigmoid: UnaryOp = engineUnary('sigmoid');

/** Error function 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf: UnaryOp = engineUnary('erf');

const clampOp = defineOp<readonly [Tensor], { readonly low: number; readonly high: number }>({
  name: 'clamp',
  forward: ([x], { low, high }) => ({
    shape: x.shape,
    data: mapped(x, (value) => Math.min(Math.max(value, low), high)).data,
  }),
  backward: (gradient, { inputs: [x], options: { low, high } }) => [
    mul(
      gradient,
      mapped(x, (value) => (value >= low && value <= high ? 1 : 0)),
    ),
  ],
});

/** x, but at least low and at most high; the gradient passes inside and at the bounds. */
export const clamp = (x: Tensor, low: number, high: number): Tensor => clampOp([x], { low, high });
