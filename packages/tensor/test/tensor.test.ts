// Making tensors, reading them, printing them.
import { describe, expect, it } from 'vitest';
import {
  arange,
  booleans,
  eye,
  full,
  integers,
  normal,
  ones,
  random,
  ShapeError,
  Tensor,
  tensor,
  tensorOf,
  uniform,
  variable,
  zeros,
} from '../src/index.ts';

describe('tensor', () => {
  it('takes nested numbers of any depth, and gives them back', () => {
    for (const values of [
      5,
      [],
      [1, 2],
      [
        [1, 2],
        [3, 4],
      ],
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [[], []],
    ])
      expect(tensor(values).toArray()).toEqual(values);
    expect([tensor(5).shape, tensor([[], []]).shape]).toEqual([[], [2, 0]]);
  });

  it('takes typed arrays without a copy, the dtype being theirs', () => {
    const data = Float32Array.of(1, 2, 3, 4);
    expect(tensor(data, [2, 2]).data).toBe(data);
    expect([tensor(data), tensor(Int32Array.of(1)), tensor(Uint8Array.of(1, 0))].map(String)).toEqual([
      'float32[4]',
      'int32[1]',
      'bool[2]',
    ]);
  });

  it('refuses ragged arrays and data that do not fill the shape', () => {
    expect(() => tensor([[1, 2], [3]])).toThrow(/tensor: 1 items at depth 1 where the first one has 2/);
    expect(() => tensor([[1], 2])).toThrow(/tensor: a number at depth 1/);
    expect(() => tensor([1, [2]] as never)).toThrow(ShapeError);
    expect(() => tensor(new Float32Array(3), [2, 2])).toThrow(
      /tensor: 3 elements for float32\[2, 2\]; expected 4/,
    );
    expect(() => tensor(new Float32Array(0), [-1, 0])).toThrow(/extent -1/);
    expect(() => tensorOf('int32', [1], new Float32Array(1) as never)).toThrow(/for dtype int32/);
  });

  it('prints as dtype and shape, and reads one number where there is one', () => {
    expect(String(zeros([2, 3]))).toBe('float32[2, 3]');
    expect([tensor([[7]]).item(), tensor([[7]]).rank, tensor([[7]]).size]).toEqual([7, 2, 1]);
    expect(() => zeros([2]).item()).toThrow(/item: float32\[2\] has 2 elements; expected one/);
  });
});

describe('rules that fill a tensor', () => {
  it('zeros, ones, full, arange, eye, integers, booleans', () => {
    expect(zeros([2], 'int32').data).toEqual(new Int32Array(2));
    expect(ones([2], 'bool').data).toEqual(new Uint8Array([1, 1]));
    expect(full([2], 0.5).toArray()).toEqual([0.5, 0.5]);
    expect([
      arange(3).toArray(),
      arange(5, 3).toArray(),
      arange(0).toArray(),
      arange(2, 5).toArray(),
    ]).toEqual([[0, 1, 2], [3, 4], [], []]);
    expect(eye(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
    ]);
    expect(integers([[2147483647], [-2147483648]]).toArray()).toEqual([[2147483647], [-2147483648]]);
    expect(booleans([0, 1, 2, -1]).toArray()).toEqual([0, 1, 1, 1]);
  });

  it('refuse extents that are none, and integers that are none', () => {
    expect(() => zeros([1.5])).toThrow(/extent 1\.5/);
    expect(() => zeros([2 ** 20, 2 ** 20])).toThrow(/at most 2\^32/);
    for (const value of [1.5, 2 ** 31, Number.NaN])
      expect(() => integers([value])).toThrow(/integers: .*expected integers from/);
  });

  it('uniform and normal draw from the given source: the same seed, the same tensor', () => {
    const drawn = uniform([1000], random(3), [-2, 5]);
    expect(drawn.data).toEqual(uniform([1000], random(3), [-2, 5]).data);
    expect(drawn.data.every((value) => value >= -2 && value < 5)).toBe(true);
    const many = normal([20_000], random(4), 3).data;
    const mean = many.reduce((a, b) => a + b, 0) / many.length;
    const deviation = Math.sqrt(many.reduce((a, b) => a + (b - mean) ** 2, 0) / many.length);
    expect(Math.abs(mean)).toBeLessThan((6 * 3) / Math.sqrt(20_000)); // six standard errors, here and below
    expect(Math.abs(deviation - 3)).toBeLessThan((6 * 3) / Math.sqrt(40_000));
  });
});

describe('variable', () => {
  it('shares the values, and wants a gradient', () => {
    const x = tensor([1, 2]);
    const leaf = variable(x);
    expect(leaf.data).toBe(x.data);
    expect([leaf.requiresGradient, x.requiresGradient, leaf instanceof Tensor]).toEqual([true, false, true]);
  });
});
