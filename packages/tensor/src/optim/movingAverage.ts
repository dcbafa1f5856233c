// An exponential moving average of weights, to evaluate and to keep instead of the last ones.

import { CheckpointError } from '../checkpointError.ts';
import type { AnyTensor } from '../tensor.ts';
import { Tensor } from '../tensor.ts';
import type { Weights } from './optimizer.ts';

/** Options of `movingAverage`. */
export interface MovingAverageOptions {
  /** Share of the average that stays at each update, 0 to less than 1. Default 0.999. */
  readonly decay?: number;
  /** Whether update number t (from 1) uses min(decay, (1 + t) / (10 + t)), so that the first weights are soon forgotten. Default false. */
  readonly warmup?: boolean;
}

/** The average of weights over the steps. */
export interface MovingAverage {
  /** Takes the present weights into the average; after each step of the optimizer. */
  update(): void;
  /** Exchanges weights and averages, until the handle is disposed: `using _ = average.apply()`. The arrays of the weights stay the same. */
  apply(): Disposable;
  /** Copies of the averages by path, and `updates`: to save as a checkpoint, and for `load`. */
  state(): Map<string, AnyTensor>;
  /** Takes back what `state` gave. */
  load(state: ReadonlyMap<string, AnyTensor>): void;
}

const exchange = (a: Float32Array, b: Float32Array): void => {
  const before = a.slice();
  a.set(b);
  b.set(before);
};

/**
 * average ← decay·average + (1 − decay)·weight, beginning with the weights as they are. Polyak and Juditsky 1992; the warm-up is TensorFlow's.
 *
 * @example
 * const average = movingAverage(parameters(model), { decay: 0.99 });
 * optimizer.step(gradients);
 * average.update();
 * {
 *   using _ = average.apply();
 *   evaluate(model); // with the averages
 * }
 */
export const movingAverage = (weights: Weights, options: MovingAverageOptions = {}): MovingAverage => {
  const { decay = 0.999, warmup = false } = options;
  if (!(decay >= 0 && decay < 1))
    throw new RangeError(`movingAverage: decay is ${decay}; expected from 0 to less than 1.`);
  const averages = new Map(Array.from(weights, ([path, { data }]) => [path, data.slice()] as const));
  let updates = 0;
  let applied = false;
  const each = (change: (average: Float32Array, weight: Float32Array) => void): void => {
    for (const [path, average] of averages) change(average, weights.get(path)?.data as Float32Array); // the same paths
  };
  const notApplied = (what: string): void => {
    if (applied)
      throw new Error(
        `movingAverage: ${what} while the averages are in place of the weights. Dispose what apply returned first.`,
      );
  };
  return {
    update() {
      notApplied('update');
      updates++;
      const stay = warmup ? Math.min(decay, (1 + updates) / (10 + updates)) : decay;
      each((average, weight) => {
        for (let i = 0; i < average.length; i++)
          average[i] = stay * (average[i] as number) + (1 - stay) * (weight[i] as number); // of one length
      });
    },
    apply() {
      notApplied('apply');
      applied = true;
      each(exchange);
      let restored = false;
      return {
        [Symbol.dispose]() {
          if (restored) return;
          restored = true;
          applied = false;
          each(exchange);
        },
      };
    },
    state() {
      notApplied('state');
      const state = new Map<string, AnyTensor>([
        ['updates', new Tensor('int32', [1], Int32Array.of(updates))],
      ]);
      for (const [path, average] of averages)
        state.set(path, new Tensor('float32', weights.get(path)?.shape ?? [], average.slice()));
      return state;
    },
    load(state) {
      notApplied('load');
      const count = state.get('updates');
      const wrong = [...averages].filter(
        ([path, { length }]) => state.get(path)?.dtype !== 'float32' || state.get(path)?.size !== length,
      );
      if (count?.dtype !== 'int32' || wrong.length > 0 || state.size !== averages.size + 1)
        throw new CheckpointError(
          `movingAverage: the state does not fit the weights${wrong.length > 0 ? `: ${wrong.map(([path]) => path).join(', ')}` : ''}. Load what state() gave for the same model.`,
        );
      updates = count.data[0] as number; // one number
      for (const [path, average] of averages) average.set(state.get(path)?.data as Float32Array); // checked
    },
  };
};
