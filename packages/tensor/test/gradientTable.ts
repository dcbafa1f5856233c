// Every differentiable operation with inputs at which its derivative is compared with finite differences: the rows of GRADIENTS.md.

import * as heed from '../src/index.ts';
import { type AnyTensor, gradientCheck, random, type Tensor, tensor, useBackend } from '../src/index.ts';

/** One operation at one place. */
interface Row {
  readonly op: string;
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly inputs: readonly Tensor[];
}

/** The largest error of an operation on each engine. */
export interface Measured {
  readonly op: string;
  readonly shapes: string;
  readonly errors: readonly number[];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((size, extent) => size * extent, 1);

/** Numbers from an interval; default from −2 to 2. */
const within = (
  shape: readonly number[],
  [low, high]: readonly [number, number] = [-2, 2],
  seed = 1,
): Tensor => {
  const source = random(seed + sizeOf(shape));
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, () => low + (high - low) * source.uniform()),
    shape,
  );
};

/** Numbers that lie at least a fifth apart and from 0: no kink and no tie within a step. */
const apart = (shape: readonly number[], seed = 1): Tensor => {
  const half = sizeOf(shape) / 2;
  const ranks = random(seed).shuffle(Array.from({ length: sizeOf(shape) }, (_, i) => i - Math.floor(half)));
  return tensor(
    Float32Array.from(ranks, (rank) => (rank + 0.5) * 0.2),
    shape,
  );
};

const ids = (values: heed.NestedNumbers) => heed.integers(values);
const signs = tensor([1, -1, 1]);
const [matrix, other] = [within([2, 3]), within([2, 3], [-2, 2], 2)];
const positive = within([2, 3], [0.5, 2]);
const distribution = heed.softmax(other);

/** The operations by name. */
const ops = { ...heed };

const one = (op: keyof typeof heed, x: Tensor = matrix): Row => ({
  op,
  f: ops[op] as (x: Tensor) => Tensor,
  inputs: [x],
});
const two = (op: keyof typeof heed, a: Tensor, b: Tensor): Row => ({
  op,
  f: ops[op] as (a: Tensor, b: Tensor) => Tensor,
  inputs: [a, b],
});
const row = (op: string, inputs: readonly Tensor[], f: (...inputs: Tensor[]) => Tensor): Row => ({
  op,
  f,
  inputs,
});
const at = <T extends unknown[]>(f: (a: Tensor, b: Tensor, ...rest: T) => Tensor, ...rest: T) =>
  ((a: Tensor, b: Tensor) => f(a, b, ...rest)) as Row['f'];
const on = <T extends unknown[]>(f: (x: Tensor, ...rest: T) => Tensor, ...rest: T) =>
  ((x: Tensor) => f(x, ...rest)) as Row['f'];

const arithmetic: readonly Row[] = [
  ...(['add', 'sub', 'mul'] as const).map((op) => two(op, matrix, within([3]))),
  two('div', positive, within([2, 1], [0.5, 2])),
  two('pow', positive, within([3])),
  ...(['maximum', 'minimum'] as const).map((op) => two(op, apart([2, 3]), within([2, 1], [-0.02, 0.02]))),
  ...(['neg', 'exp', 'square', 'erf', 'tanh', 'sigmoid', 'sin', 'cos', 'expm1'] as const).map((op) =>
    one(op),
  ),
  ...(['log', 'sqrt', 'reciprocal', 'rsqrt', 'log1p'] as const).map((op) => one(op, positive)),
  ...(['abs', 'sign'] as const).map((op) => one(op, apart([2, 3]))),
  ...(['floor', 'ceil', 'round', 'trunc'] as const).map((op) => one(op, within([2, 3], [1.1, 1.4]))),
  row('clamp', [apart([2, 3])], on(heed.clamp, -0.4, 0.4)),
  row('sumTo', [matrix], on(heed.sumTo, [3])),
  row('where', [matrix, within([3])], (a, b) => heed.where(heed.greater(tensor([1, -1, 1]), 0), a, b)),
  row('maskedFill', [matrix], on(heed.maskedFill, heed.booleans([1, 0, 1]), 5)),
  one('cast'),
];

