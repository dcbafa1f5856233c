// Losses against their formulas, element by element, in float64; gradients by finite differences; refusals.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backward,
  binaryCrossEntropy,
  cosineEmbeddingLoss,
  crossEntropy,
  gradientCheck,
  hingeEmbeddingLoss,
  hingeLoss,
  huberLoss,
  inBatchNegatives,
  integers,
  klDivergence,
  l1Loss,
  logSoftmax,
  marginRankingLoss,
  meanSquaredError,
  smoothL1Loss,
  softmax,
  type Tensor,
  tensor,
  tripletLoss,
  variable,
  zeros,
} from '../../src/index.ts';
import { normal, type Shape, seed, shapes } from './indexing.ts';

type Reduction = 'mean' | 'sum' | 'none';
const reductions = fc.constantFrom<Reduction[]>('mean', 'sum', 'none');
const reduce = (losses: readonly number[], reduction: Reduction, counted = losses.length): number[] => {
  if (reduction === 'none') return [...losses];
  const sum = losses.reduce((a, b) => a + b, 0);
  return [reduction === 'sum' ? sum : sum / counted];
};
const close = { absolute: 2e-5, relative: 2e-5 };
/** Targets of 1 and −1. */
const signs = (shape: Shape, at: number): Tensor =>
  tensor(
    normal(shape, at).data.map((x) => (x > 0 ? 1 : -1)),
    shape,
  );
/** Away from kinks by more than two steps of a difference, at the given places. */
const clear = (values: readonly number[], kinks: readonly number[]): boolean =>
  values.every((value) => kinks.every((kink) => Math.abs(value - kink) > 0.05));

describe('losses of numbers', () => {
  const formulas = [
    ['meanSquaredError', meanSquaredError, (d: number) => d * d, []],
    ['l1Loss', l1Loss, Math.abs, [0]],
    ['huberLoss', huberLoss, (d: number) => (Math.abs(d) <= 1 ? d ** 2 / 2 : Math.abs(d) - 0.5), [-1, 1]],
    [
      'huberLoss with delta 0.5',
      (x: Tensor, t: Tensor, o: { reduction: Reduction }) => huberLoss(x, t, { ...o, delta: 0.5 }),
      (d: number) => (Math.abs(d) <= 0.5 ? d ** 2 / 2 : 0.5 * (Math.abs(d) - 0.25)),
      [-0.5, 0.5],
    ],
    [
      'smoothL1Loss with beta 0.5',
      (x: Tensor, t: Tensor, o: { reduction: Reduction }) => smoothL1Loss(x, t, { ...o, beta: 0.5 }),
      (d: number) => (Math.abs(d) < 0.5 ? d ** 2 : Math.abs(d) - 0.25),
      [-0.5, 0.5],
    ],
    [
      'smoothL1Loss with beta 0',
      (x: Tensor, t: Tensor, o: { reduction: Reduction }) => smoothL1Loss(x, t, { ...o, beta: 0 }),
      Math.abs,
      [0],
    ],
  ] as const;
  it.each(formulas)('%s follows its formula for every shape and reduction', (_name, loss, formula, kinks) =>
    forAll([shapes(0, 3, 0, 3), reductions, seed], (shape, reduction, at) => {
      const [x, target] = [normal(shape, at), normal(shape, at + 1)];
      const differences = Array.from(x.data, (value, i) => value - (target.data[i] as number));
      expectClose(loss(x, target, { reduction }).data, reduce(differences.map(formula), reduction), close);
      if (x.size > 0 && clear(differences, kinks))
        gradientCheck((a, b) => loss(a, b, { reduction }), [x, target]);
    }),
  );
  it('hinge and ranking losses follow theirs', () =>
    forAll([shapes(0, 2, 0, 4), reductions, seed], (shape, reduction, at) => {
      const [a, b, target] = [normal(shape, at), normal(shape, at + 1), signs(shape, at + 2)];
      const of = (f: (a: number, b: number, t: number) => number) =>
        Array.from(a.data, (value, i) => f(value, b.data[i] as number, target.data[i] as number));
      const cases = [
        [hingeLoss(a, target, { reduction }), of((x, _, t) => Math.max(0, 1 - t * x))],
        [
          hingeEmbeddingLoss(a, target, { margin: 0.7, reduction }),
          of((x, _, t) => (t === 1 ? x : Math.max(0, 0.7 - x))),
        ],
        [
          marginRankingLoss(a, b, { target, margin: 0.2, reduction }),
          of((x, y, t) => Math.max(0, 0.2 - t * (x - y))),
        ],
      ] as const;
      for (const [given, expected] of cases) expectClose(given.data, reduce(expected, reduction), close);
    }));
});

