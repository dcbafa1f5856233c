// How a tokenizer fares on a corpus: the numbers by which vocabularies and granularities are compared.
import { isWhitespace } from './characters.ts';
import type { Encoding } from './encoding.ts';
import type { Tokenizer } from './tokenizer.ts';

/** The numbers of one tokenizer on one corpus; rates are from 0 to 1, and 0 where there was nothing to count. */
export interface Report {
  texts: number;
  /** Code points. */
  characters: number;
  /** Runs of characters that are not white space. */
  words: number;
  /** Tokens, special ones left out. */
  tokens: number;
  /** Tokens of a text: the fewest, the mean, the most. */
  length: { shortest: number; mean: number; longest: number };
  /** Tokens a word. */
  fertility: number;
  /** Characters a token. */
  charactersPerToken: number;
  /** Share of words of which at least a part is unknown: the out-of-vocabulary rate. */
  oovRate: number;
  /** Share of tokens that are the unknown token. */
  unknownRate: number;
  /** Share of the vocabulary that was met at least once. */
  vocabularyUse: number;
}

/**
 * Encodes every text of a corpus, without special tokens, and counts.
 *
 * @example report(characterTokenizer(['ab']), ['ab ba']).fertility; //=> 2.5 (the blank is a token, too)
 */
export function report(tokenizer: Tokenizer, corpus: Iterable<string>): Report {
  const { unknownId, vocabularySize } = tokenizer;
  const met = new Set<number>();
  const sum = { texts: 0, characters: 0, words: 0, tokens: 0, unknownWords: 0, unknownTokens: 0 };
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (const text of corpus) {
    const encoding = tokenizer.encode(text, { addSpecialTokens: false });
    const words = wordsOf(text);
    sum.texts += 1;
    for (const _ of text) sum.characters += 1;
    sum.words += words.length / 2;
    sum.tokens += encoding.length;
    sum.unknownWords += countUnknownWords(encoding, words, unknownId);
    for (const id of encoding.ids) {
      met.add(id);
      if (id === unknownId) sum.unknownTokens += 1;
    }
    shortest = Math.min(shortest, encoding.length);
    longest = Math.max(longest, encoding.length);
  }
  const { texts, characters, words, tokens } = sum;
  return {
    ...{ texts, characters, words, tokens },
    length: { shortest: texts === 0 ? 0 : shortest, mean: rate(tokens, texts), longest },
    fertility: rate(tokens, words),
    charactersPerToken: rate(characters, tokens),
    oovRate: rate(sum.unknownWords, words),
    unknownRate: rate(sum.unknownTokens, tokens),
    vocabularyUse: rate(met.size, vocabularySize),
  };
}

function rate(count: number, of: number): number {
  return of === 0 ? 0 : count / of;
}

// `[start, end, …]` of the words, in UTF-16 units. No white space lies outside the basic plane.
function wordsOf(text: string): number[] {
  const words: number[] = [];
  let start = -1;
  for (let at = 0; at <= text.length; at++) {
    const blank = at === text.length || isWhitespace(text.charCodeAt(at));
    if (!blank && start < 0) start = at;
    if (blank && start >= 0) {
      words.push(start, at);
      start = -1;
    }
  }
  return words;
}

// Tokens and words are both in order, so one walk over the two is enough.
function countUnknownWords(
  { ids, offsets }: Encoding,
  words: readonly number[],
  unknownId: number | undefined,
): number {
  let count = 0;
  let word = 0;
  let counted = -1;
  for (let token = 0; token < ids.length; token++) {
    if (ids[token] !== unknownId) continue;
    const start = offsets[2 * token] ?? 0;
    const end = offsets[2 * token + 1] ?? 0;
    while (word < words.length && (words[word + 1] ?? 0) <= start) word += 2;
    for (; word < words.length && (words[word] ?? 0) < end; word += 2) {
      if (word !== counted) count += 1;
      counted = word;
      if ((words[word + 1] ?? 0) > end) break;
    }
  }
  return count;
}
