// What all optimizers share: the interface, and the walk over the weights that each of them fills with one small rule.

import type { Gradients } from '../backward.ts';
import { CheckpointError } from '../checkpointError.ts';
import type { Parameter } from '../nn/parameter.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { type Schedule, scheduleOf } from './schedule.ts';

/** Changes parameters by their gradients, in place. */
export interface Optimizer {
  /** Steps taken so far. */
  readonly steps: number;
  /** Learning rate of the step to come. */
  readonly learningRate: number;
  /** Takes one step. Parameters without a gradient stay as they are. */
  step(gradients: Gradients): void;
  /** All that it remembers, as copies by name: `steps`, and for each weight that was ever changed `path.steps` and `path.<average>`. */
  state(): Map<string, AnyTensor>;
  /** Takes back what `state` gave: the steps that follow are those that would have followed then, bit by bit. Names and shapes are checked first. */
  load(state: ReadonlyMap<string, AnyTensor>): void;
}

/** Parameters, by path as `parameters(model)` gives them. */
export type Weights = ReadonlyMap<string, Parameter>;

/** What every optimizer is told. */
export interface OptimizerOptions {
  /** A number, or a schedule of the step from 0. */
  readonly learningRate: number | Schedule;
  /** How much of the weights is taken away. Default 0, but for AdamW. */
  readonly weightDecay?: number;
  /** Which parameters decay; default those with more than one axis: no biases, no norms. */
  readonly decays?: (path: string, parameter: Parameter) => boolean;
}

/** One step of one weight. */
export interface Update<Slot extends string> {
  readonly weight: Float32Array;
  readonly shape: readonly number[];
  readonly gradient: Float32Array;
  /** What is remembered of this weight; zeros at first. */
  readonly slots: Readonly<Record<Slot, Float32Array>>;
  /** Steps of this weight, this one included. */
  readonly count: number;
  readonly learningRate: number;
  /** 0 where the weight does not decay. */
  readonly weightDecay: number;
}

/** An optimizer but for the walk: how many numbers it remembers of a weight, by name, and what it does in a step. */
export interface Rule<Slot extends string> {
  readonly name: string;
  slots(parameter: Parameter): Readonly<Record<Slot, number>>;
  update(step: Update<Slot>): void;
}

interface Memory<Slot extends string> {
  count: number;
  readonly slots: Record<Slot, Float32Array>;
}

const isMatrix = (_path: string, { shape }: Parameter): boolean => shape.length > 1;

/** The optimizer of a rule. */
export const optimizerOf = <Slot extends string>(
  weights: Weights,
  options: OptimizerOptions,
  rule: Rule<Slot>,
): Optimizer => {
  const { weightDecay = 0, decays = isMatrix } = options;
  const rate = scheduleOf(options.learningRate);
  const memories = new Map<string, Memory<Slot>>();
  let steps = 0;
  const memoryOf = (path: string, parameter: Parameter): Memory<Slot> => {
    const known = memories.get(path);
    if (known !== undefined) return known;
    const sizes = Object.entries<number>(rule.slots(parameter));
    const slots = Object.fromEntries(sizes.map(([slot, size]) => [slot, new Float32Array(size)]));
    const fresh = { count: 0, slots: slots as Memory<Slot>['slots'] };
    memories.set(path, fresh);
    return fresh;
  };
  return {
    get steps() {
      return steps;
    },
    get learningRate() {
      return rate(steps);
    },
    step(gradients) {
      const learningRate = rate(steps++);
      for (const [path, parameter] of weights) {
        const gradient = gradients.get(parameter);
        if (gradient === undefined) continue;
        const memory = memoryOf(path, parameter);
        memory.count++;
        rule.update({
          weight: parameter.data,
          shape: parameter.shape,
          gradient: gradient.data,
          slots: memory.slots,
          count: memory.count,
          learningRate,
          weightDecay: weightDecay !== 0 && decays(path, parameter) ? weightDecay : 0,
        });
      }
    },
    state() {
      const state = new Map<string, AnyTensor>([['steps', countTensor(steps)]]);
      for (const [path, { count, slots }] of memories) {
        state.set(`${path}.steps`, countTensor(count));
        for (const [slot, data] of Object.entries<Float32Array>(slots))
          state.set(`${path}.${slot}`, new Tensor('float32', [data.length], data.slice()));
      }
      return state;
    },
    load(state) {
      const loaded = readState(weights, state, rule);
      memories.clear();
      for (const [path, memory] of loaded.memories) memories.set(path, memory);
      steps = loaded.steps;
    },
  };
};

const countTensor = (count: number): Tensor<'int32'> => new Tensor('int32', [1], Int32Array.of(count));

/** Checks all of a state before any of it is taken. */
const readState = <Slot extends string>(
  weights: Weights,
  state: ReadonlyMap<string, AnyTensor>,
  rule: Rule<Slot>,
): { readonly steps: number; readonly memories: Map<string, Memory<Slot>> } => {
  const wrong: string[] = [];
  const unread = new Set(state.keys());
  const take = (name: string, dtype: 'int32' | 'float32', size: number): AnyTensor['data'] | undefined => {
    const found = state.get(name);
    unread.delete(name);
    if (found?.dtype === dtype && found.size === size) return found.data;
    wrong.push(`${name}: given ${found ?? 'nothing'}, expected ${dtype}[${size}]`);
    return undefined;
  };
  const steps = take('steps', 'int32', 1)?.[0] ?? 0;
  const memories = new Map<string, Memory<Slot>>();
  for (const [path, parameter] of weights) {
    if (!state.has(`${path}.steps`)) continue;
    const count = take(`${path}.steps`, 'int32', 1)?.[0] ?? 0;
    const slots = Object.entries<number>(rule.slots(parameter)).map(
      ([slot, size]) => [slot, Float32Array.from(take(`${path}.${slot}`, 'float32', size) ?? [])] as const,
    );
    memories.set(path, { count, slots: Object.fromEntries(slots) as Memory<Slot>['slots'] });
  }
  wrong.push(
    ...Array.from(unread, (name) => `${name}: given ${state.get(name)}, expected nothing of this name`),
  );
  if (wrong.length > 0)
    throw new CheckpointError(
      [
        `${rule.name}: the state is not one of this optimizer and these weights. Load what the same optimizer saved.`,
        ...wrong.map((line) => `  ${line}`),
      ].join('\n'),
    );
  return { steps, memories };
};