const activations: readonly Row[] = [
  ...(['relu', 'leakyRelu', 'hardSwish', 'reluSquared', 'elu'] as const).map((op) => one(op, apart([2, 3]))),
  ...(['gelu', 'geluTanh', 'silu', 'quickGelu', 'mish', 'softplus', 'logSigmoid'] as const).map((op) =>
    one(op),
  ),
  row('glu', [within([2, 4])], on(heed.glu)),
  row('activate', [matrix], on(heed.activate, 'silu')),
];

const reductions: readonly Row[] = [
  ...(['sum', 'mean', 'variance', 'standardDeviation', 'norm'] as const).map((op) =>
    row(op, [matrix], (x) => ops[op](x, [1])),
  ),
  ...(['max', 'min'] as const).map((op) => row(op, [apart([2, 3])], (x) => ops[op](x, [1]))),
  row('prod', [matrix], on(heed.prod, [1])),
  row('logSumExp', [matrix], on(heed.logSumExp, [1])),
  row('cosineSimilarity', [matrix, other], at(heed.cosineSimilarity)),
  row('cumsum', [matrix], on(heed.cumsum, 0)),
  row('sort', [apart([2, 3])], (x) => heed.sort(x).values),
  row('topK', [apart([2, 3])], (x) => heed.topK(x, 2).values),
];

const products: readonly Row[] = [
  row('matmul', [within([2, 2, 3]), within([3, 2])], at(heed.matmul)),
  row('linear', [matrix, within([4, 3]), within([4])], (x, w, b) => heed.linear(x, w, b, 'gelu')),
  row('linearAll', [matrix, within([4, 3]), within([2, 3])], (x, v, w) =>
    heed.concat(heed.linearAll(x, [{ weight: v as Tensor }, { weight: w as Tensor }]), 1),
  ),
  row('einsum', [within([2, 2, 3]), within([2, 3, 2])], (a, b) => heed.einsum('bqd,bdk->bkq', a, b)),
  row('conv1d', [within([1, 4, 5]), within([2, 2, 3]), within([2])], (x, w, b) =>
    heed.conv1d(x, w, b, { stride: 2, padding: 1, dilation: 1, groups: 2 }),
  ),
];

const arrangements: readonly Row[] = [
  row('reshape', [matrix], on(heed.reshape, [3, 2])),
  row('permute', [matrix], on(heed.permute, [1, 0])),
  row('transpose', [matrix], on(heed.transpose)),
  row('expand', [within([2, 1])], on(heed.expand, [2, 3])),
  row('repeat', [matrix], on(heed.repeat, [2, 2])),
  row('repeatInterleave', [matrix], on(heed.repeatInterleave, 2, 1)),
  row('concat', [matrix, other], (a, b) => heed.concat([a, b], 1)),
  row('stack', [matrix, other], (a, b) => heed.stack([a, b])),
  row('split', [matrix], (x) => heed.split(x, 2, 1)[1] as Tensor),
  row('slice', [within([5])], on(heed.slice, 0, 4, undefined, -2)),
  row('pad', [matrix], on(heed.pad, 1, { before: 1, after: 2, value: 3 })),
  row('flip', [matrix], on(heed.flip, [0, 1])),
  row('roll', [matrix], on(heed.roll, 1, 1)),
  row('tril', [matrix], on(heed.tril)),
  row('triu', [matrix], on(heed.triu)),
  row('gather', [matrix], on(heed.gather, ids([1, 1, 0]))),
  row('embedding', [matrix], on(heed.embedding, ids([[1], [0]]))),
  row(
    'takeAlong',
    [matrix],
    on(
      heed.takeAlong,
      ids([
        [2, 2],
        [0, 1],
      ]),
      1,
    ),
  ),
  row(
    'scatterAdd',
    [matrix],
    on(
      heed.scatterAdd,
      ids([
        [0, 1, 0],
        [1, 1, 2],
      ]),
      { shape: [2, 3], axis: 1 },
    ),
  ),
];

const rows: readonly Row[] = [
  row('softmax', [matrix], on(heed.softmax)),
  row('logSoftmax', [matrix], on(heed.logSoftmax)),
  row('layerNorm', [matrix, within([3]), within([3])], (x, a, b) => heed.layerNorm(x, a, b)),
  row('addLayerNorm', [matrix, other, within([3]), within([3])], (x, r, a, b) =>
    heed.addLayerNorm(x, r as Tensor, a as Tensor, b),
  ),
  row('rmsNorm', [matrix, within([3])], (x, a) => heed.rmsNorm(x, a)),
  row('batchNorm', [within([3, 2]), within([2]), within([2])], (x, a, b) => heed.batchNorm(x, a, b).output),
  row('dropout', [matrix], (x) => heed.dropout(x, 0.4, random(1))),
];

