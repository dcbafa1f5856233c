// PyTorch's optimizers and transformers' schedules: twelve steps of Adam and AdamW, clipping, learning rates.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectClose, golden, readSafetensors, type StoredTensor, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { add, backward, Gradients, matmul, meanSquaredError, type Tensor, tensor } from '../../src/index.ts';
import { constant, type Parameter, parameter } from '../../src/nn/index.ts';
import {
  adam,
  adamW,
  clipGradients,
  cosineDecay,
  gradientNorm,
  inverseSqrt,
  linearDecay,
  noam,
  type Schedule,
  warmup,
} from '../../src/optim/index.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly expected?: { readonly learning_rate: readonly number[] };
}

const schedules: Readonly<Record<string, (o: Record<string, number>) => Schedule | undefined>> = {
  constant: (o) => () => o.learning_rate as number,
  constant_with_warmup: (o) => warmup(o.warmup_steps as number, o.learning_rate as number),
  linear: (o) =>
    warmup(
      o.warmup_steps as number,
      linearDecay(o.learning_rate as number, (o.total_steps as number) - (o.warmup_steps as number)),
    ),
  cosine: (o) =>
    o.cycles === 0.5
      ? warmup(
          o.warmup_steps as number,
          cosineDecay(o.learning_rate as number, (o.total_steps as number) - (o.warmup_steps as number)),
        )
      : undefined,
  cosine_with_min_lr: (o) =>
    warmup(
      o.warmup_steps as number,
      cosineDecay(o.learning_rate as number, (o.total_steps as number) - (o.warmup_steps as number), o.min),
    ),
  inverse_sqrt: (o) =>
    warmup(o.warmup_steps as number, inverseSqrt(o.learning_rate as number, o.timescale as number)),
  noam: (o) =>
    noam({ width: o.model_dim as number, warmupSteps: o.warmup_steps as number, factor: o.factor as number }),
  cosine_annealing: (o) => cosineDecay(o.learning_rate as number, o.t_max as number, o.eta_min),
};

describe('learning-rate schedules', () => {
  const cases = golden<Case[]>(path.join(import.meta.dirname, '..'), 'schedules.json').filter(
    ({ op, options }) => schedules[op]?.(options as Record<string, number>) !== undefined,
  );
  it.each(cases)('$name equals transformers, step by step', ({ op, options, expected }) => {
    const schedule = schedules[op]?.(options as Record<string, number>) as Schedule;
    expectClose(
      expected?.learning_rate.map((_, step) => schedule(step)) ?? [],
      expected?.learning_rate ?? [1],
      { absolute: 1e-12, relative: 1e-9 },
    );
  });
  it('covers eleven published schedules', () => expect(cases.length).toBe(11));
});

const folder = shared('data/golden/optim');
describe.skipIf(folder === undefined)(`optimizers against PyTorch${skipReason('data/golden/optim')}`, () => {
  if (folder === undefined) return;
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[];
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors')));
  const stored = (key: string | undefined): StoredTensor => {
    const found = tensors.get(key ?? '');
    if (found === undefined) throw new Error(`golden file lacks ${key}`);
    return found;
  };
  const float = (key: string | undefined): Tensor =>
    tensor(Float32Array.from(stored(key).data as Float32Array), stored(key).shape);
  const filled = (key: string | undefined): Parameter => {
    const weight = parameter(stored(key).shape, constant(0));
    weight.fill(Float32Array.from(stored(key).data as Float32Array));
    weight.thaw();
    return weight;
  };
  const able = ({ op, options }: Case) =>
    (op === 'adam' && options.amsgrad !== true && options.weight_decay === undefined) || op === 'adamw';
  it.each(cases.filter(able))(
    '$name: losses, gradients and weights of every step',
    ({ op, options, inputs = {}, outputs = {} }) => {
      const [weight, bias] = [filled(inputs.weight), filled(inputs.bias)];
      const decay = options.weight_decay as number | { weight: number } | undefined;
      const grouped = typeof decay === 'object';
      const common = {
        learningRate: options.lr as number,
        betas: (options.betas ?? [0.9, 0.999]) as [number, number],
        epsilon: (options.eps ?? 1e-8) as number,
      };
      const weights = new Map([
        ['weight', weight],
        ['bias', bias],
      ]);
      const optimizer =
        op === 'adam'
          ? adam(weights, common)
          : adamW(weights, {
              ...common,
              weightDecay: grouped ? decay.weight : (decay ?? 0.01),
              decays: (name) => !grouped || name === 'weight',
            });
      const [x, y] = [float(inputs.x), float(inputs.y)];
      const steps = stored(outputs.loss).data.length;
      const at = (key: string | undefined, step: number) => {
        const { data, shape } = stored(key);
        const size = shape.slice(1).reduce((a, b) => a * b, 1);
        return (data as Float32Array).slice(step * size, (step + 1) * size);
      };
      for (let step = 0; step < steps; step++) {
        const loss = meanSquaredError(
          add(
            matmul(x, weight, {
              transposeB: weight.shape[1] === x.shape[1] && weight.shape[0] !== x.shape[1],
            }),
            bias,
          ),
          y,
        );
        const gradients = backward(loss);
        const close = { absolute: 1e-5, relative: 1e-5 };
        expectClose([loss.item()], at(outputs.loss, step), { ...close, name: `loss ${step}` });
        expectClose(gradients.get(weight)?.data ?? [], at(outputs.weight_gradient, step), {
          ...close,
          name: `gradient ${step}`,
        });
        optimizer.step(gradients);
        expectClose(weight.data, at(outputs.weight, step), { ...close, name: `weight ${step}` });
        expectClose(bias.data, at(outputs.bias, step), { ...close, name: `bias ${step}` });
      }
      expect(optimizer.steps).toBe(steps);
    },
  );
  it.each(cases.filter(({ op, options }) => op === 'clip_grad_norm' && options.norm_type === 2))(
    '$name: norm and clipped gradients',
    ({ options, inputs = {}, outputs = {} }) => {
      const leaves = new Map(Object.entries(inputs).map(([name, key]) => [name, float(key)]));
      const gradients = new Gradients([...leaves.values()].map((gradient) => [gradient, gradient] as const));
      expectClose([gradientNorm(gradients)], stored(outputs.total_norm).data as Float32Array, {
        absolute: 1e-5,
        relative: 1e-5,
      });
      const clipped = clipGradients(gradients, options.max_norm as number);
      for (const [name, leaf] of leaves)
        expectClose(clipped.get(leaf)?.data ?? [], stored(outputs[name]).data as Float32Array, {
          absolute: 1e-5,
          relative: 1e-5,
          name,
        });
    },
  );
});
