// PyTorch's and transformers' optimizers, clipping, averaging, accumulation and learning rates: every case of the golden group, on every engine.
import path from 'node:path';
import { expectClose, golden } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  Gradients,
  matmul,
  meanSquaredError,
  slice,
  type Tensor,
  tensor,
  useBackend,
} from '../../src/index.ts';
import { constant, type Parameter, parameter } from '../../src/nn/index.ts';
import {
  adafactor,
  adagrad,
  adam,
  adamW,
  clipGradients,
  clipGradientValues,
  cosineDecay,
  gradientNorm,
  inverseSqrt,
  joined,
  linearDecay,
  lion,
  movingAverage,
  nadam,
  noam,
  type Optimizer,
  polynomialDecay,
  radam,
  relativeStep,
  rmsProp,
  type Schedule,
  scaleGradients,
  scheduleOf,
  sgd,
  stepDecay,
  type Weights,
  warmup,
} from '../../src/optim/index.ts';
import { backends } from '../backends.ts';

interface Stored {
  readonly shape: readonly number[];
  readonly data: string;
}
interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly tolerance?: { readonly absolute: number; readonly relative: number };
  readonly inputs?: Readonly<Record<string, Stored>>;
  readonly outputs?: Readonly<Record<string, Stored>>;
  readonly expected?: { readonly learning_rate: readonly number[] };
}

const cases = golden<Case[]>(path.join(import.meta.dirname, '..'), 'optim.json.gz');

const float = (stored: Stored | undefined): Tensor => {
  if (stored === undefined) throw new Error('the case lacks a tensor');
  return tensor(new Float32Array(Uint8Array.from(Buffer.from(stored.data, 'base64')).buffer), stored.shape);
};
const filled = (stored: Stored | undefined): Parameter => {
  const { shape, data } = float(stored);
  const weight = parameter(shape, constant(0));
  weight.fill(data);
  weight.thaw();
  return weight;
};

type Numbers = Readonly<Record<string, number>>;
const afterWarmup = (o: Numbers, after: (rate: number, steps: number) => number | Schedule): Schedule =>
  warmup(
    o.warmup_steps as number,
    after(o.learning_rate as number, (o.total_steps as number) - (o.warmup_steps as number)),
  );

/** One cycle of PyTorch: pieces whose ends need not be whole steps. */
const oneCycle = (o: Numbers & { anneal_strategy?: unknown; three_phase?: unknown }): Schedule => {
  const anneal = o.anneal_strategy === 'cos' ? cosineDecay : linearDecay;
  const [peak, steps, share] = [o.max_lr, o.total_steps, o.pct_start] as [number, number, number];
  const start = peak / (o.div_factor as number);
  const end = start / (o.final_div_factor as number);
  const top = share * steps - 1;
  const back = 2 * share * steps - 2;
  return o.three_phase
    ? joined(
        [anneal(start, top, peak), anneal(peak, back - top, start), anneal(start, steps - 1 - back, end)],
        [top, back],
      )
    : joined([anneal(start, top, peak), anneal(peak, steps - 1 - top, end)], [top]);
};

const warmupStableDecay = (o: Numbers & { decay?: unknown }): Schedule => {
  const [peak, rise, stable, fall] = [o.learning_rate, o.warmup_steps, o.stable_steps, o.decay_steps] as [
    number,
    number,
    number,
    number,
  ];
  const least = peak * (o.min_ratio as number);
  const decays: Readonly<Record<string, Schedule>> = {
    linear: linearDecay(peak, fall, least),
    cosine: cosineDecay(peak, fall, least),
    '1-sqrt': (step) => least + (peak - least) * (1 - Math.sqrt(Math.min(1, step / fall))),
  };
  return joined(
    [linearDecay(least, rise, peak), peak, decays[o.decay as string] as Schedule],
    [rise, rise + stable],
  );
};

