// Comparing windows, padding, lookups and streams with goldens of the `tokenizers` package.
import { isDeepStrictEqual } from 'node:util';
import type { Encoding, Padding, Tokenizer, Truncation } from '../src/index.ts';
import { described, type Expected, encodeCase, expectation, type TruncationCase } from './goldenCases.ts';

/** The part of a file of expectations that is about batches and streams. */
export interface BatchFile {
  truncation: (TruncationCase & { overflowing?: Expected[] })[];
  padding: PaddingCase[];
  lookups: Lookups[];
  decode: { ids: number[]; text_skip?: string; text_skip_cleaned?: string }[];
  decode_stream: { ids: number[]; chunks: (string | null)[]; chunks_skip: (string | null)[] }[];
}

interface OriginalTruncation {
  max_length: number;
  stride: number;
  strategy: string;
  direction: 'right' | 'left';
}

interface PaddingCase {
  batch: (string | [string, string])[];
  padding: {
    direction: 'right' | 'left';
    pad_id: number;
    pad_type_id: number;
    pad_token: string;
    length: number | null;
    pad_to_multiple_of: number | null;
  };
  truncation?: OriginalTruncation;
  expected: Expected[];
  overflowing?: Expected[][];
}

type Lookups = { text: string; pair?: string; ids: number[] } & Record<string, unknown>;

/** The truncation of a golden in our words. */
function truncationOf(given: OriginalTruncation): Truncation {
  const strategies = {
    longest_first: 'longestFirst',
    only_first: 'onlyFirst',
    only_second: 'onlySecond',
  } as const;
  const strategy = strategies[given.strategy as keyof typeof strategies];
  return { maxLength: given.max_length, stride: given.stride, strategy, side: given.direction };
}

// In the windows of a pair the original leaves segment 1 to the second text, whatever the template says; a model with one segment
// has no such embedding. Ours follow the template.
function windowEquals(found: Encoding | undefined, wanted: Expected, oneSegment: boolean): boolean {
  const { type_ids, ...rest } = wanted;
  return equals(found, oneSegment && wanted.sequence_ids?.includes(1) ? rest : wanted);
}

function hasOneSegment(tokenizer: Tokenizer): boolean {
  const { typeIds, sequenceIds } = tokenizer.encodePair('a', 'a');
  return typeIds[sequenceIds.indexOf(1)] === 0;
}

function equals(found: Encoding | undefined, wanted: Expected): boolean {
  return found !== undefined && isDeepStrictEqual(described(found, wanted), expectation(wanted, 'codePoint'));
}

/** Cuts with strides; gives the cases in which a window differs, or an error is not an error. */
export function checkWindows(tokenizer: Tokenizer, file: BatchFile): unknown[] {
  const oneSegment = hasOneSegment(tokenizer);
  return file.truncation.filter((given) => {
    const truncation = truncationOf(given.truncation as OriginalTruncation);
    let found: Encoding;
    try {
      found = encodeCase(tokenizer, given, { truncation, offsets: 'codePoint' });
    } catch (error) {
      // The original ignores a length below the number of special tokens; here it is refused.
      const ignored = (given.expected?.ids.length ?? 0) > truncation.maxLength;
      return given.error === undefined && !(ignored && /special tokens are added/.test(String(error)));
    }
    if (given.error !== undefined || !given.expected) return true;
    const overflowing = given.overflowing ?? [];
    return !(
      equals(found, given.expected) &&
      found.overflowing.length === overflowing.length &&
      overflowing.every((wanted, k) => windowEquals(found.overflowing[k], wanted, oneSegment))
    );
  });
}

/** Pads batches; gives those that differ. */
export function checkPadding(tokenizer: Tokenizer, file: BatchFile): unknown[] {
  const oneSegment = hasOneSegment(tokenizer);
  return file.padding.filter((given) => {
    const { padding } = given;
    const options: Partial<Padding> = {
      ...{ length: padding.length ?? 'longest', side: padding.direction, id: padding.pad_id },
      ...{ typeId: padding.pad_type_id, token: padding.pad_token },
      multipleOf: padding.pad_to_multiple_of ?? 1,
    };
    const found = tokenizer.encodeBatch(given.batch, {
      ...{ padding: options, offsets: 'codePoint' },
      ...(given.truncation ? { truncation: truncationOf(given.truncation) } : {}),
    });
    const windows = given.overflowing ?? [];
    return !(
      found.length === given.expected.length &&
      given.expected.every((wanted, k) => equals(found[k], wanted)) &&
      windows.every((list, k) =>
        list.every((wanted, j) => windowEquals(found[k]?.overflowing[j], wanted, oneSegment)),
      )
    );
  });
}

/** Asks where characters, words and tokens are; gives the questions that are answered otherwise. */
export function checkLookups(tokenizer: Tokenizer, file: BatchFile): unknown[] {
  return file.lookups.flatMap((given) => {
    const encoding = encodeCase(tokenizer, given, { offsets: 'codePoint' });
    const value = (known: number | undefined): number | null =>
      known === undefined || known < 0 ? null : known;
    const asked: Record<string, (index: number, sequence: 0 | 1) => unknown> = {
      char_to_token: (index, sequence) => value(encoding.charToToken(index, sequence)),
      char_to_word: (index, sequence) => value(encoding.charToWord(index, sequence)),
      word_to_tokens: (index, sequence) => encoding.wordToTokens(index, sequence) ?? null,
      word_to_chars: (index, sequence) => encoding.wordToChars(index, sequence) ?? null,
      token_to_chars: (index) => encoding.tokenToChars(index) ?? null,
      token_to_word: (index) => value(encoding.wordIds[index]),
      token_to_sequence: (index) => value(encoding.sequenceIds[index]),
    };
    return Object.entries(given).flatMap(([name, wanted]) => {
      if (!/_to_/.test(name)) return [];
      const question = asked[name.replace(/_[01]$/, '')];
      if (question === undefined) throw new Error(`a golden about ${name}`);
      const found = (wanted as unknown[]).map((_, index) => question(index, name.endsWith('_1') ? 1 : 0));
      return isDeepStrictEqual(found, wanted) ? [] : [{ text: given.text, name, found, wanted }];
    });
  });
}

/**
 * Streams ids. Without byte tokens every part must be the original's; with them the parts may come later, since the original's
 * need not add up to the text of all ids.
 */
export function checkStreams(
  tokenizer: Tokenizer,
  file: BatchFile,
  options: { sameParts: boolean },
): unknown[] {
  return file.decode_stream.flatMap(({ ids, chunks, chunks_skip }) =>
    [false, true].flatMap((skipSpecialTokens) => {
      const stream = tokenizer.decodeStream({ skipSpecialTokens });
      const parts = ids.map((id) => stream.push(id));
      const found = [...parts, stream.end()].join('');
      const wanted = tokenizer.decode(ids, { skipSpecialTokens });
      const original = (skipSpecialTokens ? chunks_skip : chunks).map((chunk) => chunk ?? '');
      const same = !options.sameParts || isDeepStrictEqual(parts, original);
      return found === wanted && same ? [] : [{ ids, skipSpecialTokens, found, wanted, parts, original }];
    }),
  );
}
