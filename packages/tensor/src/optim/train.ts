// The training loop: batches in, events out. All that changes a result is an option; a loop of your own over `trainingStep`, `backward` and
// `optimizer.step` gives the same numbers.

import { backward, type Gradients } from '../backward.ts';
import type { Folder } from '../io/folders/folder.ts';
import type { Pass } from '../nn/pass.ts';
import type { Random } from '../random.ts';
import { trainingStep } from '../region.ts';
import type { Tensor } from '../tensor.ts';
import { clipGradientValues, gradientNorm, scaleGradients } from './clip.ts';
import type { MovingAverage } from './movingAverage.ts';
import type { Optimizer } from './optimizer.ts';
import { newestTraining, restoreTraining, saveTraining, type TrainingState } from './trainingCheckpoint.ts';
import { batchesFrom, type TrainingData } from './trainingData.ts';

/** What `train` is told. */
export interface TrainOptions<Batch, Evaluation = undefined> {
  /** What is trained, and saved in checkpoints. */
  readonly model: object;
  /** The mean loss of a batch, one number. With `random` the pass has a source for dropout. */
  readonly loss: (batch: Batch, pass: Pass) => Tensor;
  /** Where batches come from; see TrainingData. */
  readonly data: TrainingData<Batch>;
  /** Of the model's parameters; its learning rate may be a schedule. */
  readonly optimizer: Optimizer;
  /** Steps of the optimizer in all, those before a resume included. Default: until the data end. */
  readonly steps?: number;
  /** Source of dropout, split for each batch. Default: no dropout. */
  readonly random?: Random;
  /** Over how many targets the mean of a batch goes: its weight among accumulated batches, and for tokens per second. Default 1 a batch. */
  readonly tokens?: (batch: Batch) => number;
  /** Batches a step, their gradients added up as if they were one batch. Default 1. */
  readonly accumulate?: number;
  /** Largest norm of all gradients together; larger ones are scaled down. Default: no limit. */
  readonly clipNorm?: number;
  /** Largest magnitude of each value of the gradients, before clipNorm. Default: no limit. */
  readonly clipValue?: number;
  /** Is brought up to date after each step, and in place during evaluations. */
  readonly average?: MovingAverage;
  /** What to find out every so many steps and at the end. */
  readonly evaluate?: { readonly every: number; readonly run: () => Evaluation | Promise<Evaluation> };
  /**
   * Where to save every so many steps and at the end: each file whole or not at all, `keep` of them (default 2). If the folder has
   * checkpoints, the training goes on from the newest, bit by bit as if it had never stopped; a new training wants an empty folder.
   */
  readonly checkpoint?: { readonly folder: Folder; readonly every: number; readonly keep?: number };
  /** Ends the training with the signal's reason; what was saved can be resumed. */
  readonly signal?: AbortSignal;
}

/** What happened. `step` is the number of steps taken. */
export type TrainEvent<Evaluation = undefined> =
  | {
      readonly kind: 'step';
      readonly step: number;
      /** Mean over the batches of the step, weighted by their tokens. */
      readonly loss: number;
      /** Before clipNorm. */
      readonly gradientNorm: number;
      readonly learningRate: number;
      /** Tokens of the step. */
      readonly tokens: number;
      /** Of this step, reading its data included. */
      readonly tokensPerSecond: number;
    }
  | { readonly kind: 'evaluation'; readonly step: number; readonly result: Evaluation }
  | { readonly kind: 'checkpoint'; readonly step: number; readonly file: string }
  | { readonly kind: 'resume'; readonly step: number };

interface StepResult {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly tokens: number;
}

/** Longest time without letting timers, messages and aborts have their turn, milliseconds: two frames of a screen. */
const longestHold = 33;

const checkCount = (name: string, value: number | undefined): void => {
  if (value !== undefined && !(Number.isInteger(value) && value >= 1))
    throw new RangeError(`train: ${name} is ${value}; expected a whole number from 1.`);
};

const finite = (what: string, value: number, { steps }: Optimizer): number => {
  if (Number.isFinite(value)) return value;
  throw new RangeError(
    `train: the ${what} of step ${steps + 1} is ${value}, and the weights are as before it. Look at that batch, lower the learning rate, or clip gradients.`,
  );
};

/** Clips, takes the step, brings the average up to date. */
const finish = <Batch, Evaluation>(
  gradients: Gradients,
  { clipNorm, clipValue, optimizer, average }: TrainOptions<Batch, Evaluation>,
): number => {
  const clipped = clipValue === undefined ? gradients : clipGradientValues(gradients, clipValue);
  const norm = finite('gradient norm', gradientNorm(clipped), optimizer);
  const tooLong = clipNorm !== undefined && norm > clipNorm;
  optimizer.step(tooLong ? scaleGradients(clipped, clipNorm / (norm + 1e-6)) : clipped); // 1e-6 as in clipGradients
  average?.update();
  return norm;
};

