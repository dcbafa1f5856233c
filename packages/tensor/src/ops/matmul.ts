// Matrix products: matmul, batched and broadcast, and linear with its weight in PyTorch's layout.

import type { Activation, LinearCall } from '../backend/backend.ts';
import { currentBackend } from '../backend/slot.ts';
import { defineOp, isRecording } from '../op.ts';
import { allocate } from '../regionStack.ts';
import { broadcastShapes, type Shape, ShapeError, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { activate } from './activation.ts';
import { slopeFromOutput, sumTo, throughUnary } from './arithmetic.ts';
import { reshape } from './arrange.ts';
import { broadcastPlaces } from './broadcast.ts';

/** Which operand is read with its last two axes exchanged; nothing is copied for it. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

interface Plan extends Required<MatmulOptions> {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly aBatch: Shape;
  readonly bBatch: Shape;
  readonly batch: Shape;
}

const plan = (a: Tensor, b: Tensor, { transposeA = false, transposeB = false }: MatmulOptions): Plan => {
  const [m, k] = (transposeA ? [a.shape.at(-1), a.shape.at(-2)] : [a.shape.at(-2), a.shape.at(-1)]) as [
    number,
    number,
  ]; // rank ≥ 2, checked
  const [inner, n] = (transposeB ? [b.shape.at(-1), b.shape.at(-2)] : [b.shape.at(-2), b.shape.at(-1)]) as [
    number,
    number,
  ]; // rank ≥ 2, checked
  if (inner !== k)
    throw new ShapeError(
      `matmul: ${a}${transposeA ? ' transposed' : ''} times ${b}${transposeB ? ' transposed' : ''}: ${k} columns meet ${inner} rows. They must be equal.`,
    );
  const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  return {
    m,
    n,
    k,
    transposeA,
    transposeB,
    aBatch,
    bBatch,
    batch: broadcastShapes('matmul', aBatch, bBatch),
  };
};

const forward = (a: Tensor, b: Tensor, p: Plan): Float32Array => {
  const { m, n, k, batch } = p;
  const out = allocate(sizeOf(batch) * m * n);
  const call = { m, n, k, transposeA: p.transposeA, transposeB: p.transposeB, keep: b.constant };
  const [aCount, bCount, batches] = [sizeOf(p.aBatch), sizeOf(p.bBatch), sizeOf(batch)];
  const backend = currentBackend();
  if (bCount === 1 && aCount === batches && !p.transposeA)
    // One right operand for all: the batch is more rows.
    backend.matmul({
      ...call,
      a: a.data,
      b: b.data,
      out,
      m: m * batches,
      batches: 1,
      aStride: 0,
      bStride: 0,
    });
  else if ((aCount === batches || aCount === 1) && (bCount === batches || bCount === 1))
    backend.matmul({
      ...call,
      a: a.data,
      b: b.data,
      out,
      batches,
      aStride: aCount === 1 ? 0 : m * k,
      bStride: bCount === 1 ? 0 : k * n,
    });
  else {
    const [aPlaces, bPlaces] = [broadcastPlaces(batch, p.aBatch), broadcastPlaces(batch, p.bBatch)];
    for (let index = 0; index < batches; index++) {
      const part = (x: Tensor, place: number, size: number) =>
        x.data.subarray(place * size, (place + 1) * size);
      const operands = {
        a: part(a, aPlaces[index] as number, m * k),
        b: part(b, bPlaces[index] as number, k * n),
        out: out.subarray(index * m * n, (index + 1) * m * n),
      }; // one place a batch
      backend.matmul({ ...call, ...operands, keep: false, batches: 1, aStride: 0, bStride: 0 });
    }
  }
  return out;
};

const matmulOp = defineOp<readonly [Tensor, Tensor], MatmulOptions>({
  name: 'matmul',
  forward: ([a, b], options) => {
    const p = plan(a, b, options);
    return { shape: [...p.batch, p.m, p.n], data: forward(a, b, p) };
  },
  backward: (gradient, { inputs: [a, b], options: { transposeA = false, transposeB = false }, needs }) => {
    const aGradient = () =>
      transposeA
        ? product(b, gradient, { transposeA: transposeB, transposeB: true })
        : product(gradient, b, { transposeB: !transposeB });
    // One right operand for all rows of a batch: its gradient is one product over all of them.
    const flat = (x: Tensor): Tensor => reshape(x, [-1, x.shape.at(-1) as number]); // rank ≥ 2
    if (needs(1) && b.rank === 2 && a.rank > 2 && !transposeA && a.size > 0 && gradient.size > 0) {
      const bGradient = transposeB
        ? product(flat(gradient), flat(a), { transposeA: true })
        : product(flat(a), flat(gradient), { transposeA: true });
      return [needs(0) ? sumTo(aGradient(), a.shape) : undefined, bGradient];
    }
    const bGradient = () =>
      transposeB
        ? product(gradient, a, { transposeA: true, transposeB: transposeA })
        : product(a, gradient, { transposeA: !transposeA });
    return [
      needs(0) ? sumTo(aGradient(), a.shape) : undefined,
      needs(1) ? sumTo(bGradient(), b.shape) : undefined,
    ];
  },
});

const product = (a: Tensor, b: Tensor, options: MatmulOptions): Tensor => matmulOp([a, b], options);

/**
 * a [..., m, k] · b [..., k, n] → [..., m, n]; leading axes broadcast, a flag exchanges the last two axes of an operand first. A vector
 * stands for one row (left) or one column (right), as in PyTorch.
 *
 * @example
 * matmul(tensor([[1, 2]]), tensor([[3], [4]])).toArray(); //=> [[11]]
 */
export const matmul = (a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor => {
  if (a.rank === 0 || b.rank === 0)
    throw new ShapeError(`matmul: ${a} times ${b}; expected at least one axis each. Use mul for numbers.`);
  const left = a.rank === 1 ? reshape(a, options.transposeA ? [a.size, 1] : [1, a.size]) : a;
  const right = b.rank === 1 ? reshape(b, options.transposeB ? [1, b.size] : [b.size, 1]) : b;
  const result = product(left, right, options);
  if (a.rank > 1 && b.rank > 1) return result;
  const shape = [
    ...result.shape.slice(0, -2),
    ...(a.rank === 1 ? [] : [result.shape.at(-2) as number]),
    ...(b.rank === 1 ? [] : [result.shape.at(-1) as number]),
  ]; // rank ≥ 2
  return reshape(result, shape);
};

/** The call of a linear map and its result, not computed yet. */
const linearCall = (
  x: Tensor,
  { weight, bias }: AffineMap,
  activation: Activation,
): { readonly call: LinearCall; readonly shape: readonly number[] } => {
  const [outputs, inputs] = weight.shape as [number, number]; // checked before
  const rows = sizeOf(x.shape.slice(0, -1));
  const call = {
    ...{ x: x.data, weight: weight.data, bias: bias?.data, out: allocate(rows * outputs) },
    ...{ rows, inputs, outputs, activation, keep: weight.constant },
  };
  return { call, shape: [...x.shape.slice(0, -1), outputs] };
};

const linearOp = defineOp<readonly [Tensor, Tensor] | readonly [Tensor, Tensor, Tensor], Activation>({
  name: 'linear',
  forward: ([x, weight, bias], activation) => {
    const { call, shape } = linearCall(x, { weight, bias }, activation);
    currentBackend().linear(call);
    return { shape, data: call.out };
  },
  backward: (gradient, { inputs: [x, weight, bias], output, options: activation, needs }) => {
    const [outputs, inputs] = weight.shape as [number, number]; // checked by linear
    const count = sizeOf(x.shape.slice(0, -1));
    // Only activations whose slope comes from their output are part of a recorded linear.
    const inner = activation === 'none' ? gradient : throughUnary(activation, gradient, output);
    const rows = reshape(inner, [count, outputs]);
    return [
      needs(0) ? reshape(product(rows, weight, {}), x.shape) : undefined,
      needs(1) ? product(rows, reshape(x, [count, inputs]), { transposeA: true }) : undefined,
      ...(bias === undefined ? [] : [needs(2) ? sumTo(rows, bias.shape) : undefined]),
    ];
  },
});

/**
 * activation(x · weightᵀ + bias): x [..., inputs], weight [outputs, inputs] as PyTorch stores it, bias [outputs] → [..., outputs].
 * One kernel; with gradients the activation is an operation of its own, but for relu and tanh, whose slope is known from the result.
 */
export const linear = (x: Tensor, weight: Tensor, bias?: Tensor, activation: Activation = 'none'): Tensor => {
  checkLinear(x, { weight, bias });
  const recorded = isRecording() && [x, weight, bias].some((one) => one?.requiresGradient);
  const apart = recorded && !slopeFromOutput.has(activation);
  const fused = apart ? 'none' : activation;
  const result = bias === undefined ? linearOp([x, weight], fused) : linearOp([x, weight, bias], fused);
  return apart ? activate(result, activation) : result;
};

/** A weight [outputs, inputs] and a bias [outputs]. */
export interface AffineMap {
  readonly weight: Tensor;
  readonly bias?: Tensor | undefined;
}

/**
 * x · weightᵀ + bias for each of several maps of the same x, such as the projections of queries, keys and values: the results of `linear` to the
 * last bit, in inference as one job of the engine, so that its threads meet once.
 *
 * @example
 * const twice = { weight: tensor([[2]]) };
 * linearAll(tensor([[1]]), [twice, { ...twice, bias: tensor([1]) }]).map((y) => y.item()); //=> [2, 3]
 */
export const linearAll = (x: Tensor, maps: readonly AffineMap[]): Tensor[] => {
  for (const map of maps) checkLinear(x, map);
  const recorded =
    isRecording() &&
    [x, ...maps.flatMap(({ weight, bias }) => [weight, bias])].some((one) => one?.requiresGradient);
  if (recorded) return maps.map(({ weight, bias }) => linear(x, weight, bias));
  const calls = maps.map((map) => linearCall(x, map, 'none'));
  currentBackend().linearAll(calls.map(({ call }) => call));
  return calls.map(({ call, shape }) => new Tensor('float32', shape, call.out));
};

const checkLinear = (x: Tensor, { weight, bias }: AffineMap): void => {
  const [outputs, inputs] = weight.shape;
  if (
    weight.rank !== 2 ||
    x.rank < 1 ||
    x.shape.at(-1) !== inputs ||
    (bias !== undefined && (bias.rank !== 1 || bias.size !== outputs))
  )
    throw new ShapeError(
      `linear: x ${x}, weight ${weight}${bias === undefined ? '' : `, bias ${bias}`}; expected x [..., inputs], weight [outputs, inputs], bias [outputs].`,
    );
};
