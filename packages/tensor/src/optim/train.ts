// The training loop: batches in, events out. All that changes a result is an option; a loop of your own over `trainingStep`, `backward` and
// `optimizer.step` gives the same numbers.

import { backward, type Gradients } from '../backward.ts';
import type { Pass } from '../nn/pass.ts';
import { trainingStep } from '../region.ts';
import { clipGradientValues, gradientNorm, scaleGradients } from './clip.ts';
import type { MovingAverage } from './movingAverage.ts';
import type { Optimizer } from './optimizer.ts';
import { newestTraining, restoreTraining, saveTraining, type TrainingState } from './trainingCheckpoint.ts';
import { batchesFrom } from './trainingData.ts';
import type { TrainEvent, TrainOptions } from './trainOptions.ts';

interface StepResult {
  readonly loss: number;
  readonly gradientNorm: number;
  readonly tokens: number;
}

/** Longest time without letting timers, messages and aborts have their turn, milliseconds: two frames of a screen. */
const longestHold = 33;

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

/** Where a training stands, beside what model, optimizer, average and random hold themselves. */
interface Progress {
  /** Batches read. */
  position: number;
  /** Name of the next checkpoint. */
  turn: number;
  /** Steps after which the last checkpoint and evaluation were made; undefined: none yet. */
  saved: number | undefined;
  evaluated: number | undefined;
}

/** Goes on from the newest checkpoint, or begins. */
const beginOrResume = async <Batch, Evaluation>(
  { checkpoint, optimizer }: TrainOptions<Batch, Evaluation>,
  state: TrainingState,
): Promise<Progress> => {
  const newest = checkpoint && (await newestTraining(checkpoint.folder));
  if (checkpoint === undefined || newest === undefined)
    return { position: 0, turn: 0, saved: undefined, evaluated: undefined };
  const position = await restoreTraining(checkpoint.folder, newest.turn, state);
  return { position, turn: newest.turn + 1, saved: optimizer.steps, evaluated: undefined };
};

const evaluateOnAverage = async <T>(
  run: () => T | Promise<T>,
  average: MovingAverage | undefined,
): Promise<T> => {
  using _ = average?.apply();
  return await run();
};

/** Evaluates and saves, each if it is due and was not done after this step. */
async function* report<Batch, Evaluation>(
  { evaluate, checkpoint, average, optimizer: { steps: step } }: TrainOptions<Batch, Evaluation>,
  due: (every: number) => boolean,
  { state, progress }: { readonly state: TrainingState; readonly progress: Progress },
): AsyncGenerator<TrainEvent<Evaluation>, void> {
  if (evaluate !== undefined && progress.evaluated !== step && due(evaluate.every)) {
    progress.evaluated = step;
    yield { kind: 'evaluation', step, result: await evaluateOnAverage(evaluate.run, average) };
  }
  if (checkpoint !== undefined && progress.saved !== step && due(checkpoint.every)) {
    const { folder, keep = 2 } = checkpoint;
    const file = await saveTraining(folder, progress.turn++ % keep, { state, position: progress.position });
    progress.saved = step;
    yield { kind: 'checkpoint', step, file };
  }
}

/** The next `count` batches, fewer where the data end. */
const take = async <Batch>(data: AsyncIterator<Batch, undefined>, count: number): Promise<Batch[]> => {
  const batches: Batch[] = [];
  while (batches.length < count) {
    const { value, done } = await data.next();
    if (done === true) break;
    batches.push(value);
  }
  return batches;
};

const checkCounts = <Batch, Evaluation>(options: TrainOptions<Batch, Evaluation>): void => {
  const { steps, accumulate, evaluate, checkpoint } = options;
  const counts = { steps, accumulate, 'evaluate.every': evaluate?.every };
  const more = { 'checkpoint.every': checkpoint?.every, 'checkpoint.keep': checkpoint?.keep };
  for (const [name, value] of Object.entries({ ...counts, ...more }))
    if (value !== undefined && !(Number.isInteger(value) && value >= 1))
      throw new RangeError(`train: ${name} is ${value}; expected a whole number from 1.`);
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
  checkCounts(options);
  const { model, optimizer, average, random, steps = Infinity, accumulate = 1, signal } = options;
  const state: TrainingState = { model, optimizer, average, random };
  const progress = await beginOrResume(options, state);
  if (progress.saved !== undefined) yield { kind: 'resume', step: progress.saved };
  const data = batchesFrom(options.data, progress.position);
  let breath = performance.now();
  try {
    while (optimizer.steps < steps) {
      const start = performance.now();
      if (start - breath > longestHold) {
        await new Promise((resolve) => setTimeout(resolve));
        breath = performance.now();
      }
      signal?.throwIfAborted();
      const batches = await take(data, accumulate);
      if (batches.length === 0) break;
      signal?.throwIfAborted();
      progress.position += batches.length;
      const { learningRate } = optimizer;
      const result = stepOver(batches, options);
      const seconds = Math.max(performance.now() - start, 1e-3) / 1000; // clocks of browsers are coarse
      const rates = { learningRate, tokensPerSecond: result.tokens / seconds };
      yield { kind: 'step', step: optimizer.steps, ...result, ...rates };
      yield* report(options, (every) => optimizer.steps % every === 0, { state, progress });
    }
    yield* report(options, () => true, { state, progress });
  } finally {
    await data.return(undefined);
  }
}
