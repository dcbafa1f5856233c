// FlashAttention, forward, tile by tile, with everything that it holds after each tile; beside it the softmax of whole rows, and the notes'
// sum of block softmaxes that are not rescaled. Computed by the library's public states, one tile a turn.

import {
  attention,
  causal,
  dense,
  finishSoftmax,
  type Mask,
  mergeSoftmax,
  type SoftmaxState,
  softmaxBlock,
  tile,
  toTensor,
  traffic,
} from '@heed/attention';
import {
  add,
  exp,
  logicalNot,
  maskedFill,
  matmul,
  mul,
  normal,
  random,
  reshape,
  slice,
  softmax,
  sub,
  sum,
  type Tensor,
  zeros,
} from '@heed/tensor';
import { bytesBefore, bytesOnChip, tileBytes } from './flashBytes.ts';
import type {
  BytesMoved,
  FlashOptions,
  FlashRun,
  FlashStep,
  Interval,
  OutputErrors,
} from './flashOptions.ts';

/** [start, end) of each block; the last may be shorter. */
const blocksOf = (length: number, size: number): Interval[] =>
  Array.from({ length: Math.ceil(length / size) }, (_, index) => [
    index * size,
    Math.min(length, (index + 1) * size),
  ]);

/** A tile's place, and whether the mask leaves it empty. */
type Tile = Pick<FlashStep, 'queries' | 'keys' | 'skipped'>;

/** All tiles in the order of the two loops; the inner one is cut off for each block of the outer. */
const tilesByOuter = (options: FlashOptions, mask: Mask | undefined): Tile[][] => {
  const { length, order } = options;
  const sizes = { batch: 1, heads: 1, queries: length, keys: length };
  const skipped = ([queryStart, queryEnd]: Interval, [keyStart, keyEnd]: Interval): boolean =>
    mask !== undefined && tile(mask, { batch: 0, queryStart, queryEnd, keyStart, keyEnd }, sizes) === 0;
  const byQueries = blocksOf(length, options.blockQueries);
  const byKeys = blocksOf(length, options.blockKeys);
  return order === 'queries'
    ? byQueries.map((queries) => byKeys.map((keys) => ({ queries, keys, skipped: skipped(queries, keys) })))
    : byKeys.map((keys) => byQueries.map((queries) => ({ queries, keys, skipped: skipped(queries, keys) })));
};

const errorsOf = (output: Float32Array, expected: Float32Array): OutputErrors => {
  let [largest, squares] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((output[i] as number) - (expected[i] as number)); // same length
    largest = Math.max(largest, error);
    squares += error * error;
  }
  return { largest, rootMeanSquare: Math.sqrt(squares / expected.length) };
};

/** Rows of a tensor put into a copy of all rows. */
const withRows = (all: Float32Array, rows: Tensor, first: number): Float32Array => {
  const copy = all.slice();
  copy.set(rows.data, first * (rows.shape.at(-1) ?? 1));
  return copy;
};

/** exp(score − maximum) as they stand after the merge, of the block's scores. */
const weightsUnder = (scores: Tensor, { max }: SoftmaxState): Float32Array =>
  exp(sub(scores, max)).data.map((weight) => (Number.isNaN(weight) ? 0 : weight)); // −∞ − −∞: a row that sees nothing yet

/** How the last maximum changes what was gathered under the one before. */
const rescaleOf = (before: SoftmaxState | undefined, { max }: SoftmaxState): Float32Array =>
  max.data.map((top, row) => {
    const old = before?.max.data[row] ?? -Infinity;
    return old === -Infinity ? Number.NaN : Math.exp(old - top);
  });

/** [length, depth] each, and the mask. */
interface Inputs {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly value: Tensor;
  readonly mask: Mask | undefined;
}

const inputsOf = ({ length, depth, causal: hides, seed }: FlashOptions): Inputs => {
  const source = random(seed);
  const drawn = (): Tensor => normal([length, depth], source);
  return { query: drawn(), key: drawn(), value: drawn(), mask: hides ? causal() : undefined };
};

/** q·k / √depth · spread of a rectangle, −∞ where hidden. */
const scoresOf = (
  { query, key, mask }: Inputs,
  { length, depth, spread }: FlashOptions,
  { queries, keys }: Pick<FlashStep, 'queries' | 'keys'>,
): Tensor => {
  const product = matmul(slice(query, 0, ...queries), slice(key, 0, ...keys), { transposeB: true });
  const scores = mul(product, spread / Math.sqrt(depth));
  if (mask === undefined) return scores;
  const sizes = { batch: 1, heads: 1, queries: length, keys: length };
  const seen = reshape(toTensor(mask, sizes, { queries, keys }), scores.shape);
  return maskedFill(scores, logicalNot(seen), Number.NEGATIVE_INFINITY);
};

