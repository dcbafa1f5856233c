// conv1d against the sum that defines it.
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conv1d, gradientCheck, type Tensor, useBackend, zeros } from '../../src/index.ts';
import { backends } from '../backends.ts';
import { normal, seed } from './indexing.ts';

interface Settings {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
}

const reference = (
  x: Tensor,
  weight: Tensor,
  bias: Tensor,
  { stride, padding, dilation, groups }: Settings,
) => {
  const [batch, inputs, length] = x.shape as [number, number, number];
  const [outputs, channels, taps] = weight.shape as [number, number, number];
  const windows = Math.floor((length + 2 * padding - dilation * (taps - 1) - 1) / stride) + 1;
  const data: number[] = [];
  for (let b = 0; b < batch; b++)
    for (let o = 0; o < outputs; o++)
      for (let t = 0; t < windows; t++) {
        let sum = bias.data[o] as number;
        const first = Math.floor(o / (outputs / groups)) * channels;
        for (let c = 0; c < channels; c++)
          for (let k = 0; k < taps; k++) {
            const at = t * stride + k * dilation - padding;
            if (at < 0 || at >= length) continue;
            sum +=
              (x.data[(b * inputs + first + c) * length + at] as number) *
              (weight.data[(o * channels + c) * taps + k] as number);
          }
        data.push(sum);
      }
  return { shape: [batch, outputs, windows], data };
};

const few = (max: number) => fc.integer({ min: 1, max });

describe.each(backends)('conv1d, $name', ({ backend }) => {
  it('is the sum over channels and taps, with its gradient, for every stride, padding, dilation and number of groups', () => {
    using _ = useBackend(backend);
    forAll(
      [
        fc.record({ stride: few(3), padding: fc.nat(3), dilation: few(3), groups: few(3) }),
        fc.tuple(fc.nat(2), few(2), few(2), few(3), fc.integer({ min: 0, max: 6 })),
        seed,
      ],
      (settings, [batch, channels, perGroup, taps, length], at) => {
        const { padding, dilation, groups } = settings;
        if (length + 2 * padding < dilation * (taps - 1) + 1) return; // nothing fits
        const x = normal([batch, groups * channels, length], at);
        const weight = normal([groups * perGroup, channels, taps], at + 1);
        const bias = normal([groups * perGroup], at + 2);
        const expected = reference(x, weight, bias, settings);
        const given = conv1d(x, weight, bias, settings);
        expect(given.shape).toEqual(expected.shape);
        expectClose(given, expected, { absolute: 1e-5, relative: 1e-5 });
        if (x.size < 25)
          gradientCheck((a, w, b) => conv1d(a, w, b, settings), [x, weight, bias], { tolerance: 5e-3 });
      },
      { runs: 60 },
    );
  });
});

describe('conv1d', () => {
  const [x, weight] = [zeros([1, 4, 5]), zeros([2, 4, 3])];
  it('refuses what does not fit, by name', () => {
    expect(() => conv1d(zeros([1, 4, 2]), weight)).toThrow(/3 taps with dilation 1 do not fit into 2 places/);
    expect(() => conv1d(x, weight, undefined, { groups: 2 })).toThrow(/groups dividing inputs and outputs/);
    expect(() => conv1d(x, weight, zeros([3]))).toThrow(/bias float32\[3\]/);
    expect(() => conv1d(x, weight, undefined, { stride: 0 })).toThrow(/stride 0/);
    expect(() => conv1d(x, weight, undefined, { padding: -1 })).toThrow(/padding -1/);
    expect(() => conv1d(zeros([4, 5]), weight)).toThrow(/expected 3: \[batch, inputs, length\]/);
  });
});
