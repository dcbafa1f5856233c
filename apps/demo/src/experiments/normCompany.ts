// How much a sequence's normalized values depend on the others of its batch: not at all with LayerNorm; with BatchNorm they move with
// the company, and with the zeros that lengths are padded with. No training: one norm, one sequence, many batches.

import { batchNorm, layerNorm, permute, type Random, random, Tensor } from '@heed/tensor';
import { batchSizes } from './normOptions.ts';

/** Change of the watched sequence's values as a share of their size; RMS. */
export interface Change {
  /** Batch size, or padded length. */
  readonly at: number;
  readonly layer: number;
  readonly batch: number;
}

/** The two ways in which others may matter. */
export interface NormCompany {
  /** By batch size: from one draw of the others to the next. */
  readonly byCompany: readonly Change[];
  /** By the length to which a batch of sequences of length 8 is padded: from the unpadded batch. */
  readonly byPadding: readonly Change[];
}

const channels = 16;
/** Length of the watched sequence and of its company. */
const length = 8;
/** Lengths that a batch is padded to. */
const paddedLengths = [8, 10, 12, 16, 24, 32, 64] as const;
/** Sequences in the batch that is padded. */
const paddedBatch = 8;
/** Draws of the company. */
const draws = 24;

/** Features have a mean that is not 0, as after any ReLU. */
const features = (count: number, source: Random): Float32Array =>
  Float32Array.from({ length: count }, () => 1 + source.normal());

/** Rows of sequences → [rows, padded length, channels]; behind each stand zeros. */
const padded = (rows: readonly Float32Array[], to: number): Tensor => {
  const data = new Float32Array(rows.length * to * channels);
  for (const [row, values] of rows.entries()) data.set(values, row * to * channels);
  return new Tensor('float32', [rows.length, to, channels], data);
};

/** The first sequence's values after a norm, without its padding. */
const norms = {
  layer: (x: Tensor): Float32Array => layerNorm(x).data.slice(0, length * channels),
  batch: (x: Tensor): Float32Array =>
    permute(batchNorm(permute(x, [0, 2, 1])).output, [0, 2, 1]).data.slice(0, length * channels),
};

/** RMS distance of the rows from their mean, or from a given row, as a share of its RMS. */
const spread = (rows: readonly Float32Array[], from?: Float32Array): number => {
  let [deviation, size] = [0, 0];
  for (let i = 0; i < length * channels; i++) {
    const values = rows.map((row) => row[i] ?? 0);
    const center = from?.[i] ?? values.reduce((sum, value) => sum + value, 0) / rows.length;
    for (const value of values) deviation += (value - center) ** 2 / rows.length;
    size += center ** 2;
  }
  return Math.sqrt(deviation / size);
};

/**
 * The watched sequence in changing company, and in the same company with more padding.
 *
 * @example
 * normCompany(1).byCompany[0]; // { at: 2, layer: 0, batch: about 0.2 }
 */
export const normCompany = (seed: number): NormCompany => {
  const source = random(seed);
  const own = features(length * channels, source);
  const company = (count: number): Float32Array[] => [
    own,
    ...Array.from({ length: count - 1 }, () => features(length * channels, source)),
  ];
  const same = company(paddedBatch);
  const unpadded = padded(same, length);
  return {
    byCompany: batchSizes.map((size) => {
      const batches = Array.from({ length: draws }, () => padded(company(size), length));
      return {
        at: size,
        layer: spread(batches.map(norms.layer)),
        batch: spread(batches.map(norms.batch)),
      };
    }),
    byPadding: paddedLengths.map((to) => {
      const longer = padded(same, to);
      return {
        at: to,
        layer: spread([norms.layer(longer)], norms.layer(unpadded)),
        batch: spread([norms.batch(longer)], norms.batch(unpadded)),
      };
    }),
  };
};