/** Rows whose Σ exp(score) leaves float32 (or underflows to nothing) when no maximum is subtracted. */
const overflowing = (scores: Tensor): number =>
  Array.from(sum(exp(scores), [-1]).data).filter((total) => !Number.isFinite(total) || total === 0).length;

/** How everything stands between two tiles. */
type Standing = Pick<FlashStep, 'max' | 'sum' | 'output' | 'blockSum' | 'moved'>;

const before = (options: FlashOptions): Standing => ({
  max: new Float32Array(options.length).fill(Number.NEGATIVE_INFINITY),
  sum: new Float32Array(options.length),
  output: new Float32Array(options.length * options.depth),
  blockSum: new Float32Array(options.length * options.depth),
  moved: bytesBefore(options),
});

/** Goes through all tiles: the algorithm itself. */
function* stepsOf(inputs: Inputs, options: FlashOptions): Generator<FlashStep, undefined> {
  const states = new Map<number, SoftmaxState>(); // by the first query of a block
  const sums = new Map<number, Tensor>();
  let now = before(options);
  for (const inner of tilesByOuter(options, inputs.mask)) {
    const visited = inner.filter(({ skipped }) => !skipped);
    for (const place of inner) {
      if (place.skipped) {
        yield { ...place, ...now, weights: new Float32Array(0), rescale: new Float32Array(0) };
        continue;
      }
      const row = place.queries[0];
      const scores = scoresOf(inputs, options, place);
      const values = slice(inputs.value, 0, ...place.keys);
      const block = softmaxBlock(scores, (weights) => matmul(weights, values));
      const old = states.get(row);
      const state = old === undefined ? block : mergeSoftmax(old, block);
      states.set(row, state);
      // What the notes write: O += softmax(S) V, block by block.
      const part = matmul(softmax(scores), values);
      const blockSum = add(sums.get(row) ?? zeros(part.shape), part);
      sums.set(row, blockSum);
      const bytes = tileBytes(options, {
        ...place,
        ...{ first: place === visited[0], last: place === visited.at(-1) },
      });
      now = {
        max: withRows(now.max, state.max, row),
        sum: withRows(now.sum, state.sum, row),
        output: withRows(now.output, finishSoftmax(state), row),
        blockSum: withRows(now.blockSum, blockSum, row),
        moved: { main: now.moved.main + bytes.main, onChip: now.moved.onChip + bytes.onChip },
      };
      yield { ...place, ...now, weights: weightsUnder(scores, state), rescale: rescaleOf(old, state) };
    }
  }
}

/** How many blocks of keys each row sees. */
const blocksSeen = (steps: readonly FlashStep[], length: number): number[] =>
  Array.from(
    { length },
    (_, row) =>
      steps.filter(({ skipped, queries }) => !skipped && row >= queries[0] && row < queries[1]).length,
  );

/** The softmax of whole rows, by the library's dense kernel. */
const denseOutput = ({ query, key, value, mask }: Inputs, options: FlashOptions): Float32Array => {
  const { length, depth, spread } = options;
  const one = (x: Tensor): Tensor => reshape(x, [1, 1, length, depth]);
  const scale = spread / Math.sqrt(depth);
  return attention(one(query), one(key), one(value), { mask, scale, kernel: dense }).data;
};

/** What standard attention moves, forward: one head of float32. */
const standardBytes = ({
  length,
  depth,
  causal: mask,
  blockKeys,
  blockQueries,
}: FlashOptions): BytesMoved => {
  const problem = { batch: 1, heads: 1, queries: length, depth, bytesPerElement: 4, mask };
  const { forward } = traffic(problem, { onChipBytes: 1, blockKeys, blockQueries }).standard; // tiles are given
  return { main: forward.mainBytes, onChip: forward.onChipBytes };
};

/**
 * Runs it to the end.
 *
 * @example
 * flashTiles(standardFlash).errors.at(-1).largest < 1e-6; //=> true
 */
export const flashTiles = (options: FlashOptions): FlashRun => {
  const inputs = inputsOf(options);
  const steps = [...stepsOf(inputs, options)];
  const exact = denseOutput(inputs, options);
  const { length, depth } = options;
  const seen = blocksSeen(steps, length);
  const mean = steps.at(-1)?.blockSum.map((total, at) => total / (seen[Math.floor(at / depth)] ?? 1));
  const whole = { queries: [0, length], keys: [0, length] } as const;
  return {
    ...{ options, steps, dense: exact },
    ...{ query: inputs.query.data, key: inputs.key.data, value: inputs.value.data },
    errors: steps.map(({ output }) => errorsOf(output, exact)),
    blockSumErrors: steps.map(({ blockSum }) => errorsOf(blockSum, exact)),
    meanError: errorsOf(mean ?? exact, exact).largest,
    overflowing: overflowing(scoresOf(inputs, options, whole)),
    standard: standardBytes(options),
    onChip: bytesOnChip(options),
    matrix: 4 * length * length,
  };
};
