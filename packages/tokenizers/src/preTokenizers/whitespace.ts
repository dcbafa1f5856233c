// Cuts at white space, in two ways.

import { widthAt } from '../alignedText.ts';
import { isWhitespace, isWordCharacter } from '../characters.ts';
import { characterPattern } from './cut.ts';
import { inSteps, type PreTokenizer } from './preTokenizer.ts';
import { split } from './split.ts';

/**
 * Cuts at white space only, which is dropped (`WhitespaceSplit`).
 *
 * @example whitespaceSplit()([alignedText("it's so")]).map((part) => part.text); //=> ["it's", 'so']
 */
export function whitespaceSplit(): PreTokenizer {
  return split(characterPattern(isWhitespace), { behavior: 'removed' });
}

/**
 * Keeps runs of word characters and runs of anything else but white space: `\w+|[^\w\s]+` (`Whitespace`).
 *
 * @example whitespace()([alignedText("it's so")]).map((part) => part.text); //=> ['it', "'", 's', 'so']
 */
export function whitespace(): PreTokenizer {
  return inSteps({ cut: wordsAndOthers });
}

function wordsAndOthers(text: string): number[] {
  const ranges: number[] = [];
  let start = 0;
  let kind = 'white space';
  for (let at = 0; at < text.length; ) {
    const next = kindOf(text.codePointAt(at) ?? 0);
    if (next !== kind) {
      if (kind !== 'white space') ranges.push(start, at);
      start = at;
      kind = next;
    }
    at += widthAt(text, at);
  }
  if (kind !== 'white space') ranges.push(start, text.length);
  return ranges;
}

function kindOf(codePoint: number): string {
  if (isWordCharacter(codePoint)) return 'word';
  return isWhitespace(codePoint) ? 'white space' : 'other';
}
