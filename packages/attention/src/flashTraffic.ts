// flashTraffic: the steps of FlashAttention, line by line: a block of keys and values stays on chip while all queries pass by.
// Dao 2022 (arXiv:2205.14135), algorithms 1 and 4. Dropout costs no traffic: it is drawn again.

import { elementsOf, productElements } from './standardTraffic.ts';
import type { TrafficSizes, TrafficStep } from './traffic.ts';

/** Bytes of a running maximum or sum: float32. */
const rowBytes = 4;

const step = (name: string, mainBytes: number, rest: Partial<TrafficStep> = {}): TrafficStep => ({
  ...{ name, mainBytes, onChipBytes: mainBytes, productFlops: 0, elementFlops: 0 },
  ...rest,
});

/** Forward and backward steps of FlashAttention. */
export const flashPasses = (
  sizes: TrafficSizes,
): { readonly forward: readonly TrafficStep[]; readonly backward: readonly TrafficStep[] } => {
  const { query, key, value, output, rows, scores: all } = elementsOf(sizes);
  const { bytesPerElement: bytes, depth, valueDepth, visited, mask, dropout } = sizes;
  const [r, c] = [Math.min(sizes.blockQueries, sizes.queries), Math.min(sizes.blockKeys, sizes.keys)];
  /** Times that each row of queries passes by. */
  const passes = sizes.keyBlocks * visited;
  const s = all * visited;
  /** A product of tiles that are on chip already. */
  const product = (
    name: string,
    depthOf: number,
    tile: readonly [number, number],
    written: number,
  ): TrafficStep =>
    step(name, 0, {
      onChipBytes: productElements(s * depthOf, tile, written) * bytes,
      productFlops: 2 * s * depthOf,
    });
  const element = (name: string, operations: number, moved: number): TrafficStep =>
    step(name, 0, { onChipBytes: moved * s * bytes, elementFlops: operations * s });
  const extra = (mask ? 1 : 0) + (dropout ? 2 : 0);
  return {
    forward: [
      step('zero output, maxima, sums', output * bytes + 2 * rows * rowBytes),
      step('read keys and values', (key + value) * bytes),
      step(
        'read queries, output, maxima, sums; write output, maxima, sums',
        passes * ((query + 2 * output) * bytes + 4 * rows * rowBytes),
      ),
      product('scores', depth, [r, c], s),
      element('weights: max, subtract, exp, sum', 4 + extra, 2),
      product('output', valueDepth, [r, valueDepth], passes * output),
      // diag(l)⁻¹ (diag(l) e^(m − m′) O + e^(m̃ − m′) P̃V): three operations an element of O, ten a row.
      step('rescaling of output, maxima, sums', 0, { elementFlops: passes * (3 * output + 10 * rows) }),
    ],
    backward: [
      step('zero gradients', (query + key + value) * bytes),
      step('read keys and values', (key + value) * bytes),
      step(
        'read queries, output, its gradient, query gradient, maxima, sums; write query gradient',
        passes * ((3 * query + 2 * output) * bytes + 2 * rows * rowBytes),
      ),
      product('scores', depth, [r, c], s),
      element('weights: subtract, exp, divide', 3 + extra, 2),
      product('value gradient', valueDepth, [c, valueDepth], value * visited),
      product('weight gradient', valueDepth, [r, c], s),
      step('rows of gradient · output', 0, { elementFlops: passes * 2 * output }),
      element('score gradient: subtract, multiply', 2 + (dropout ? 2 : 0), 3),
      product('query gradient', depth, [r, depth], passes * query),
      product('key gradient', depth, [c, depth], key * visited),
      step('write key and value gradients', (key + value) * bytes),
    ],
  };
};
