// The two plainest tokenizers: characters and words, counted in a corpus. They are the ends between which subwords lie.

import { compareCodePoints } from './compareCodePoints.ts';
import { JsonValue } from './files/json.ts';
import { tokenizerFromJson } from './files/tokenizerJson.ts';
import type { Tokenizer } from './tokenizer.ts';
import { TokenizerError } from './tokenizerError.ts';

/** How a vocabulary is counted. */
export interface CountOptions {
  /** The most tokens, the special ones included. Default: all that the corpus has. */
  vocabularySize?: number;
  /** Tokens that are seen less often are unknown. Default 1. */
  leastCount?: number;
  /** Tokens with the first ids, found in texts as a whole. Default `['[PAD]', '[UNK]']`. */
  specialTokens?: readonly string[];
  /** One of the special tokens: what stands for everything unseen. Default `'[UNK]'`. */
  unknownToken?: string;
}

/**
 * A tokenizer with one token a character (code point), of the characters of a corpus. Ids follow the special tokens, the
 * most frequent character first, of equally frequent ones the one with the lower code points.
 *
 * @example characterTokenizer(['abba']).encode('ba c').tokens; //=> ['b', 'a', '[UNK]', '[UNK]']
 */
export function characterTokenizer(corpus: Iterable<string>, options: CountOptions = {}): Tokenizer {
  return counted(corpus, options, {
    split: (text) => text,
    pre_tokenizer: { type: 'FixedLength', length: 1 },
    decoder: { type: 'Fuse' },
  });
}

/**
 * A tokenizer with one token a word or run of punctuation (`\w+|[^\w\s]+`), of the words of a corpus, ordered as in
 * `characterTokenizer`. Decoding puts blanks between all tokens.
 *
 * @example wordTokenizer(['the low', 'the lower']).encode('the lowest').tokens; //=> ['the', '[UNK]']
 */
export function wordTokenizer(corpus: Iterable<string>, options: CountOptions = {}): Tokenizer {
  const words =
    /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;
  return counted(corpus, options, {
    split: (text) => text.match(words) ?? [],
    pre_tokenizer: { type: 'Whitespace' },
    decoder: null,
  });
}

function counted(
  corpus: Iterable<string>,
  options: CountOptions,
  stages: { split: (text: string) => Iterable<string>; pre_tokenizer: unknown; decoder: unknown },
): Tokenizer {
  const { vocabularySize = Number.POSITIVE_INFINITY, leastCount = 1, unknownToken = '[UNK]' } = options;
  const { specialTokens = ['[PAD]', '[UNK]'] } = options;
  if (!specialTokens.includes(unknownToken))
    refuse(`unknownToken is ${JSON.stringify(unknownToken)}; expected one of specialTokens. Add it to them.`);
  if (!(vocabularySize >= specialTokens.length))
    refuse(
      `vocabularySize is ${vocabularySize}; expected at least the ${specialTokens.length} special tokens. Raise it.`,
    );
  const special = new Set(specialTokens);
  const counts = new Map<string, number>();
  for (const text of corpus)
    for (const token of stages.split(text.replace(/\p{Surrogate}/gu, '\ufffd')))
      if (!special.has(token) && token.length <= 1024) counts.set(token, (counts.get(token) ?? 0) + 1);
  const tokens = [...counts]
    .filter(([, count]) => count >= leastCount)
    .sort((a, b) => b[1] - a[1] || compareCodePoints(a[0], b[0]))
    .slice(0, Math.max(0, vocabularySize - special.size))
    .map(([token]) => token);
  const { pre_tokenizer, decoder } = stages;
  const added = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const json = {
    added_tokens: [...special].map((content, id) => ({ id, content, ...added })),
    ...{ normalizer: null, pre_tokenizer, post_processor: null, decoder },
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries([...special, ...tokens].map((token, id) => [token, id])),
      unk_token: unknownToken,
    },
  };
  return tokenizerFromJson(new JsonValue('vocabulary', json));
}

function refuse(message: string): never {
  throw new TokenizerError('vocabulary', message);
}
