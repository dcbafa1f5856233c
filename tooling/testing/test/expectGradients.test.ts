import { describe, expect, it } from 'vitest';
import { expectClose, expectGradients, finiteDifference } from '../src/index.ts';

const loss = ([x, y]: Float64Array[]): number => Math.sin(x![0]!) * y![0]! + x![1]! ** 3;
const gradients = ([x, y]: Float64Array[]): number[][] => [
  [Math.cos(x![0]!) * y![0]!, 3 * x![1]! ** 2],
  [Math.sin(x![0]!)],
];
const inputs = [[0.3, -1.2], [2]];

describe('gradients', () => {
  it('finite differences of a smooth float64 function are right to eight digits', () => {
    const exact = gradients(inputs.map((input) => Float64Array.from(input)));
    finiteDifference(loss, inputs).forEach((numeric, i) => {
      expectClose(numeric, exact[i]!, { absolute: 1e-8 });
    });
  });
  it('right gradients pass, from a float32 forward pass too', () => {
    expectGradients({ inputs, loss, gradients, absolute: 1e-8, relative: 0 });
    expectGradients({ inputs, loss: (at) => Math.fround(loss(at)), gradients });
  });
  it('a gradient that is off by a hundredth is refused, by name', () => {
    const wrong = (at: Float64Array[]): number[][] => gradients(at).map((g) => g.map((v) => v * 1.01));
    expect(() => expectGradients({ inputs, loss, gradients: wrong, name: 'sine' })).toThrow(
      'sine of input 0',
    );
  });
  it('a missing gradient is refused', () => {
    expect(() => expectGradients({ inputs, loss, gradients: () => [] })).toThrow('0 gradients for 2 inputs');
  });
});
