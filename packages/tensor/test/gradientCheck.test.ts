import { forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defineOp,
  gather,
  gradientCheck,
  integers,
  matmul,
  mul,
  relu,
  sub,
  sum,
  type Tensor,
  tensor,
} from '../src/index.ts';

const cube = (factor: number) =>
  defineOp<readonly [Tensor], undefined>({
    name: 'cube',
    forward: ([x]) => ({ shape: x.shape, data: x.data.map((value) => value ** 3) }),
    backward: (gradient, { inputs: [x] }) => [mul(gradient, mul(mul(x, x), factor))],
  });

describe('gradientCheck', () => {
  it('passes a right derivative of an operation of your own and says how far it is off', () => {
    const report = gradientCheck((x) => cube(3)([x], undefined), [tensor([[0.5, -1, 2]])]);
    expect(report.error).toBeLessThan(1e-4);
  });
  it('refuses a wrong derivative and names the worst element, with both numbers', () => {
    expect(() =>
      gradientCheck(
        (x) => cube(2.9)([x], undefined),
        [
          tensor([
            [0.5, 0.1],
            [0.1, 2],
          ]),
        ],
      ),
    ).toThrow(/element \[1, 1\] of input 0: the derivative is \d+\.\d+, differences give \d+/);
  });
  it('refuses a derivative that is left out', () => {
    const forgets = defineOp<readonly [Tensor, Tensor]>({
      name: 'forgets',
      forward: ([a, b]) => ({ shape: a.shape, data: a.data.map((x, i) => x * (b.data[i] as number)) }),
      backward: (gradient, { inputs: [, b] }) => [mul(gradient, b), undefined],
    });
    expect(() =>
      gradientCheck((a, b) => forgets([a, b], undefined), [tensor([1, 2]), tensor([3, 4])]),
    ).toThrow(/of input 1/);
  });
  it('refuses NaN, and a gradient of another shape', () => {
    expect(() => gradientCheck((x) => cube(Number.NaN)([x], undefined), [tensor([1])])).toThrow(/is NaN/);
    const misshapen = defineOp<readonly [Tensor]>({
      name: 'misshapen',
      forward: ([x]) => ({ shape: x.shape, data: x.data }),
      backward: (gradient) => [sum(gradient)],
    });
    expect(() => gradientCheck((x) => misshapen([x], undefined), [tensor([1, 2])])).toThrow(
      /gradient of input 0 is float32\[\]; expected the shape of float32\[2\]/,
    );
  });
  it('leaves integers alone and its inputs as they were', () => {
    const table = tensor([
      [1, 2],
      [3, 4],
    ]);
    gradientCheck((t, ids) => gather(t, ids), [table, integers([1, 1])] as const);
    expect(table.toArray()).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });
  it('finds nothing to compare where the output does not depend on the input', () => {
    expect(gradientCheck((x) => mul(x, 0), [tensor([])]).error).toBe(0);
  });
  it('agrees with every product of matrices', () =>
    forAll(
      [fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), fc.nat(1000)],
      (rows, columns, seed) => {
        const of = (shape: number[], at: number) => tensor(Float32Array.from(noise(shape, at).data), shape);
        gradientCheck((a, b) => matmul(a, b), [of([rows, 2], seed), of([2, columns], seed + 1)], { seed });
      },
      { runs: 20 },
    ));
  it('takes the step and the tolerance that it is given', () => {
    const kink = tensor([0.01]); // relu has its kink within the default step
    expect(() => gradientCheck((x) => relu(sub(x, 0)), [kink])).toThrow(/move the input away from a kink/);
    expect(gradientCheck((x) => relu(x), [kink], { step: 2 ** -9 }).error).toBeLessThan(1e-3);
    expect(gradientCheck((x) => relu(x), [kink], { tolerance: 1 }).error).toBeGreaterThan(0.01);
  });
});
