// GPT-2's pre-tokenizer: cuts into words, each with the blank before it, and spells them in bytes.
import type { AlignedText } from '../alignedText.ts';
import { byteLevelNormalizer } from '../normalizers/byteLevel.ts';
import { oniguruma } from '../patterns/oniguruma.ts';
import { cutter } from './cut.ts';
import { inSteps, type PreTokenizer } from './preTokenizer.ts';

/** GPT-2's pattern of words (openai/gpt-2 src/encoder.py). */
export const gpt2Pattern: string =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/** What `byteLevel` does. */
export interface ByteLevelOptions {
  /** Whether a blank is put before a piece that does not begin with one. Default true. */
  addPrefixSpace?: boolean;
  /** Whether to cut by GPT-2's pattern. Default true; off where another pre-tokenizer has cut before. */
  useRegex?: boolean;
  /** Whether words are written in bytes. Default true; off for trainers, which count words first and spell each but once. */
  spelled?: boolean;
}

/**
 * Cuts by GPT-2's pattern and writes every byte of the UTF-8 form as a character (`ByteLevel`). All characters of one
 * source character keep its place.
 *
 * @example byteLevel({ addPrefixSpace: false })([alignedText('so é')]).map((part) => part.text); //=> ['so', 'ĠÃ©']
 */
export function byteLevel(options: ByteLevelOptions = {}): PreTokenizer {
  const { addPrefixSpace = true, useRegex = true } = options;
  const words = useRegex ? oniguruma(gpt2Pattern, 'pre_tokenizer') : undefined;
  const spaced = (text: AlignedText): AlignedText => (text.text.startsWith(' ') ? text : text.prepend(' '));
  return inSteps({
    prepare: addPrefixSpace ? spaced : undefined,
    cut: words === undefined ? undefined : cutter(words, { behavior: 'isolated' }),
    spell: options.spelled === false ? undefined : byteLevelNormalizer(),
  });
}
