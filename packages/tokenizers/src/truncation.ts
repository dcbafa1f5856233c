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
  /**
   * How many tokens each further window repeats of the one before it, less than the room for the text. Given, even as 0, the
   * rest of the text is kept as windows in `Encoding.overflowing`; default: it is dropped.
   */
  stride?: number;
}

/** One text, or two. */
export interface Contents {
  first: Encoding;
  second: Encoding | undefined;
}

/** Contents cut to size, and how many tokens fell away. */
export interface TruncatedContents extends Contents {
  truncated: number;
  /** The further windows; of a pair, each of the first text with each of the second. */
  windows: readonly Contents[];
}

// Two texts that are both cut give every combination of their windows, which must not exhaust the memory; nor
// must one text whose windows repeat most of each other.
const mostWindows = 100_000;
const mostTokens = 2 ** 25; // of about 45 bytes each

/**
 * Cuts one or two encodings so that with `special` further tokens they are at most `maxLength` long (tokenizers
 * utils/truncation.rs, 3ba8ad00; the original ignores a `maxLength` below the number of special tokens, this refuses it).
 * With a stride, a text for which no room is left at all becomes one window as a whole, as in the original.
 */
export function truncate(contents: Contents, truncation: Truncation, special: number): TruncatedContents {
  const { first, second } = contents;
  const { maxLength, strategy = 'longestFirst', side = 'right' } = truncation;
  checkMaxLength(maxLength, special);
  const room = maxLength - special;
  const excess = first.length + (second?.length ?? 0) - room;
  if (excess <= 0) return { first, second, truncated: 0, windows: [] };
  const [firstLength, secondLength] = lengths(contents, { strategy, room, excess });
  const cut = {
    first: keep(first, firstLength, side),
    second: second === undefined ? undefined : keep(second, secondLength, side),
  };
  const truncated = first.length - firstLength + (second === undefined ? 0 : second.length - secondLength);
  const { stride } = truncation;
  if (stride === undefined) return { ...cut, truncated, windows: [] };
  const count =
    (windowCount(first, firstLength, stride) + 1) *
      (second === undefined ? 1 : windowCount(second, secondLength, stride) + 1) -
    1;
  checkCount(count, maxLength);
  const seconds = second === undefined ? [] : windows(second, secondLength, { side, stride });
  return {
    ...cut,
    truncated,
    windows: combined(cut, windows(first, firstLength, { side, stride }), seconds),
  };
}

// How many windows come after the first one.
function windowCount(text: Encoding, length: number, stride: number): number {
  if (length === text.length) return 0;
  if (length === 0) return 1;
  if (!Number.isInteger(stride) || stride < 0 || stride >= length) {
    throw new TokenizerError(
      'encode',
      `truncation.stride is ${stride}, with room for ${length} tokens of the text; expected an integer from 0 to ${length - 1}. Lower it, or raise maxLength.`,
    );
  }
  return Math.ceil((text.length - length) / (length - stride));
}

function checkCount(count: number, maxLength: number): void {
  if (count <= mostWindows && count * maxLength <= mostTokens) return;
  throw new TokenizerError(
    'encode',
    `truncation.stride gives ${count} windows of ${maxLength} tokens; at most ${mostWindows} windows and ${mostTokens} tokens are supported. Lower the stride, or cut one text of a pair only ('onlySecond').`,
  );
}

// The windows after the first one; each begins `length - stride` tokens after the one before it:
//   right, length 3, stride 1:  (a b c) · c d e · e f
//   left:                       (d e f) · b c d · a b
function windows(
  text: Encoding,
  length: number,
  { side, stride }: { side: 'right' | 'left'; stride: number },
): Encoding[] {
  if (length === text.length) return [];
  if (length === 0) return [text];
  const result: Encoding[] = [];
  for (let done = length; done < text.length; done += length - stride) {
    const from = done - stride;
    const to = Math.min(from + length, text.length);
    result.push(
      side === 'right'
        ? sliceEncoding(text, from, to)
        : sliceEncoding(text, text.length - to, text.length - from),
    );
  }
  return result;
}

// In the order of the original: the windows of the first text, each with all of the second, then those of the second.
function combined(cut: Contents, first: readonly Encoding[], second: readonly Encoding[]): Contents[] {
  const seconds = cut.second === undefined ? [undefined] : [cut.second, ...second];
  return [
    ...first.flatMap((window) => seconds.map((other) => ({ first: window, second: other }))),
    ...second.map((window) => ({ first: cut.first, second: window })),
  ];
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