const target = tensor([
  [1.5, -0.3, 0.2],
  [-1.1, 0.4, 2.6],
]); // no element within a step of a kink with `matrix`
const losses: readonly Row[] = [
  row('crossEntropy', [matrix], (x) =>
    heed.crossEntropy(x, ids([2, 0]), { labelSmoothing: 0.1, weight: tensor([1, 2, 0.5]) }),
  ),
  row('linearCrossEntropy', [matrix, within([4, 3]), within([4])], (hidden, weight, bias) =>
    heed.linearCrossEntropy(hidden, weight as Tensor, ids([2, 0]), { bias }),
  ),
  row('binaryCrossEntropy', [matrix, distribution], at(heed.binaryCrossEntropy)),
  row('meanSquaredError', [matrix, other], at(heed.meanSquaredError)),
  row('l1Loss', [matrix], (x) => heed.l1Loss(x, target)),
  row('huberLoss', [matrix], (x) => heed.huberLoss(x, target, { delta: 0.7 })),
  row('smoothL1Loss', [matrix], (x) => heed.smoothL1Loss(x, target, { beta: 0.7 })),
  row('klDivergence', [heed.logSoftmax(matrix), within([2, 3], [0.5, 1])], at(heed.klDivergence)),
  row('hingeLoss', [tensor([0.5, 0.5, 2])], (x) => heed.hingeLoss(x, signs)),
  row('hingeEmbeddingLoss', [tensor([0.5, 0.5, 2])], (x) => heed.hingeEmbeddingLoss(x, signs)),
  row('marginRankingLoss', [tensor([0.5, 1, -2]), tensor([1, 0.2, 1])], (a, b) =>
    heed.marginRankingLoss(a, b, { target: signs, margin: 0.2 }),
  ),
  row('cosineEmbeddingLoss', [within([3, 2]), within([3, 2], [-2, 2], 3)], (a, b) =>
    heed.cosineEmbeddingLoss(a, b, { target: signs, margin: -0.9 }),
  ),
  row('tripletLoss', [matrix, other, within([2, 3], [-2, 2], 3)], (a, p, n) =>
    heed.tripletLoss(a, [p as Tensor, n as Tensor], { margin: 4 }),
  ),
  row('inBatchNegatives', [matrix, other], (q, k) =>
    heed.inBatchNegatives(q, k, { temperature: 0.5, symmetric: true }),
  ),
];

/** All rows by their group. */
const groups: Readonly<Record<string, readonly Row[]>> = {
  'Arithmetic and choice': arithmetic,
  Activations: activations,
  'Reductions and order': reductions,
  Products: products,
  'Arrangement and look-up': arrangements,
  'Normalization and dropout': rows,
  Losses: losses,
};

/** Exported operations that have no derivative, or none of their own. */
export const withoutGradient: readonly string[] = [
  ...['equal', 'notEqual', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual'],
  ...['logicalAnd', 'logicalOr', 'logicalXor', 'logicalNot', 'any', 'all'],
  ...['argmax', 'argmin', 'argsort', 'oneHot', 'int8Weight', 'linearInt8'],
];

/** The operations of the table. */
export const tabled: readonly string[] = Object.values(groups)
  .flat()
  .map(({ op }) => op);

const shapesOf = (inputs: readonly AnyTensor[]): string =>
  inputs.map(({ shape }) => `[${shape.join(', ')}]`).join(' ');

/** Checks every operation on every engine; throws where a derivative is wrong. */
export const measure = (
  engines: readonly { readonly backend: heed.Backend }[],
): ReadonlyMap<string, readonly Measured[]> =>
  new Map(
    Object.entries(groups).map(([title, members]) => [
      title,
      members.map(({ op, f, inputs }) => ({
        op,
        shapes: shapesOf(inputs),
        errors: engines.map(({ backend }) => {
          using _ = useBackend(backend);
          try {
            return gradientCheck(f, inputs).error;
          } catch (cause) {
            throw new Error(`${op}: its derivative is wrong`, { cause });
          }
        }),
      })),
    ]),
  );
