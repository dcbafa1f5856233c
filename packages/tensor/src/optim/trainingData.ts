// Where the batches of a training come from: anything that can be gone through again from a place, so that a resumed run sees what the
// uninterrupted one would have seen.

import { random } from '../random.ts';

/**
 * Batches in order: an array or another (async) iterable, gone through once and skipped up to the place of a resumed run; or a function
 * that begins at batch number `position`, for data that can be sought or made again. Training ends where the data end.
 */
export type TrainingData<Batch> =
  | Iterable<Batch>
  | AsyncIterable<Batch>
  | ((position: number) => Iterable<Batch> | AsyncIterable<Batch>);

/** The batches from `position` on. The iterator below is closed when this one is. */
export async function* batchesFrom<Batch>(
  data: TrainingData<Batch>,
  position: number,
): AsyncGenerator<Batch, undefined> {
  const seekable = typeof data === 'function';
  let skip = seekable ? 0 : position;
  for await (const batch of seekable ? data(position) : data) {
    if (skip > 0) skip--;
    else yield batch;
  }
}

/** How `shuffled` makes batches. */
export interface ShuffledOptions {
  /** Items a batch. What is left at the end of an epoch and does not fill one waits for no one: it is left out. */
  readonly size: number;
  /** Decides the order of every epoch. */
  readonly seed: number;
  /** Times through the items. Default: without end, `steps` ends the training. */
  readonly epochs?: number;
}

/**
 * Batches of items in an order that is new in each epoch, as data for `train`: a function of the position and the seed alone, so nothing
 * need be remembered to go on anywhere.
 *
 * @example
 * const data = shuffled([1, 2, 3, 4, 5], { size: 2, seed: 7, epochs: 3 });
 * [...data(0)].length; //=> 6
 */
export const shuffled = <T>(
  items: readonly T[],
  { size, seed, epochs = Infinity }: ShuffledOptions,
): ((position: number) => Generator<T[], void>) => {
  const each = Math.floor(items.length / size);
  if (!Number.isInteger(size) || size < 1 || each < 1)
    throw new RangeError(
      `shuffled: size ${size} of ${items.length} items; expected a whole number from 1 to the number of items.`,
    );
  return function* (position) {
    const first = Math.floor(position / each);
    const source = random(seed);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const own = source.split(); // one an epoch, also of those that are over
      if (epoch < first) continue;
      const order = own.shuffle(items);
      for (let batch = epoch === first ? position % each : 0; batch < each; batch++)
        yield order.slice(batch * size, (batch + 1) * size);
    }
  };
};
