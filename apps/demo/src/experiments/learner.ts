// A small net that learns to tell two spirals apart, step by step: what each step says, how the net does on points that it has not seen,
// and its decision in every place of the plane. It knows nothing of pages and workers, and keeps no time.

import {
  argmax,
  backward,
  crossEntropy,
  gather,
  integers,
  noGrad,
  random,
  softmax,
  Tensor,
} from '@heed/tensor';
import { countParameters, initialize, parameters } from '@heed/tensor/nn';
import { adam, adamW, clipGradients, gradientNorm, type Optimizer, sgd } from '@heed/tensor/optim';
import type { LearningOptions } from './learningOptions.ts';
import { rateSchedule } from './rateSchedule.ts';
import { ResidualNet } from './residualNet.ts';
import { type Spirals, spirals } from './spirals.ts';

/** One step. */
export interface LearningStep {
  /** Steps taken, this one included. */
  readonly step: number;
  /** Mean cross-entropy of the step's points, nats; Infinity once the weights have left the range of float32. */
  readonly loss: number;
  readonly rate: number;
  /** Common norm of all gradients, before clipping. */
  readonly norm: number;
  /** Norm of the weight's gradient of each layer: the first, the blocks, the last. */
  readonly layers: readonly number[];
  /** ‖change of the weights‖ / ‖weights‖. */
  readonly change: number;
}

/** How the net does on points that it has not been trained on. */
export interface HeldOut {
  readonly loss: number;
  /** Share of points in the right class, 0 … 1. */
  readonly accuracy: number;
}

/** A net in training. */
export interface Learner {
  readonly options: LearningOptions;
  readonly parameters: number;
  /** The points that it learns from. */
  readonly points: Spirals;
  step(): LearningStep;
  heldOut(): HeldOut;
  /** Probability of the second class at the middles of side × side cells that cover −1.1 … 1.1, row by row from the top. */
  surface(side: number): Float32Array;
}

const width = 32;
const points = 400;
/** Points a step. */
const batch = 64;
/** How far the drawn plane reaches from the middle. */
const reach = 1.1;

const optimizerOf = (net: ResidualNet, options: LearningOptions): Optimizer => {
  const weights = parameters(net);
  const learningRate = rateSchedule(options);
  switch (options.optimizer) {
    case 'sgd':
      return sgd(weights, { learningRate });
    case 'momentum':
      return sgd(weights, { learningRate, momentum: 0.9 });
    case 'adam':
      return adam(weights, { learningRate });
    case 'adamW':
      return adamW(weights, { learningRate });
    default:
      return options.optimizer satisfies never;
  }
};

const norm = (values: Float32Array): number => {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
};

/** ‖after − before‖ / ‖before‖ over all weights. */
const relativeChange = (before: readonly Float32Array[], after: readonly Float32Array[]): number => {
  let [change, size] = [0, 0];
  for (const [index, old] of before.entries()) {
    const now = after[index] ?? old;
    for (let i = 0; i < old.length; i++) {
      const value = old[i] as number; // i < length, here and below
      change += ((now[i] as number) - value) ** 2;
      size += value * value;
    }
  }
  return Math.sqrt(change / size);
};

/** What a step says when there is nothing left to learn from: no update, no gradient. */
const diverged = (layers: number): Omit<LearningStep, 'step'> => ({
  loss: Infinity,
  rate: 0,
  norm: 0,
  layers: new Array<number>(layers).fill(0),
  change: 0,
});

/** The middles of the cells, [side², 2]. */
const grid = (side: number): Tensor => {
  const data = new Float32Array(2 * side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const at = 2 * (row * side + column);
      data[at] = reach * ((2 * column + 1) / side - 1);
      data[at + 1] = reach * (1 - (2 * row + 1) / side);
    }
  return new Tensor('float32', [side * side, 2], data);
};

/**
 * A learner with a fresh net. The same options give the same training.
 *
 * @example
 * const learner = newLearner(standardLearning);
 * learner.step().loss; // about 0.8: guessing would be ln 2 = 0.69
 */
export const newLearner = (options: LearningOptions): Learner => {
  const { seed } = options;
  const net = initialize(new ResidualNet(options.blocks, width), random(seed));
  const optimizer = optimizerOf(net, options);
  const seen = spirals(points, random(seed + 1));
  const unseen = spirals(points, random(seed + 2));
  const source = random(seed + 3);
  const layers = [net.first, ...net.blocks.map(({ linear }) => linear), net.last];
  const weights = [...parameters(net).values()];
  let stuck = 0;
  return {
    options,
    parameters: countParameters(net),
    points: seen,
    step() {
      const drawn = Array.from({ length: batch }, () => source.integer(points));
      const labels = integers(drawn.map((point) => seen.labels.data[point] ?? 0));
      const loss = crossEntropy(net.forward(gather(seen.inputs, integers(drawn))), labels);
      const { learningRate } = optimizer;
      if (!Number.isFinite(loss.item()))
        return { ...diverged(layers.length), step: ++stuck + optimizer.steps };
      const gradients = backward(loss);
      const before = weights.map(({ data }) => data.slice());
      optimizer.step(options.clip === 0 ? gradients : clipGradients(gradients, options.clip));
      return {
        step: optimizer.steps,
        loss: loss.item(),
        rate: learningRate,
        norm: gradientNorm(gradients),
        layers: layers.map(({ weight }) => norm(gradients.get(weight)?.data ?? new Float32Array())),
        change: relativeChange(
          before,
          weights.map(({ data }) => data),
        ),
      };
    },
    heldOut: () =>
      noGrad(() => {
        const scores = net.forward(unseen.inputs);
        const chosen = argmax(scores, -1).data;
        const right = chosen.filter((label, point) => label === unseen.labels.data[point]).length;
        const loss = crossEntropy(scores, unseen.labels).item();
        return { loss: Number.isNaN(loss) ? Infinity : loss, accuracy: right / points };
      }),
    surface: (side) =>
      noGrad(() => {
        const shares = softmax(net.forward(grid(side)), -1).data.filter((_, index) => index % 2 === 1);
        return shares.map((share) => (Number.isNaN(share) ? 0.5 : share));
      }),
  };
};
