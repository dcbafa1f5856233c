// The pattern of one head: how much of its attention goes to the token before, after, to itself, to the first or special tokens, to the same
// word elsewhere; and by the largest of these its name. Descriptive: a name says where it looks on this text, not what it is for.

import { attentionStatistics } from './attentionStatistics.ts';

/** What a head may look at. */
export const patternKinds = ['previous', 'next', 'self', 'sink', 'same'] as const;

/** One of them. */
export type PatternKind = (typeof patternKinds)[number];

/** A name: one of the kinds, spread over all, or none of these. */
export type PatternName = PatternKind | 'broad' | 'mixed';

/** What a head does on one text. */
export interface HeadPattern {
  readonly name: PatternName;
  /** Mean share of a look, 0 … 1, over the tokens for which there is such a place; NaN where there is none. */
  readonly shares: Readonly<Record<PatternKind, number>>;
  /** What the same places would get if all tokens were looked at alike. */
  readonly chances: Readonly<Record<PatternKind, number>>;
  /** Mean entropy of a look in bits, and the most that there could be. */
  readonly entropy: number;
  readonly mostEntropy: number;
}

/** Which tokens a map is of. */
export interface PatternTokens {
  readonly tokens: readonly string[];
  /** Tokens that the model adds, as [CLS] and [SEP]. Empty: the first token is the sink. */
  readonly special: readonly number[];
}

/** A kind names a head that gives it at least so much of its looks, and twice what chance would. */
export const leastShare = 0.3;
/** A head is broad whose entropy is at least this share of the most. */
export const broadFrom = 0.85;

/** Which keys count as a kind for a query. */
const placesOf = (
  kind: PatternKind,
  query: number,
  { words, sinks }: { readonly words: readonly string[]; readonly sinks: readonly number[] },
): readonly number[] => {
  switch (kind) {
    case 'previous':
      return query > 0 ? [query - 1] : [];
    case 'next':
      return query + 1 < words.length ? [query + 1] : [];
    case 'self':
      return [query];
    case 'sink':
      return sinks.includes(query) ? [] : sinks;
    case 'same':
      return sinks.includes(query)
        ? []
        : words.flatMap((word, key) => (word === words[query] && key !== query ? [key] : []));
    default:
      return kind satisfies never;
  }
};

/**
 * The pattern of a map of n × n weights, n tokens; for none the name is 'mixed' and the shares are NaN.
 *
 * @example
 * headPattern(new Float32Array([1, 0, 1, 0]), { tokens: ['a', 'b'], special: [] }).shares.previous; //=> 1
 */
export const headPattern = (weights: Float32Array, { tokens, special }: PatternTokens): HeadPattern => {
  const n = tokens.length;
  const { entropy } = attentionStatistics(weights, n);
  const mostEntropy = Math.log2(Math.max(1, n));
  const sinks = special.length > 0 ? special : [0];
  const words = tokens.map((token, index) => (special.includes(index) ? `\0${index}` : token.toLowerCase()));
  const measured = patternKinds.map((kind) => {
    let [share, chance, rows] = [0, 0, 0];
    for (let query = 0; query < n; query++) {
      const places = placesOf(kind, query, { words, sinks });
      if (places.length === 0) continue;
      for (const key of places) share += weights[query * n + key] as number; // inside n × n
      chance += places.length / n;
      rows++;
    }
    return { kind, share: share / rows, chance: chance / rows }; // NaN where there is no such place
  });
  const [best] = measured
    .filter(({ share, chance }) => share >= leastShare && share >= 2 * chance)
    .sort((a, b) => b.share - a.share);
  const broad = n > 1 && entropy >= broadFrom * mostEntropy;
  return {
    name: best?.kind ?? (broad ? 'broad' : 'mixed'),
    shares: Object.fromEntries(measured.map(({ kind, share }) => [kind, share])) as HeadPattern['shares'], // all kinds
    chances: Object.fromEntries(measured.map(({ kind, chance }) => [kind, chance])) as HeadPattern['chances'],
    ...{ entropy, mostEntropy },
  };
};

/** Share of all attention of a map that falls on some of its tokens, 0 … 1. */
export const shareOn = (weights: Float32Array, n: number, keys: readonly number[]): number => {
  let sum = 0;
  for (let query = 0; query < n; query++) for (const key of keys) sum += weights[query * n + key] ?? 0;
  return n === 0 ? 0 : sum / n;
};
