// Encodings of positions that are compared, and the sizes that all share. Apart from the computation, so that states and texts can know them.

/** All encodings, in the order of their years; none first. */
export const encodings = [
  'none',
  'sinusoidal',
  'learned',
  'shaw',
  'transformerXl',
  't5',
  'rope',
  'alibi',
] as const;

/** One of them. */
export type Encoding = (typeof encodings)[number];

/** Which two numbers of a vector are a pair: neighbours, or one of each half. For sinusoidal and RoPE. */
export const layouts = ['interleaved', 'halves'] as const;

/** One of them. */
export type Layout = (typeof layouts)[number];

/** Width of the words' vectors, heads, and width of a head. */
export const positionSizes = { width: 128, heads: 4, depth: 32 } as const;

/** Distance from which Shaw's vectors are all the same. */
export const shawReach = 8;

/** T5's buckets, and the distance from which all share the last one. */
export const t5Buckets = { buckets: 32, maxDistance: 128 } as const;

/** Words of a sentence that are read. */
export const mostWords = 12;

/** Places by which a sentence can be moved. */
export const shifts = [0, 1, 2, 3, 5, 8, 13, 21, 34] as const;

/** The words of a text: by spaces, Chinese character by character; at most `mostWords`. */
export const wordsOf = (text: string): string[] =>
  (text.match(/\p{Script=Han}|[^\s\p{Script=Han}]+/gu) ?? []).slice(0, mostWords);

/** Other orders in which the words are read: backwards, or the last one first. */
export const orders = ['reversed', 'rotated'] as const;

/** One of them. */
export type WordOrder = (typeof orders)[number];

const { width, heads, depth } = positionSizes;

/** Numbers that an encoding learns in this layer; of a learned table, for 512 places. */
export const learnedNumbers: Readonly<Record<Encoding, number>> = {
  ...{ none: 0, sinusoidal: 0, rope: 0, alibi: 0 },
  learned: 512 * width,
  shaw: (2 * shawReach + 1) * depth,
  transformerXl: width * width + 2 * heads * depth,
  t5: t5Buckets.buckets * heads,
};