describe('losses of vectors', () => {
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, x, i) => sum + x * (b[i] as number), 0);
  const rows = (x: Tensor): number[][] => x.toArray() as number[][];
  const cosine = (a: readonly number[], b: readonly number[]) => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  const length = (a: readonly number[], b: readonly number[]) =>
    Math.sqrt(a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0));

  it('cosineEmbeddingLoss and tripletLoss follow their formulas', () =>
    forAll(
      [fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }), reductions, seed],
      (count, width, reduction, at) => {
        const [a, b, c] = [0, 1, 2].map((i) => normal([count, width], at + i)) as [Tensor, Tensor, Tensor];
        const target = signs([count], at + 3);
        const [x, y, z] = [rows(a), rows(b), rows(c)];
        const similar = x.map((row, i) => cosine(row, y[i] as number[]));
        const embedding = similar.map((s, i) => (target.data[i] === 1 ? 1 - s : Math.max(0, s - 0.1)));
        expectClose(
          cosineEmbeddingLoss(a, b, { target, margin: 0.1, reduction }).data,
          reduce(embedding, reduction),
          close,
        );
        const far = x.map((row, i) => length(row, y[i] as number[]) - length(row, z[i] as number[]) + 0.5);
        const triplet = far.map((d) => Math.max(0, d));
        expectClose(
          tripletLoss(a, [b, c], { margin: 0.5, reduction }).data,
          reduce(triplet, reduction),
          close,
        );
        if (clear(far, [0]))
          gradientCheck((p, q, r) => tripletLoss(p, [q, r], { margin: 0.5, reduction }), [a, b, c], {
            tolerance: 5e-3,
          });
      },
    ));
  it('inBatchNegatives is the cross entropy of similarities against the diagonal', () =>
    forAll(
      [fc.integer({ min: 1, max: 4 }), fc.nat(2), fc.boolean(), seed],
      (batch, further, symmetric, at) => {
        const queries = normal([batch, 3], at);
        const keys = normal([batch + (symmetric ? 0 : further), 3], at + 1);
        const [q, k] = [rows(queries), rows(keys)];
        for (const [similarity, of] of [
          ['cosine', cosine],
          ['dot', dot],
        ] as const) {
          const scores = q.map((a) => k.map((b) => of(a, b) / 0.5));
          const entropy = (matrix: number[][]) =>
            matrix.reduce(
              (sum, row, i) => sum + Math.log(row.reduce((s, x) => s + Math.exp(x - (row[i] as number)), 0)),
              0,
            ) / matrix.length;
          const turned = k.map((_, j) => scores.map((row) => row[j] as number));
          const expected = symmetric ? (entropy(scores) + entropy(turned)) / 2 : entropy(scores);
          const options = { temperature: 0.5, similarity, symmetric };
          expectClose([inBatchNegatives(queries, keys, options).item()], [expected], {
            absolute: 1e-4,
            relative: 1e-4,
          });
          gradientCheck((a, b) => inBatchNegatives(a, b, options), [queries, keys], { tolerance: 5e-3 });
        }
      },
      { runs: 30 },
    ));
  it('a vector of zeros has a loss and a gradient without NaN', () => {
    const x = variable(zeros([2, 3]));
    const gradients = backward(
      inBatchNegatives(
        x,
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
      ),
    );
    expect([...(gradients.get(x) as Tensor).data].every(Number.isFinite)).toBe(true);
  });
});

