// LayerNorm against BatchNorm: the same net on the two spirals, normalized one way or the other, by batch size.

import {
  argmax,
  backward,
  crossEntropy,
  gather,
  integers,
  noGrad,
  type Random,
  random,
  relu,
  type Tensor,
} from '@heed/tensor';
import {
  BatchNorm,
  initialize,
  kaimingNormal,
  LayerNorm,
  Linear,
  type Pass,
  parameters,
} from '@heed/tensor/nn';
import { adam } from '@heed/tensor/optim';
import { type NormCase, type NormKind, type NormOutcome, normSteps } from './normOptions.ts';
import { type Spirals, spirals } from './spirals.ts';

const width = 32;
const layers = 4;
const points = 400;
/** Steps whose losses are averaged at the end. */
const tail = 100;

/** Layers of Linear, norm, ReLU; BatchNorm learns from the batch in a training pass and uses what it has learnt in any other. */
class NormedNet {
  readonly linears: readonly Linear[];
  readonly norms: readonly (LayerNorm | BatchNorm)[];
  readonly last: Linear;

  constructor(norm: NormKind) {
    this.linears = Array.from(
      { length: layers },
      (_, layer) => new Linear(layer === 0 ? 2 : width, width, { initializer: kaimingNormal() }),
    );
    this.norms = this.linears.map(() => (norm === 'layer' ? new LayerNorm(width) : new BatchNorm(width)));
    this.last = new Linear(width, 2);
  }

  forward(points: Tensor, pass: Pass): Tensor {
    let x = points;
    for (const [layer, linear] of this.linears.entries()) {
      const norm = this.norms[layer];
      const scores = linear.forward(x);
      x = relu(norm instanceof BatchNorm ? norm.forward(scores, pass) : (norm?.forward(scores) ?? scores));
    }
    return this.last.forward(x);
  }
}

const right = (scores: Tensor, labels: ArrayLike<number>): number =>
  argmax(scores, -1).data.filter((label, point) => label === labels[point]).length;

/** Share of the points in the right class, judged `batch` at a time in training passes: what is left over at the end is not judged. */
const accuracyByBatch = (
  net: NormedNet,
  { inputs, labels }: Spirals,
  { batch, source }: { readonly batch: number; readonly source: Random },
): number => {
  const order = source.shuffle(Array.from({ length: points }, (_, point) => point));
  let [count, good] = [0, 0];
  for (let begin = 0; begin + batch <= points; begin += batch) {
    const drawn = order.slice(begin, begin + batch);
    const scores = net.forward(gather(inputs, integers(drawn)), { random: source });
    good += right(
      scores,
      drawn.map((point) => labels.data[point] ?? 0),
    );
    count += batch;
  }
  return good / count;
};

/**
 * Trains one net, yielding after each step so that the caller may stop or let others have a turn; returns how it ended.
 *
 * @example
 * const training = trainNormed({ norm: 'batch', batch: 4, rate: 0.003, seed: 1 });
 * let next = training.next();
 * while (!next.done) next = training.next();
 * next.value.accuracy; // about 0.7
 */
export function* trainNormed(options: NormCase): Generator<undefined, NormOutcome> {
  const { norm, batch, rate, seed } = options;
  const net = initialize(new NormedNet(norm), random(seed));
  const optimizer = adam(parameters(net), { learningRate: rate });
  const seen = spirals(points, random(seed + 1));
  const unseen = spirals(points, random(seed + 2));
  const source = random(seed + 3);
  let loss = 0;
  for (let step = 0; step < normSteps; step++) {
    const drawn = Array.from({ length: batch }, () => source.integer(points));
    const labels = integers(drawn.map((point) => seen.labels.data[point] ?? 0));
    const now = crossEntropy(net.forward(gather(seen.inputs, integers(drawn)), { random: source }), labels);
    if (step >= normSteps - tail) loss += now.item() / tail;
    optimizer.step(backward(now));
    yield;
  }
  const accuracy = noGrad(() => right(net.forward(unseen.inputs, {}), unseen.labels.data)) / points;
  // Last, since passes with a random source move the running statistics.
  const batchAccuracy = noGrad(() => accuracyByBatch(net, unseen, { batch, source }));
  return { ...options, loss, accuracy, batchAccuracy };
}
