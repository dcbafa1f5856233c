// Matrix products, softmax and norms against loops in float64, on every engine.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  addLayerNorm,
  full,
  layerNorm,
  linear,
  logSoftmax,
  matmul,
  mean,
  mul,
  ones,
  rmsNorm,
  softmax,
  sum,
  type Tensor,
  tensor,
  useBackend,
  variance,
  zeros,
} from '../../src/index.ts';
import { backends } from '../backends.ts';
import { broadcastPair, indexOf, normal, place, seed, shapes, sizeOf } from './indexing.ts';

describe.each(backends)('products and rows, $name', ({ backend }) => {
  const within = (name: string, body: () => void): void => {
    it(name, () => {
      using _ = useBackend(backend);
      body();
    });
  };

  const product = (
    a: Tensor,
    b: Tensor,
    [transposeA, transposeB]: readonly [boolean, boolean],
  ): { shape: number[]; data: number[] } => {
    const [m, k] = (transposeA ? [a.shape.at(-1), a.shape.at(-2)] : [a.shape.at(-2), a.shape.at(-1)]) as [
      number,
      number,
    ];
    const n = (transposeB ? b.shape.at(-2) : b.shape.at(-1)) as number;
    const [aBatch, bBatch] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    const batch = add(zeros(aBatch), zeros(bBatch)).shape;
    const data: number[] = [];
    for (let p = 0; p < sizeOf(batch); p++) {
      const index = indexOf(batch, p);
      const [aStart, bStart] = [place(aBatch, index) * m * k, place(bBatch, index) * k * n];
      for (let i = 0; i < m; i++)
        for (let j = 0; j < n; j++) {
          let dot = 0;
          for (let c = 0; c < k; c++)
            dot +=
              (a.data[aStart + (transposeA ? c * m + i : i * k + c)] as number) *
              (b.data[bStart + (transposeB ? j * k + c : c * n + j)] as number);
          data.push(dot);
        }
    }
    return { shape: [...batch, m, n], data };
  };

  within('matmul over batches that broadcast, transposed either way, sizes around the tiles of engines', () =>
    forAll(
      [
        broadcastPair,
        fc.tuple(
          fc.constantFrom(0, 1, 3, 8, 17),
          fc.constantFrom(0, 1, 4, 16, 33),
          fc.constantFrom(0, 1, 5, 32),
        ),
        fc.tuple(fc.boolean(), fc.boolean()),
        seed,
      ],
      ({ a, b }, [m, n, k], flags, at) => {
        if (sizeOf(a) * sizeOf(b) > 64) return;
        const x = normal([...a, ...(flags[0] ? [k, m] : [m, k])], at);
        const y = normal([...b, ...(flags[1] ? [n, k] : [k, n])], at + 1);
        expectClose(matmul(x, y, { transposeA: flags[0], transposeB: flags[1] }), product(x, y, flags), {
          absolute: 1e-5,
          relative: 1e-5,
        });
      },
    ),
  );

  within('linear is x · weightᵀ + bias, then the activation', () =>
    forAll(
      [shapes(0, 3, 0, 4), fc.constantFrom(0, 1, 7, 32), fc.constantFrom(1, 5, 16, 33), seed],
      (rows, inputs, outputs, at) => {
        const [x, weight, bias] = [
          normal([...rows, inputs], at),
          normal([outputs, inputs], at + 1),
          normal([outputs], at + 2),
        ];
        const wanted = product(tensor(x.data, [sizeOf(rows), inputs]), weight, [false, true]);
        const biased = wanted.data.map((value, i) => value + (bias.data[i % outputs] as number));
        expectClose(
          linear(x, weight),
          { shape: [...rows, outputs], data: wanted.data },
          { absolute: 1e-5, relative: 1e-5 },
        );
        expectClose(
          linear(x, weight, bias, 'relu'),
          biased.map((value) => Math.max(0, value)),
          { absolute: 1e-5, relative: 1e-5 },
        );
        expectClose(linear(x, weight, bias, 'tanh'), biased.map(Math.tanh), {
          absolute: 1e-5,
          relative: 1e-5,
        });
      },
    ),
  );

  within('softmax sums to 1 over its axis, does not mind a shift, and is the exponential of logSoftmax', () =>
    forAll(
      [shapes(1, 3, 1, 40), fc.nat(2), seed],
      (shape, chosen, at) => {
        const axis = chosen % shape.length;
        const x = mul(normal(shape, at), 5);
        const y = softmax(x, axis);
        expectClose(
          sum(y, [axis]).data,
          Array.from(sum(y, [axis]).data, () => 1),
          { absolute: 1e-5 },
        );
        expectClose(softmax(add(x, 1000), axis), y, { absolute: 1e-4 });
        expectClose(logSoftmax(x, axis).data.map(Math.exp), y, { absolute: 1e-6, relative: 1e-5 });
      },
      { runs: 40 },
    ),
  );

  within('a row of −∞ gives zeros in softmax and −∞ in logSoftmax, single ones count for nothing', () => {
    const hidden = -Infinity;
    const x = tensor([
      [hidden, hidden, hidden],
      [0, hidden, 0],
    ]);
    expect(softmax(x).toArray()).toEqual([
      [0, 0, 0],
      [0.5, 0, 0.5],
    ]);
    expect(
      softmax(
        tensor([
          [hidden, 1],
          [hidden, 2],
        ]),
        0,
      ).shape,
    ).toEqual([2, 2]);
    expectClose(logSoftmax(x), [hidden, hidden, hidden, -Math.LN2, hidden, -Math.LN2], { relative: 1e-6 });
  });

  within(
    'layerNorm has mean 0 and variance 1 whatever the scale and offset of its input; addLayerNorm is the norm of the sum',
    () =>
      forAll(
        [shapes(0, 2, 1), fc.constantFrom(2, 7, 64, 129), seed],
        (rows, width, at) => {
          const x = add(mul(normal([...rows, width], at), 3), 50);
          const residual = normal([...rows, width], at + 1);
          const y = layerNorm(x, undefined, undefined, { epsilon: 0 });
          expectClose(mean(y, [-1]).data, new Float32Array(sizeOf(rows)), { absolute: 1e-4 });
          expectClose(variance(y, [-1]).data, new Float32Array(sizeOf(rows)).fill(1), { absolute: 1e-4 });
          const [scale, shift] = [normal([width], at + 2), normal([width], at + 3)];
          expectClose(addLayerNorm(x, residual, scale, shift), layerNorm(add(x, residual), scale, shift), {
            absolute: 1e-5,
            relative: 1e-4,
          });
          expectClose(addLayerNorm(x, residual, ones([width]), zeros([width])), layerNorm(add(x, residual)), {
            absolute: 1e-5,
            relative: 1e-4,
          });
        },
        { runs: 40 },
      ),
  );

  within('a constant row is normalized to the shift, never to NaN', () => {
    expect(layerNorm(full([2, 3], 7)).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    expect(rmsNorm(zeros([2, 3])).toArray()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });
});

describe('products and norms refuse', () => {
  it.each([
    [
      'inner extents that differ',
      () => matmul(zeros([2, 3]), zeros([4, 2])),
      /matmul: float32\[2, 3\] times float32\[4, 2\]: 3 columns meet 4 rows/,
    ],
    [
      'the same, transposed',
      () => matmul(zeros([2, 3]), zeros([2, 3]), { transposeA: true, transposeB: true }),
      /float32\[2, 3\] transposed times/,
    ],
    [
      'batches that do not broadcast',
      () => matmul(zeros([2, 1, 1]), zeros([3, 1, 1])),
      /matmul: .* do not broadcast/,
    ],
    ['numbers', () => matmul(zeros([]), zeros([2, 2])), /at least one axis each\. Use mul for numbers/],
    [
      'a weight of other inputs',
      () => linear(zeros([2, 3]), zeros([5, 4])),
      /linear: x float32\[2, 3\], weight float32\[5, 4\]; expected x \[\.\.\., inputs\]/,
    ],
    ['a bias of other outputs', () => linear(zeros([2, 4]), zeros([5, 4]), zeros([4])), /bias float32\[4\]/],
    [
      'a scale of another width',
      () => layerNorm(zeros([2, 3]), zeros([2])),
      /layerNorm: x float32\[2, 3\] with scale float32\[2\]/,
    ],
    ['a norm of a number', () => layerNorm(zeros([])), /layerNorm: x float32\[\]/],
    [
      'a softmax over an axis that is not there',
      () => softmax(zeros([2]), 1),
      /softmax: axis 1 of a tensor of rank 1/,
    ],
    [
      'a softmax of a number',
      () => softmax(zeros([])),
      /axis -1 of a tensor of rank 0\. Use a tensor with axes/,
    ],
  ])('%s', (_name, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});