describe('losses of distributions', () => {
  it('crossEntropy with weights, smoothing and targets left out, for every reduction', () =>
    forAll(
      [
        shapes(0, 2, 0, 3),
        fc.integer({ min: 1, max: 4 }),
        reductions,
        fc.constantFrom(0, 0.1, 1),
        fc.boolean(),
        seed,
      ],
      (rows, classes, reduction, labelSmoothing, weighted, at) => {
        const logits = normal([...rows, classes], at);
        const weight = tensor(normal([classes], at + 1).data.map((x) => Math.abs(x) + 0.1));
        const targets = tensor(
          Int32Array.from(normal(rows, at + 2).data, (x) =>
            x > 1 ? -100 : Math.floor(Math.abs(x) * 97) % classes,
          ),
          rows,
        );
        const w = Array.from({ length: classes }, (_, c) => (weighted ? (weight.data[c] as number) : 1));
        let counted = 0;
        const losses = Array.from(targets.data, (target, row) => {
          if (target === -100) return 0;
          counted += w[target] as number;
          const own = Array.from(logits.data.subarray(row * classes, (row + 1) * classes));
          const total = Math.log(own.reduce((sum, x) => sum + Math.exp(x), 0));
          return own.reduce((sum, x, c) => {
            const share = (c === target ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
            return sum + share * (w[c] as number) * (total - x);
          }, 0);
        });
        const options = { reduction, labelSmoothing, ...(weighted && { weight }) };
        expectClose(crossEntropy(logits, targets, options).data, reduce(losses, reduction, counted), close);
        if (counted > 0 && reduction !== 'none')
          gradientCheck((x) => crossEntropy(x, targets, options), [logits], { tolerance: 5e-3 });
      },
    ));
  it('crossEntropy takes distributions, of which one-hot ones are classes, and lets gradients through to them', () =>
    forAll(
      [fc.integer({ min: 1, max: 3 }), fc.integer({ min: 2, max: 4 }), reductions, seed],
      (rows, classes, reduction, at) => {
        const logits = normal([rows, classes], at);
        const classesOf = Int32Array.from({ length: rows }, (_, i) => (at + i) % classes);
        const oneHot = tensor(
          Float32Array.from({ length: rows * classes }, (_, i) =>
            i % classes === classesOf[Math.floor(i / classes)] ? 1 : 0,
          ),
          [rows, classes],
        );
        const options = { reduction, labelSmoothing: 0.2 };
        expectClose(
          crossEntropy(logits, oneHot, options),
          crossEntropy(logits, tensor(classesOf), options),
          close,
        );
        const target = softmax(normal([rows, classes], at + 1));
        gradientCheck((x, t) => crossEntropy(x, t, options), [logits, target], { tolerance: 5e-3 });
      },
    ));
  it('a class of no share adds nothing, even at logit −∞', () => {
    expect(crossEntropy(tensor([[0, -Infinity]]), tensor([[1, 0]])).item()).toBe(0);
  });
  it('klDivergence is 0 of a distribution against itself, and t·(log t − x) else', () =>
    forAll(
      [shapes(1, 2, 1, 3), fc.constantFrom('mean', 'sum', 'none', 'batchMean' as const), seed],
      (shape, reduction, at) => {
        const [x, target] = [logSoftmax(normal(shape, at)), softmax(normal(shape, at + 1))];
        const losses = Array.from(target.data, (t, i) => t * (Math.log(t) - (x.data[i] as number)));
        const expected =
          reduction === 'batchMean' ? reduce(losses, 'mean', shape[0]) : reduce(losses, reduction);
        expectClose(klDivergence(x, target, { reduction }).data, expected, close);
        expectClose(
          klDivergence(x, logSoftmax(normal(shape, at + 1)), { reduction, logTarget: true }).data,
          expected,
          close,
        );
        expectClose([klDivergence(x, softmax(normal(shape, at)), { reduction: 'sum' }).item()], [0], {
          absolute: 1e-5,
        });
        gradientCheck((one) => klDivergence(one, target, { reduction }), [x]);
      },
    ));
  it('klDivergence counts a target of 0 as nothing, with gradients of 0', () => {
    const [x, target] = [variable(tensor([-1, -2])), variable(tensor([0, 1]))];
    const loss = klDivergence(x, target, { reduction: 'sum' });
    expect(loss.item()).toBe(2);
    const gradients = backward(loss);
    expect([gradients.get(x)?.toArray(), gradients.get(target)?.toArray()]).toEqual([
      [-0, -1],
      [0, 3],
    ]);
  });
  it('binaryCrossEntropy weighs what should be yes, for every shape that broadcasts', () =>
    forAll([shapes(1, 2, 1, 3), seed], (shape, at) => {
      const [x, positiveWeight] = [
        normal(shape, at),
        tensor(normal(shape.slice(-1), at + 1).data.map(Math.exp)),
      ];
      const target = tensor(
        normal(shape, at + 2).data.map((t) => 1 / (1 + Math.exp(-t))),
        shape,
      );
      const last = shape.at(-1) as number;
      const losses = Array.from(x.data, (value, i) => {
        const [t, w] = [target.data[i] as number, positiveWeight.data[i % last] as number];
        return w * t * Math.log1p(Math.exp(-value)) + (1 - t) * Math.log1p(Math.exp(value));
      });
      expectClose(binaryCrossEntropy(x, target, { positiveWeight }).data, reduce(losses, 'mean'), close);
      gradientCheck(
        (a, b, w) => binaryCrossEntropy(a, b, { positiveWeight: w }),
        [x, target, positiveWeight],
        { tolerance: 5e-3 },
      );
    }));
});

describe('losses refuse', () => {
  const [two, three] = [zeros([2]), zeros([3])];
  it.each([
    ['l1Loss', () => l1Loss(two, three), /l1Loss: float32\[2\] with target float32\[3\]/],
    ['huberLoss', () => huberLoss(two, two, { delta: 0 }), /delta 0/],
    ['smoothL1Loss', () => smoothL1Loss(two, two, { beta: -1 }), /beta -1/],
    ['klDivergence', () => klDivergence(two, three), /shapes must be equal/],
    ['marginRankingLoss', () => marginRankingLoss(two, two, { target: three }), /marginRankingLoss/],
    [
      'cosineEmbeddingLoss',
      () => cosineEmbeddingLoss(zeros([2, 3]), zeros([2, 3]), { target: three }),
      /cosineEmbeddingLoss/,
    ],
    ['tripletLoss', () => tripletLoss(zeros([]), [zeros([]), zeros([])]), /expected \[\.\.\., width\]/],
    ['inBatchNegatives', () => inBatchNegatives(zeros([2, 3]), zeros([2, 4])), /width is 4 in keys/],
    [
      'temperature',
      () => inBatchNegatives(zeros([2, 3]), zeros([2, 3]), { temperature: 0 }),
      /temperature 0/,
    ],
    [
      'crossEntropy',
      () => crossEntropy(zeros([2, 3]), zeros([2])),
      /distributions float32 \[\.\.\., classes\]/,
    ],
    [
      'weight',
      () => crossEntropy(zeros([2, 3]), integers([0, 1]), { weight: two }),
      /one number for each class/,
    ],
  ])('%s: what does not fit, by name', (_name, run, message) => expect(run).toThrow(message));
});