/** One step over one batch or several. */
const stepOver = <Batch, Evaluation>(
  batches: readonly Batch[],
  options: TrainOptions<Batch, Evaluation>,
): StepResult => {
  const { loss, random, tokens = () => 1, optimizer } = options;
  const passOf = (): Pass => (random === undefined ? {} : { random: random.split() });
  const counts = batches.map(tokens);
  const total = counts.reduce((a, b) => a + b, 0);
  if (!counts.every((count) => count > 0 && count < Infinity))
    throw new RangeError(
      `train: tokens of the batches of step ${optimizer.steps + 1} are ${counts.join(', ')}; expected more than 0. Leave out batches without targets.`,
    );
  const [only] = batches as readonly [Batch]; // not empty
  if (batches.length === 1)
    return trainingStep(() => {
      const value = loss(only, passOf());
      const mean = finite('loss', value.item(), optimizer);
      return { loss: mean, gradientNorm: finish(backward(value), options), tokens: total };
    });
  let mean = 0;
  let sum: Gradients | undefined;
  for (const [index, batch] of batches.entries()) {
    const share = (counts[index] as number) / total; // one count a batch
    const part = trainingStep(() => {
      const value = loss(batch, passOf());
      mean += share * finite('loss', value.item(), optimizer);
      return scaleGradients(backward(value), share);
    });
    sum = sum === undefined ? part : sum.add(part);
  }
  const gradients = sum as Gradients; // at least one batch
  return { loss: mean, gradientNorm: trainingStep(() => finish(gradients, options)), tokens: total };
};

/**
 * Trains a model and yields what happens: each step with loss, gradient norm, learning rate and tokens per second; evaluations; checkpoints.
 * Leave it by `break` or by the signal; go on by calling it again with the same options.
 *
 * @example
 * for await (const event of train({
 *   model,
 *   loss: ({ x, y }, pass) => crossEntropy(model.forward(x, pass), y),
 *   data: shuffled(examples, { size: 32, seed: 1 }),
 *   optimizer: adamW(parameters(model), { learningRate: warmup(100, 1e-3) }),
 *   steps: 1000,
 *   clipNorm: 1,
 *   checkpoint: { folder: directory('runs/first'), every: 100 },
 * }))
 *   if (event.kind === 'step') show(event.step, event.loss);
 */
export async function* train<Batch, Evaluation = undefined>(
  options: TrainOptions<Batch, Evaluation>,
): AsyncGenerator<TrainEvent<Evaluation>, void> {
  const { optimizer, steps = Infinity, accumulate = 1, evaluate, checkpoint, signal } = options;
  for (const [name, value] of [
    ['steps', options.steps],
    ['accumulate', accumulate],
    ['evaluate.every', evaluate?.every],
    ['checkpoint.every', checkpoint?.every],
    ['checkpoint.keep', checkpoint?.keep],
  ] as const)
    checkCount(name, value);
  const state: TrainingState = { ...options, average: options.average, random: options.random };
  const newest = checkpoint === undefined ? undefined : await newestTraining(checkpoint.folder);
  let turn = newest === undefined ? 0 : newest.turn + 1;
  let position = 0;
  if (checkpoint !== undefined && newest !== undefined) {
    position = await restoreTraining(checkpoint.folder, newest.turn, state);
    yield { kind: 'resume', step: optimizer.steps };
  }
  let saved = newest === undefined ? -1 : optimizer.steps;
  let evaluated = -1;
  const data = batchesFrom(options.data, position);
  let breath = performance.now();
  const evaluation = async (run: () => Evaluation | Promise<Evaluation>): Promise<Evaluation> => {
    using _ = options.average?.apply();
    return await run();
  };
  async function* report(due: (every: number) => boolean): AsyncGenerator<TrainEvent<Evaluation>, void> {
    const step = optimizer.steps;
    if (evaluate !== undefined && evaluated !== step && due(evaluate.every)) {
      evaluated = step;
      yield { kind: 'evaluation', step, result: await evaluation(evaluate.run) };
    }
    if (checkpoint !== undefined && saved !== step && due(checkpoint.every)) {
      const { folder, keep = 2 } = checkpoint;
      const file = await saveTraining(folder, turn++ % keep, { state, position });
      saved = step;
      yield { kind: 'checkpoint', step, file };
    }
  }
  try {
    while (optimizer.steps < steps) {
      const start = performance.now();
      if (start - breath > longestHold) {
        await new Promise((resolve) => setTimeout(resolve));
        breath = performance.now();
      }
      signal?.throwIfAborted();
      const batches: Batch[] = [];
      while (batches.length < accumulate) {
        const { value, done } = await data.next();
        if (done === true) break;
        batches.push(value);
      }
      if (batches.length === 0) break;
      signal?.throwIfAborted();
      position += batches.length;
      const { learningRate } = optimizer;
      const result = stepOver(batches, options);
      const seconds = Math.max(performance.now() - start, 1e-3) / 1000; // clocks of browsers are coarse
      const rate = { learningRate, tokensPerSecond: result.tokens / seconds };
      yield { kind: 'step', step: optimizer.steps, ...result, ...rate };
      yield* report((every) => optimizer.steps % every === 0);
    }
    yield* report(() => true);
  } finally {
    await data.return(undefined);
  }
}
