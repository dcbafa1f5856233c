// What an encoding looks like, as numbers: its table (by place, or by distance), and the part of a score that it makes by distance. Texts and axes'
// names are the page's.

import { alibi, alibiSlopes, ropeFrequencies, rotationTables, sinusoidal, t5Bias } from '@heed/attention';
import { add, matmul, reshape, slice, type Tensor, transpose } from '@heed/tensor';
import { type Encoding, type Layout, positionSizes, shawReach, t5Buckets } from './positionOptions.ts';
import { layerWeights, placed, relativeVectors } from './positionScores.ts';
import { trainedPositions, trainedRows } from './trainedPositions.ts';

const { width, heads, depth } = positionSizes;

/** Farthest distance in pictures. */
export const farthest = 32;

/** An encoding's own numbers. */
export interface EncodingTable {
  /** What a row is, and its first number: places from 0 on, or distances. */
  readonly rows: {
    readonly kind: 'place' | 'head' | 'distance' | 'number' | 'turn';
    readonly count: number;
    readonly first: number;
  };
  /** What a column is. */
  readonly columns: {
    readonly kind: 'number' | 'distance' | 'place';
    readonly count: number;
    readonly first: number;
  };
  /** [rows, columns] */
  readonly values: Float32Array;
}

const distances = 2 * farthest + 1;

/** A bias by distance of heads, cut to −farthest … farthest. */
const byHead = (table: Tensor, first: number): EncodingTable => ({
  rows: { kind: 'head', count: heads, first: 1 },
  columns: { kind: 'distance', count: distances, first: -farthest },
  values: Float32Array.from(
    { length: heads * distances },
    (_, index) =>
      table.data[
        Math.floor(index / distances) * (table.shape[1] ?? 0) + (index % distances) - farthest - first
      ] ?? 0,
  ),
});

/** A call in which all distances up to the farthest come. */
const whole = { queries: farthest + 1, keys: farthest + 1 } as const;

/** The table of an encoding; undefined for none. */
export const encodingTable = (encoding: Encoding, layout: Layout): EncodingTable | undefined => {
  const places = { kind: 'place', count: trainedRows, first: 0 } as const;
  const numbers = { kind: 'number', count: width, first: 1 } as const;
  switch (encoding) {
    case 'none':
      return undefined;
    case 'sinusoidal':
      return {
        rows: places,
        columns: numbers,
        values: sinusoidal(trainedRows, width, { order: layout }).data,
      };
    case 'learned':
      return { rows: places, columns: numbers, values: trainedPositions().data };
    case 'shaw':
      return {
        rows: { kind: 'distance', count: 2 * shawReach + 1, first: -shawReach },
        columns: { kind: 'number', count: depth, first: 1 },
        values: layerWeights().relativeKeys.data,
      };
    case 'transformerXl':
      return {
        rows: { kind: 'number', count: depth, first: 1 },
        columns: { kind: 'distance', count: distances, first: -farthest },
        values: transpose(slice(relativeVectors(farthest + 1), 0, 0, 1), 1, 2).data, // of head 1
      };
    case 'rope': {
      const { cos } = rotationTables(
        ropeFrequencies(depth),
        Array.from({ length: trainedRows }, (_, i) => i),
      );
      return {
        rows: { kind: 'turn', count: depth / 2, first: 1 },
        columns: places,
        values: transpose(cos, 0, 1).data,
      };
    }
    case 't5': {
      const { table, first } = t5Bias(layerWeights().buckets, {
        ...whole,
        maxDistance: t5Buckets.maxDistance,
      });
      return byHead(table, first);
    }
    case 'alibi': {
      const { table, first } = alibi(alibiSlopes(heads), whole);
      return byHead(table, first);
    }
    default:
      return encoding satisfies never;
  }
};