/** Half cosines down and up, as many as it takes. */
const cosineWaves = (rate: number, steps: number, halves: number): Schedule => {
  const part = steps / halves;
  return halves === 1
    ? cosineDecay(rate, steps)
    : joined(
        Array.from({ length: halves }, (_, i) =>
          i % 2 === 0 ? cosineDecay(rate, part) : cosineDecay(0, part, rate),
        ),
        Array.from({ length: halves - 1 }, (_, i) => (i + 1) * part),
      );
};
const restarts = (rate: number, steps: number, cycles: number): Schedule =>
  cycles === 1
    ? cosineDecay(rate, steps)
    : joined(
        Array.from({ length: cycles }, () => cosineDecay(rate, steps / cycles)),
        Array.from({ length: cycles - 1 }, (_, i) => ((i + 1) * steps) / cycles),
      );

const schedules: Readonly<Record<string, (o: Numbers) => Schedule>> = {
  constant: (o) => scheduleOf(o.learning_rate as number),
  constant_with_warmup: (o) => afterWarmup({ total_steps: 0, ...o }, (rate) => rate),
  linear: (o) => afterWarmup(o, linearDecay),
  cosine: (o) => afterWarmup(o, (rate, steps) => cosineWaves(rate, steps, 2 * (o.cycles as number))),
  cosine_with_restarts: (o) => afterWarmup(o, (rate, steps) => restarts(rate, steps, o.cycles as number)),
  cosine_with_min_lr: (o) => afterWarmup(o, (rate, steps) => cosineDecay(rate, steps, o.min)),
  polynomial: (o) =>
    afterWarmup(o, (rate, steps) =>
      polynomialDecay(rate, steps, { end: o.end as number, power: o.power as number }),
    ),
  inverse_sqrt: (o) =>
    afterWarmup({ total_steps: 0, ...o }, (rate) => inverseSqrt(rate, o.timescale as number)),
  noam: (o) =>
    noam({ width: o.model_dim as number, warmupSteps: o.warmup_steps as number, factor: o.factor as number }),
  cosine_annealing: (o) => cosineDecay(o.learning_rate as number, o.t_max as number, o.eta_min),
  step: (o) => stepDecay(o.learning_rate as number, o.step_size as number, o.gamma as number),
  exponential: (o) => stepDecay(o.learning_rate as number, 1, o.gamma as number),
  multi_step: (o) => {
    const starts = o.milestones as unknown as readonly number[];
    const rates = Array.from(
      { length: starts.length + 1 },
      (_, i) => (o.learning_rate as number) * (o.gamma as number) ** i,
    );
    return joined(rates, starts);
  },
  one_cycle: oneCycle,
  warmup_stable_decay: warmupStableDecay,
};

const scheduled = cases.filter(({ expected }) => expected?.learning_rate !== undefined);
describe('learning-rate schedules', () => {
  it.each(scheduled)('$name, step by step', ({ op, options, expected }) => {
    const schedule = schedules[op]?.(options as Numbers) as Schedule;
    const rates = expected?.learning_rate ?? [];
    expect(rates.length).toBeGreaterThan(20);
    expectClose(
      rates.map((_, step) => schedule(step)),
      rates,
      { absolute: 1e-12, relative: 1e-9 },
    );
  });
});

interface Torch {
  readonly lr: number | null;
  readonly betas?: [number, number];
  readonly eps?: number | [number, number];
  readonly weight_decay?: number | { readonly weight: number };
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
  readonly amsgrad?: boolean;
  readonly decoupled_weight_decay?: boolean;
  readonly alpha?: number;
  readonly centered?: boolean;
  readonly momentum_decay?: number;
  readonly beta2_decay?: number;
  readonly d?: number;
  readonly scale_parameter?: boolean;
  readonly relative_step?: boolean;
  readonly warmup_init?: boolean;
  readonly clip_threshold?: number;
  readonly decay_rate?: number;
  readonly beta1?: number | null;
}

/** The same record without what is undefined or null. */
const given = <T extends object>(record: T): { [K in keyof T]: NonNullable<T[K]> } =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== null)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };

