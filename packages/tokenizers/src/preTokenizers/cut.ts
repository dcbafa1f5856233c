// Cutting a piece at the matches of a pattern, in one of five ways.
import type { AlignedText } from '../alignedText.ts';
import { widthAt } from '../alignedText.ts';
import type { CharacterTest } from '../characters.ts';
import type { Pattern } from '../patterns/pattern.ts';

/**
 * What becomes of the matches. `The-final--countdown` cut at `-`:
 *
 *     removed             The   final       countdown
 *     isolated            The - final - -   countdown
 *     mergedWithPrevious  The-  final-  -   countdown
 *     mergedWithNext      The   -final  -   -countdown
 *     contiguous          The - final --    countdown
 */
export type SplitBehavior = 'removed' | 'isolated' | 'mergedWithPrevious' | 'mergedWithNext' | 'contiguous';

/**
 * Cuts `piece` at the matches of `pattern`. With `invert`, what lies between the matches counts as the match.
 *
 * @example cut(alignedText('a-b'), literal('-'), { behavior: 'removed' }).map((part) => part.text); //=> ['a', 'b']
 */
export function cut(
  piece: AlignedText,
  pattern: Pattern,
  options: { behavior: SplitBehavior; invert?: boolean },
): AlignedText[] {
  const spans = spansOf(pattern(piece.text), { length: piece.length, invert: options.invert ?? false });
  return merge(spans, options.behavior).map(({ start, end }) => piece.slice(start, end));
}

/**
 * As `cut`, for texts: gives the pieces as ranges [start, end, start, end, …].
 *
 * @example cutter(literal('-'), { behavior: 'removed' })('a-b'); //=> [0, 1, 2, 3]
 */
export function cutter(
  pattern: Pattern,
  options: { behavior: SplitBehavior; invert?: boolean },
): (text: string) => readonly number[] {
  const { behavior, invert = false } = options;
  return (text) => {
    const matches = pattern(text);
    if (behavior === 'removed' && invert) return matches;
    if (behavior === 'isolated') return isolated(matches, text.length);
    if (behavior === 'mergedWithNext' && !invert) return upToNext(matches, text.length);
    return merge(spansOf(matches, { length: text.length, invert }), behavior).flatMap(({ start, end }) => [
      start,
      end,
    ]);
  };
}

// The matches and what lies between them; the matches themselves where nothing does.
function isolated(matches: readonly number[], length: number): readonly number[] {
  let done = 0;
  let gaps = 0;
  for (let k = 0; k < matches.length; k += 2) {
    if (matches[k] !== done) gaps += 1;
    done = matches[k + 1] as number; // pairs
  }
  if (gaps === 0 && done === length) return matches;
  const ranges: number[] = [];
  done = 0;
  for (let k = 0; k < matches.length; k += 2) {
    const start = matches[k] as number; // pairs
    if (start > done) ranges.push(done, start);
    done = matches[k + 1] as number;
    ranges.push(start, done);
  }
  if (done < length) ranges.push(done, length);
  return ranges;
}

// Each match with all up to the next one.
function upToNext(matches: readonly number[], length: number): readonly number[] {
  const ranges: number[] = [0];
  for (let k = 0; k < matches.length; k += 2) {
    const start = matches[k] as number; // pairs
    ranges.push(start, start);
  }
  ranges.push(length);
  return ranges[0] === ranges[1] && ranges.length > 2 ? ranges.slice(2) : ranges;
}

/** A pattern that matches every single character for which `test` holds. @example characterPattern(isNumeric)('a1'); //=> [1, 2] */
export function characterPattern(test: CharacterTest): Pattern {
  return (text) => {
    const ranges: number[] = [];
    for (let at = 0; at < text.length; ) {
      const width = widthAt(text, at);
      if (test(text.codePointAt(at) ?? 0)) ranges.push(at, at + width);
      at += width;
    }
    return ranges;
  };
}

interface Span {
  start: number;
  end: number;
  matched: boolean;
}

// Matches and what lies between them, from end to end.
function spansOf(ranges: readonly number[], piece: { length: number; invert: boolean }): Span[] {
  const spans: Span[] = [];
  let done = 0;
  for (let k = 0; k < ranges.length; k += 2) {
    const start = ranges[k] ?? 0;
    const end = ranges[k + 1] ?? 0;
    if (done < start) spans.push({ start: done, end: start, matched: piece.invert });
    spans.push({ start, end, matched: !piece.invert });
    done = end;
  }
  if (done < piece.length) spans.push({ start: done, end: piece.length, matched: piece.invert });
  return spans;
}

function merge(spans: Span[], behavior: SplitBehavior): Span[] {
  switch (behavior) {
    case 'removed':
      return spans.filter(({ matched }) => !matched);
    case 'isolated':
      return spans;
    case 'contiguous':
      return joined(spans, (span, previous) => span.matched === previous);
    case 'mergedWithPrevious':
      return joined(spans, (span, previous) => span.matched && !previous);
    case 'mergedWithNext':
      return joined(spans.reverse(), (span, previous) => span.matched && !previous).reverse();
    default:
      return behavior satisfies never;
  }
}

// Joins a span to the one before it where `joins` says so; `previous` tells whether the span before was a match.
function joined(spans: readonly Span[], joins: (span: Span, previous: boolean) => boolean): Span[] {
  const result: Span[] = [];
  let previous = false;
  for (const span of spans) {
    const last = result.at(-1);
    if (last !== undefined && joins(span, previous)) {
      last.start = Math.min(last.start, span.start);
      last.end = Math.max(last.end, span.end);
    } else {
      result.push({ ...span });
    }
    previous = span.matched;
  }
  return result;
}
