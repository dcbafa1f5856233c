// A small training that is the same wherever it runs: in a test, or in a process that is killed (killableProcess.ts).

import { crossEntropy, dropout, integers, type Tensor, tanh, tensor } from '../../src/index.ts';
import type { Folder } from '../../src/io/index.ts';
import { initialize, LayerNorm, Linear, type Parameter, type Pass, parameters } from '../../src/nn/index.ts';
import {
  adamW,
  linearDecay,
  movingAverage,
  shuffled,
  type TrainEvent,
  train,
  warmup,
} from '../../src/optim/index.ts';
import { random } from '../../src/random.ts';

class Net {
  readonly inner = new Linear(6, 16);
  readonly norm = new LayerNorm(16);
  readonly outer = new Linear(16, 3);

  forward(x: Tensor, pass: Pass = {}): Tensor {
    return this.outer.forward(dropout(tanh(this.norm.forward(this.inner.forward(x))), 0.2, pass.random));
  }
}

/** One example: six numbers and a class. */
export interface Example {
  readonly x: readonly number[];
  readonly label: number;
}

/** The events of the training, and what it trains. Steps and seed are fixed; what is in the folder is gone on from. */
export const killable = (
  folder: Folder | undefined,
  { every, steps = 60 }: { readonly every: number; readonly steps?: number },
): {
  readonly weights: ReadonlyMap<string, Parameter>;
  readonly events: AsyncGenerator<TrainEvent<number>, void>;
} => {
  const source = random(5);
  const examples: Example[] = Array.from({ length: 50 }, () => {
    const x = Array.from({ length: 6 }, () => source.normal());
    return { x, label: Math.abs(Math.round(2 * (x[0] as number))) % 3 };
  });
  const model = initialize(new Net(), random(1));
  const weights = parameters(model);
  const average = movingAverage(weights, { decay: 0.9 });
  const of = (batch: readonly Example[], pass: Pass): Tensor =>
    crossEntropy(
      model.forward(tensor(batch.map(({ x }) => x)), pass),
      integers(batch.map(({ label }) => label)),
    );
  const events = train({
    model,
    loss: of,
    data: shuffled(examples, { size: 8, seed: 3 }),
    optimizer: adamW(weights, { learningRate: warmup(5, linearDecay(0.01, steps)) }),
    steps,
    random: random(2),
    tokens: (batch) => batch.length,
    accumulate: 2,
    clipNorm: 0.5,
    average,
    evaluate: { every: 20, run: () => of(examples, {}).item() },
    ...(folder !== undefined && { checkpoint: { folder, every } }),
  });
  return { weights, events };
};
