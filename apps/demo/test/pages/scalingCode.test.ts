// The code that the Scaling page shows is run as it stands, and must give what the page shows.
import * as attention from '@heed/attention';
import * as tensor from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { expect, it } from 'vitest';
import { drawScores, scalingPoint } from '../../src/experiments/scaling.ts';
import { scalingCode } from '../../src/pages/scaling/scalingCode.ts';
import { runCode } from '../runCode.ts';

it.each([
  [64, { keys: 64, seed: 1 }],
  [16, { keys: 16, seed: 3 }],
] as const)(
  'at d = %i with %o the code measures the variance, the gradient and the weights of the page',
  async (depth, options) => {
    const code = `${scalingCode(depth, options)}\n({ spread, gradient, looks })`;
    const { spread, gradient, looks } = (await runCode(code, {
      modules: { '@heed/attention': attention, '@heed/tensor': tensor },
    })) as { spread: number; gradient: tensor.Tensor; looks: tensor.Tensor };
    expect(spread).toBeCloseTo(scalingPoint('unscaled', depth, options).variance, 3);
    const { scores } = drawScores('unscaled', depth, options);
    expectClose(tensor.reshape(looks, scores.shape), tensor.softmax(scores), { absolute: 1e-6 });
    const sent = tensor.normal([...scores.shape], tensor.random(options.seed + 1000));
    const norms = (x: tensor.Tensor) => tensor.norm(x, [-1]).data;
    const sentNorms = norms(sent);
    const shares = Array.from(norms(gradient), (norm, row) => norm / (sentNorms[row] ?? 1));
    const [low = 0, high = 0] = shares.sort((a, b) => a - b).slice(shares.length / 2 - 1);
    const { median } = scalingPoint('unscaled', depth, options).atScores;
    expect((low + high) / 2 / median).toBeCloseTo(1, 3);
  },
);
