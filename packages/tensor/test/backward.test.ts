// backward as a whole: order, sharing, depth, and what is refused.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  defineOp,
  Gradients,
  inference,
  isRecording,
  mul,
  noGrad,
  sub,
  sum,
  type Tensor,
  tensor,
  variable,
} from '../src/index.ts';

const of = (gradients: Gradients, leaf: Tensor): number[] => [...(gradients.get(leaf)?.data ?? [])];

describe('backward', () => {
  it('passes through a graph of 50 000 nodes without recursion', () => {
    const x = variable(tensor([1, 2]));
    let y: Tensor = x;
    for (let i = 0; i < 50_000; i++) y = add(y, i % 2 === 0 ? 1 : x);
    expect(of(backward(sum(y)), x)).toEqual([25_001, 25_001]);
  });

  it('visits a node once, however many paths lead to it: sixty doublings take sixty steps', () => {
    const x = variable(tensor([1]));
    let y: Tensor = x;
    for (let i = 0; i < 60; i++) y = add(y, y);
    expect(of(backward(y), x)).toEqual([2 ** 60]);
  });

  it('sums what comes from shared parts, in any order of use', () => {
    forAll(
      [fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.boolean()), { minLength: 1, maxLength: 12 })],
      (steps) => {
        // The same random expression as tensors and as polynomials' derivatives: value and slope go hand in hand.
        const x = variable(tensor([1.25]));
        const nodes: { tensor: Tensor; value: number; slope: number }[] = [
          { tensor: x, value: 1.25, slope: 1 },
        ];
        for (const [i, j, product] of steps) {
          const a = nodes[i % nodes.length]!; // nodes is not empty
          const b = nodes[j % nodes.length]!; // likewise
          const value = product ? a.value * b.value : a.value - 0.5 * b.value;
          const slope = product ? a.value * b.slope + b.value * a.slope : a.slope - 0.5 * b.slope;
          nodes.push({
            tensor: product ? mul(a.tensor, b.tensor) : sub(a.tensor, mul(b.tensor, 0.5)),
            value,
            slope,
          });
          if (Math.abs(value) > 1e6) return;
        }
        const last = nodes.at(-1)!; // not empty
        if (last.tensor.requiresGradient)
          expectClose(of(backward(last.tensor), x), [last.slope], { relative: 1e-4, absolute: 1e-4 });
      },
    );
  });

  it('gives gradients to leaves only, and none to what the loss does not depend on', () => {
    const [x, y] = [variable(tensor([2])), variable(tensor([3]))];
    const middle = mul(x, 4);
    const gradients = backward(sum(middle));
    expect(gradients.size).toBe(1);
    expect(gradients.get(y)).toBeUndefined();
    expect(gradients.get(middle)).toBeUndefined();
    expect([...gradients].map(([leaf]) => leaf)).toEqual([x]);
  });

  it('takes an upstream of the shape of the output', () => {
    const x = variable(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(
      of(
        backward(
          mul(x, x),
          tensor([
            [1, 0],
            [0, 2],
          ]),
        ),
        x,
      ),
    ).toEqual([2, 0, 0, 16]);
    expect(() => backward(mul(x, x), tensor([1, 2]))).toThrow(
      /backward: upstream is float32\[2\] but the output is float32\[2, 2\]/,
    );
  });

  it('asks for a scalar, and names what it was given', () => {
    const x = variable(tensor([1, 2]));
    expect(() => backward(mul(x, 2))).toThrow(
      /the loss is float32\[2\]; expected one number\. Reduce it with sum or mean, or pass upstream/,
    );
  });

  it('refuses a loss that nothing trainable went into', () => {
    expect(() => backward(sum(tensor([1])))).toThrow(/does not depend on anything trainable/);
    const x = variable(tensor([1]));
    expect(() => backward(noGrad(() => sum(x)))).toThrow(/inside noGrad or inference nothing is recorded/);
    expect(() => backward(inference(() => sum(x)))).toThrow(/nothing is recorded/);
  });

  it('refuses a graph that was differentiated before, and parts of one', () => {
    const x = variable(tensor([1]));
    const shared = mul(x, 2);
    const loss = sum(shared);
    backward(loss);
    expect(() => backward(sum(mul(shared, 3)))).toThrow(
      /was part of a graph that was already differentiated/,
    );
    expect(() => backward(loss)).toThrow();
  });

  it('accumulates over losses by addition of gradients, and maps them', () => {
    const [x, y] = [variable(tensor([1])), variable(tensor([1]))];
    const both = backward(sum(mul(x, 2))).add(backward(sum(add(mul(x, 3), y))));
    expect([of(both, x), of(both, y)]).toEqual([[5], [1]]);
    expect(
      of(
        both.map((gradient) => mul(gradient, 10)),
        x,
      ),
    ).toEqual([50]);
    expect(new Gradients().size).toBe(0);
  });

  it('does not record its own work', () => {
    const x = variable(tensor([3]));
    const gradient = backward(sum(mul(x, x))).get(x) as Tensor;
    expect(gradient.requiresGradient).toBe(false);
    expect(isRecording()).toBe(true);
  });
});

describe('noGrad', () => {
  it('records nothing, and restores recording also after an error', () => {
    const x = variable(tensor([1]));
    expect(noGrad(() => mul(x, 2)).requiresGradient).toBe(false);
    expect(() =>
      noGrad(() => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(mul(x, 2).requiresGradient).toBe(true);
  });

  it('refuses a function that returns a promise', () => {
    expect(() => noGrad(async () => 1)).toThrow(/it must be synchronous/);
    expect(isRecording()).toBe(true);
  });
});

describe('defineOp', () => {
  it('makes an operation of a user: its derivative is asked only for the inputs that want one', () => {
    const asked: boolean[][] = [];
    const scale = defineOp<readonly [Tensor, Tensor], number, number>({
      name: 'scale',
      forward: ([a, b], factor, needsGradient) => ({
        shape: a.shape,
        data: a.data.map((value, i) => factor * value * (b.data[i] as number)),
        ...(needsGradient && { saved: factor * 10 }),
      }),
      backward: (gradient, { inputs: [a, b], options, saved, output, needs }) => {
        asked.push([needs(0), needs(1)]);
        expect([options, saved, output.shape]).toEqual([2, 20, [2]]);
        return [
          needs(0) ? mul(mul(gradient, b), options) : undefined,
          needs(1) ? mul(mul(gradient, a), options) : undefined,
        ];
      },
    });
    const x = variable(tensor([1, 2]));
    const y = scale([x, tensor([3, 4])], 2);
    expect([...y.data]).toEqual([6, 16]);
    expect(of(backward(sum(y)), x)).toEqual([6, 8]);
    expect(asked).toEqual([[true, false]]);
  });
});