const optimizers: Readonly<Record<string, (weights: Weights, o: Torch) => Optimizer>> = {
  sgd: (weights, o) =>
    sgd(weights, given({ ...common(o), momentum: o.momentum, dampening: o.dampening, nesterov: o.nesterov })),
  adam: (weights, o) => adam(weights, given({ ...common(o), amsgrad: o.amsgrad })),
  adamw: (weights, o) => adamW(weights, given({ ...common(o), amsgrad: o.amsgrad })),
  radam: (weights, o) => radam(weights, given({ ...common(o), decoupled: o.decoupled_weight_decay })),
  nadam: (weights, o) =>
    nadam(
      weights,
      given({ ...common(o), decoupled: o.decoupled_weight_decay, momentumDecay: o.momentum_decay }),
    ),
  rmsprop: (weights, o) =>
    rmsProp(weights, given({ ...common(o), alpha: o.alpha, momentum: o.momentum, centered: o.centered })),
  adagrad: (weights, o) => adagrad(weights, given(common(o))),
  lion: (weights, o) => lion(weights, given(common(o))),
  adafactor_torch: (weights, o) =>
    adafactor(weights, {
      ...given({ ...common(o), decayRate: o.beta2_decay, clipThreshold: o.d }),
      learningRate: relativeStep(o.lr as number),
      decayBy: 'rate',
    }),
  adafactor_hf: (weights, o) =>
    adafactor(
      weights,
      given({
        ...common(o),
        learningRate: o.relative_step
          ? relativeStep(o.warmup_init ? (step) => 1e-6 * (step + 1) : 0.01)
          : (o.lr as number),
        scaleByWeight: o.scale_parameter,
        clipThreshold: o.clip_threshold,
        decayRate: o.decay_rate,
        beta1: o.beta1,
      }),
    ),
};

function common(o: Torch) {
  const decay = o.weight_decay;
  const grouped = typeof decay === 'object';
  return {
    learningRate: o.lr as number,
    betas: o.betas,
    epsilon: o.eps as never, // one number, or for adafactor two
    weightDecay: grouped ? decay.weight : decay,
    decays: (name: string) => !grouped || name === 'weight',
  };
}

