// Cutting long texts, before special tokens are added. It reports what it cuts, and it never cuts unasked.
import { type Encoding, sliceEncoding } from './encoding.ts';
import { TokenizerError } from './tokenizerError.ts';

/** Which text of a pair is cut. */
export type TruncationStrategy = 'longestFirst' | 'onlyFirst' | 'onlySecond';

/** How to cut. */
export interface Truncation {
  /** The most tokens that the result may have, special tokens included. */
  maxLength: number;
  /**
   * `longestFirst` (default) cuts the longer text of a pair down to the shorter, then both to the same length, the second one
   * longer by 1 where the room is odd; `onlyFirst` and `onlySecond` cut one text and refuse if that is not enough.
   */
  strategy?: TruncationStrategy;
  /** Which end is cut. Default `'right'`. */
  side?: 'right' | 'left';
}

/** One text, or two. */
export interface Contents {
  first: Encoding;
  second: Encoding | undefined;
}

/** Contents cut to size, and how many tokens fell away. */
export interface TruncatedContents extends Contents {
  truncated: number;
}

/**
 * Cuts one or two encodings so that with `special` further tokens they are at most `maxLength` long (tokenizers
 * utils/truncation.rs, 3ba8ad00; the original ignores a `maxLength` below the number of special tokens, this refuses it).
 */
export function truncate(contents: Contents, truncation: Truncation, special: number): TruncatedContents {
  const { first, second } = contents;
  const { maxLength, strategy = 'longestFirst', side = 'right' } = truncation;
  checkMaxLength(maxLength, special);
  const room = maxLength - special;
  const excess = first.length + (second?.length ?? 0) - room;
  if (excess <= 0) return { first, second, truncated: 0 };
  const [firstLength, secondLength] = lengths(contents, { strategy, room, excess });
  return {
    first: keep(first, firstLength, side),
    second: second === undefined ? undefined : keep(second, secondLength, side),
    truncated: first.length - firstLength + (second === undefined ? 0 : second.length - secondLength),
  };
}

function checkMaxLength(maxLength: number, special: number): void {
  if (!Number.isInteger(maxLength) || maxLength < 0) {
    throw new TokenizerError(
      'encode',
      `truncation.maxLength is ${maxLength}; expected an integer, at least 0. Leave truncation out to keep everything.`,
    );
  }
  if (maxLength < special) {
    throw new TokenizerError(
      'encode',
      `truncation.maxLength is ${maxLength}, but ${special} special tokens are added; expected at least ${special}. Raise it, or set addSpecialTokens to false.`,
    );
  }
}

function lengths(
  { first, second }: Contents,
  cut: { strategy: TruncationStrategy; room: number; excess: number },
): [first: number, second: number] {
  const { strategy, room, excess } = cut;
  switch (strategy) {
    case 'longestFirst':
      return second === undefined ? [room, 0] : shares(first.length, second.length, room);
    case 'onlyFirst':
      return [shortened('first', first, excess), second?.length ?? 0];
    case 'onlySecond':
      if (second === undefined) {
        throw new TokenizerError(
          'encode',
          "truncation.strategy is 'onlySecond', but there is one text. Use encodePair, or 'longestFirst'.",
        );
      }
      return [first.length, shortened('second', second, excess)];
    default:
      return strategy satisfies never;
  }
}

// The shorter text keeps its length if the longer one can be cut enough; else both get half.
function shares(first: number, second: number, room: number): [number, number] {
  const shorter = Math.min(first, second);
  const longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
  const half = Math.floor(room / 2);
  const [less, more] = shorter + longer > room ? [half, room - half] : [shorter, longer];
  return first > second ? [more, less] : [less, more];
}

function shortened(name: string, encoding: Encoding, excess: number): number {
  if (encoding.length > excess) return encoding.length - excess;
  throw new TokenizerError(
    'encode',
    `${excess} tokens must be cut from the ${name} text, which has ${encoding.length}. Raise maxLength, or use the strategy 'longestFirst'.`,
  );
}

function keep(encoding: Encoding, length: number, side: 'right' | 'left'): Encoding {
  if (length === encoding.length) return encoding;
  return side === 'right'
    ? sliceEncoding(encoding, 0, length)
    : sliceEncoding(encoding, encoding.length - length, encoding.length);
}
