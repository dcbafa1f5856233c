// OpenAI's encodings: what their rank files do not say.

const words = "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const capitals = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const smalls = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const endOfText = '<|endoftext|>';

/** What a rank file does not say: how text is cut, and the special tokens. */
export interface TiktokenEncoding {
  /** The pattern of pieces, in Oniguruma's syntax; text that it does not match is dropped. */
  pattern: string;
  /** Special tokens with their ids. */
  specialTokens: Readonly<Record<string, number>>;
}

/** The names of the encodings that are known. */
export type TiktokenName = 'r50k_base' | 'p50k_base' | 'p50k_edit' | 'cl100k_base' | 'o200k_base';

/**
 * OpenAI's encodings (openai/tiktoken tiktoken_ext/openai_public.py, version 0.14.0).
 *
 * @example tiktokenEncodings.r50k_base.specialTokens; //=> { '<|endoftext|>': 50256 }
 */
export const tiktokenEncodings: Readonly<Record<TiktokenName, TiktokenEncoding>> = {
  r50k_base: { pattern: words, specialTokens: { [endOfText]: 50256 } },
  p50k_base: { pattern: words, specialTokens: { [endOfText]: 50256 } },
  p50k_edit: {
    pattern: words,
    specialTokens: {
      [endOfText]: 50256,
      '<|fim_prefix|>': 50281,
      '<|fim_middle|>': 50282,
      '<|fim_suffix|>': 50283,
    },
  },
  cl100k_base: {
    pattern: `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
    specialTokens: {
      [endOfText]: 100257,
      '<|fim_prefix|>': 100258,
      '<|fim_middle|>': 100259,
      '<|fim_suffix|>': 100260,
      '<|endofprompt|>': 100276,
    },
  },
  o200k_base: {
    pattern: [
      `[^\\r\\n\\p{L}\\p{N}]?${capitals}*${smalls}+${contractions}?`,
      `[^\\r\\n\\p{L}\\p{N}]?${capitals}+${smalls}*${contractions}?`,
      '\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
    ].join('|'),
    specialTokens: { [endOfText]: 199999, '<|endofprompt|>': 200018 },
  },
};