describe.each(backends)('optimizers against PyTorch, $name', ({ backend }) => {
  it.each(cases.filter(({ op }) => optimizers[op] !== undefined))(
    '$name: losses, gradients and weights of every step',
    ({ op, options, inputs = {}, outputs = {}, tolerance }) => {
      using _ = useBackend(backend);
      const [weight, bias] = [filled(inputs.weight), filled(inputs.bias)];
      const weights = new Map([
        ['weight', weight],
        ['bias', bias],
      ]);
      const optimizer = optimizers[op]?.(weights, options as unknown as Torch) as Optimizer;
      const [x, y] = [float(inputs.x), float(inputs.y)];
      const of = (name: string, step: number): Tensor => slice(float(outputs[name]), 0, step, step + 1);
      const steps = float(outputs.loss).shape[0] as number;
      const transposeB = weight.shape[1] === x.shape[1] && weight.shape[0] !== x.shape[1];
      for (let step = 0; step < steps; step++) {
        const loss = meanSquaredError(add(matmul(x, weight, { transposeB }), bias), y);
        const gradients = backward(loss);
        const check = (name: string, actual: Tensor | undefined) =>
          expectClose(actual?.data ?? [], of(name, step).data, { ...tolerance, name: `${name} ${step}` });
        check('loss', loss);
        check('weight_gradient', gradients.get(weight));
        check('bias_gradient', gradients.get(bias));
        optimizer.step(gradients);
        check('weight', weight);
        check('bias', bias);
      }
      expect(optimizer.steps).toBe(steps);
    },
  );

  it.each(cases.filter(({ op }) => op.startsWith('clip_grad')))(
    '$name',
    ({ op, options, inputs = {}, outputs = {}, tolerance }) => {
      using _ = useBackend(backend);
      const leaves = new Map(Object.entries(inputs).map(([name, stored]) => [name, float(stored)]));
      const gradients = new Gradients([...leaves.values()].map((gradient) => [gradient, gradient] as const));
      const kind = options.norm_type === 'inf' ? Infinity : (options.norm_type as number);
      if (op === 'clip_grad_norm')
        expectClose([gradientNorm(gradients, kind)], float(outputs.total_norm).data, tolerance);
      const clipped =
        op === 'clip_grad_norm'
          ? clipGradients(gradients, options.max_norm as number, kind)
          : clipGradientValues(gradients, options.clip_value as number);
      for (const [name, leaf] of leaves)
        expectClose(clipped.get(leaf)?.data ?? [], float(outputs[name]).data, { ...tolerance, name });
    },
  );

  it.each(cases.filter(({ op }) => op === 'gradient_accumulation'))(
    '$name: parts weighted by their share of the batch sum up to its gradient',
    ({ options, inputs = {}, outputs = {}, tolerance }) => {
      using _ = useBackend(backend);
      const [weight, bias] = [filled(inputs.weight), filled(inputs.bias)];
      const [x, y] = [float(inputs.x), float(inputs.y)];
      const batch = x.shape[0] as number;
      const transposeB = weight.shape[1] === x.shape[1] && weight.shape[0] !== x.shape[1];
      let total = new Gradients();
      let first = 0;
      for (const [part, size] of (options.sizes as readonly number[]).entries()) {
        const piece = (whole: Tensor): Tensor => slice(whole, 0, first, first + size);
        const loss = meanSquaredError(add(matmul(piece(x), weight, { transposeB }), bias), piece(y));
        const gradients = backward(loss);
        const shared = scaleGradients(gradients, size / batch);
        for (const [name, leaf] of [
          ['weight', weight],
          ['bias', bias],
        ] as const) {
          const stored = float(outputs[`${name}_part${part}`]);
          expectClose(gradients.get(leaf)?.data ?? [], stored.data, {
            ...tolerance,
            name: `${name} of part ${part}`,
          });
        }
        total = total.add(shared);
        first += size;
      }
      expectClose(total.get(weight)?.data ?? [], float(outputs.weight).data, tolerance);
      expectClose(total.get(bias)?.data ?? [], float(outputs.bias).data, tolerance);
    },
  );
});

describe('averages of weights', () => {
  it.each(cases.filter(({ op }) => op === 'ema'))(
    '$name, step by step',
    ({ options, inputs = {}, outputs = {}, tolerance }) => {
      const sequence = float(inputs.weights);
      const at = (whole: Tensor, step: number): Float32Array => {
        const size = whole.size / (whole.shape[0] as number);
        return whole.data.slice(step * size, (step + 1) * size);
      };
      const weight = parameter(sequence.shape.slice(1), constant(0));
      weight.fill(at(sequence, 0));
      const average = movingAverage(new Map([['w', weight]]), {
        decay: options.decay as number,
        warmup: options.warm_up as boolean,
      });
      const expected = float(outputs.output);
      const whole = expected.shape[0] === sequence.shape[0];
      for (let step = 1; step < (sequence.shape[0] as number); step++) {
        weight.data.set(at(sequence, step));
        average.update();
        if (whole || step === (sequence.shape[0] as number) - 1) {
          using _ = average.apply();
          expectClose(weight.data, whole ? at(expected, step) : expected.data, {
            ...tolerance,
            name: `step ${step}`,
          });
        }
        expect([...weight.data]).toEqual([...at(sequence, step)]);
      }
    },
  );

  it('are with the others all 62 cases of the golden group', () => {
    const known = (op: string) =>
      schedules[op] !== undefined ||
      optimizers[op] !== undefined ||
      /^(clip_grad|ema|gradient_accumulation)/.test(op);
    expect(cases.filter(({ op }) => !known(op)).map(({ name }) => name)).toEqual([]);
    expect(cases.length).toBe(62);
  });
});