/** A line of the part of the score by distance. */
export interface DistanceLine {
  /** Whose line: of a head, of a word, of a query at a place, or of all. */
  readonly of:
    | { readonly kind: 'head' | 'place'; readonly index: number }
    | { readonly kind: 'word'; readonly word: string }
    | { readonly kind: 'all' };
  /** x is the distance of the key from the query. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const line = (of: DistanceLine['of'], at: (distance: number) => number | undefined): DistanceLine => ({
  of,
  points: Array.from({ length: distances }, (_, index) => index - farthest).flatMap((x) => {
    const y = at(x);
    return y === undefined ? [] : [{ x, y }];
  }),
});

/** q·rotated k of one vector with itself, a number 1 in each place: the mean of the pairs' cosines. */
const turned = (distance: number): number => {
  const { rates } = ropeFrequencies(depth);
  return rates.reduce((sum, rate) => sum + Math.cos(distance * rate), 0) / rates.length;
};

/** Products of the rows of a table with one row of it, over that row's with itself. */
const productsWith = (table: Tensor, row: number): Float32Array => {
  const products = matmul(table, table, { transposeB: true });
  const count = table.shape[0] ?? 0;
  const own = products.data[row * count + row] ?? 1;
  return products.data.slice(row * count, (row + 1) * count).map((product) => product / own);
};

/** Places whose products with all others are shown of tables by place. */
const shownPlaces = [8, 32, 56] as const;

const firstAndLast = (words: readonly string[]): number[] => [
  ...new Set([0, words.length - 1].filter((index) => index >= 0)),
];

/**
 * Lines of the score by distance. Tables by place: products of place vectors, each over the place's with itself. RoPE: the score of a vector with itself.
 * Shaw and Transformer-XL: the term of the first and of the last word in head 1, as queries. ALiBi and T5: what is added, a line a head.
 */
export const distanceLines = (
  encoding: Encoding,
  layout: Layout,
  words: readonly string[],
): readonly DistanceLine[] => {
  switch (encoding) {
    case 'none':
      return [line({ kind: 'all' }, () => 0)];
    case 'sinusoidal':
    case 'learned': {
      const table =
        encoding === 'learned' ? trainedPositions() : sinusoidal(trainedRows, width, { order: layout });
      return shownPlaces.map((place) => {
        const products = productsWith(table, place);
        return line({ kind: 'place', index: place }, (distance) => products[place + distance]);
      });
    }
    case 'rope':
      return [line({ kind: 'all' }, turned)];
    case 't5':
    case 'alibi': {
      const values = encodingTable(encoding, layout)?.values ?? new Float32Array(0);
      return Array.from({ length: heads }, (_, head) =>
        line({ kind: 'head', index: head + 1 }, (distance) => values[head * distances + distance + farthest]),
      );
    }
    case 'shaw':
    case 'transformerXl': {
      const terms = contentTerms(encoding, words);
      return firstAndLast(words).map((index) =>
        line(
          { kind: 'word', word: words[index] ?? '' },
          (distance) => terms[index * distances + distance + farthest],
        ),
      );
    }
    default:
      return encoding satisfies never;
  }
};

/** The term that a query of head 1 makes at each distance: [words, distances]. */
const contentTerms = (encoding: 'shaw' | 'transformerXl', words: readonly string[]): Float32Array => {
  const own = layerWeights();
  const { query } = placed(words, 'none', 'halves'); // as projected
  const rows = reshape(query, [heads, words.length, depth]);
  if (encoding === 'shaw') {
    const near = matmul(rows, own.relativeKeys, { transposeB: true }).data; // head 1 is first
    const count = 2 * shawReach + 1;
    return Float32Array.from({ length: words.length * distances }, (_, index) => {
      const distance = Math.max(-shawReach, Math.min(shawReach, (index % distances) - farthest));
      return (near[Math.floor(index / distances) * count + distance + shawReach] ?? 0) / Math.sqrt(depth);
    });
  }
  const biased = add(rows, reshape(own.positionBias, [heads, 1, depth]));
  const products = matmul(biased, transpose(relativeVectors(farthest + 1), 1, 2));
  return products.data.slice(0, words.length * distances).map((product) => product / Math.sqrt(depth));
};
