// What a pre-tokenizer is, and how several become one.
import type { AlignedText } from '../alignedText.ts';

/** The second stage: cuts pieces into smaller ones; a model then works on each piece by itself. */
export interface PreTokenizer {
  (pieces: readonly AlignedText[]): AlignedText[];
  /** The same in steps, for those that have them: what a word becomes may then be remembered. */
  readonly steps?: PreTokenizerSteps | undefined;
}

/** A pre-tokenizer as a change of the whole text, cuts, and a spelling of each word, which depends on nothing but the word. */
export interface PreTokenizerSteps {
  /** Changes the text before it is cut. Default: not at all. */
  readonly prepare?: ((text: AlignedText) => AlignedText) | undefined;
  /** The words [start, end, start, end, …], in order; empty ones do not count. Default: all of it is one. */
  readonly cut?: ((text: string) => readonly number[]) | undefined;
  /** Changes a word. Default: not at all. */
  readonly spell?: ((word: AlignedText) => AlignedText) | undefined;
}

/**
 * A pre-tokenizer that cuts every piece by itself; empty pieces vanish.
 *
 * @example eachPiece((piece) => [piece.slice(0, 1), piece.slice(1, 3)])([alignedText('abc')]).length; //=> 2
 */
export function eachPiece(cut: (piece: AlignedText) => AlignedText[]): PreTokenizer {
  return (pieces) => {
    const result: AlignedText[] = [];
    for (const piece of pieces) {
      for (const part of cut(piece)) if (part.length > 0) result.push(part);
    }
    return result;
  };
}

/**
 * The pre-tokenizer of these steps.
 *
 * @example inSteps({ cut: (text) => [0, 1, 1, text.length] })([alignedText('abc')]).length; //=> 2
 */
export function inSteps(steps: PreTokenizerSteps): PreTokenizer {
  const { prepare, cut, spell } = steps;
  const whole = eachPiece((given) => {
    const text = prepare === undefined ? given : prepare(given);
    const ranges = cut === undefined ? [0, text.length] : cut(text.text);
    const words: AlignedText[] = [];
    for (let k = 0; k < ranges.length; k += 2) {
      const word = text.slice(ranges[k] as number, ranges[k + 1] as number); // pairs
      words.push(spell === undefined || word.length === 0 ? word : spell(word));
    }
    return words;
  });
  return Object.assign(whole, { steps });
}

/**
 * Applies pre-tokenizers one after the other; none at all leaves the pieces as they are.
 *
 * @example preTokenizerSequence([whitespaceSplit(), digits({ individual: true })])([alignedText('a 12')]).length; //=> 3
 */
export function preTokenizerSequence(preTokenizers: readonly PreTokenizer[]): PreTokenizer {
  const all: PreTokenizer = (pieces) =>
    preTokenizers.reduce<AlignedText[]>((current, preTokenizer) => preTokenizer(current), [...pieces]);
  return Object.assign(all, { steps: joinedSteps(preTokenizers) });
}

// Steps follow each other as long as the earlier ones only cut and the later ones only spell.
function joinedSteps(preTokenizers: readonly PreTokenizer[]): PreTokenizerSteps | undefined {
  let joined: PreTokenizerSteps | undefined = {};
  for (const { steps } of preTokenizers) {
    if (joined === undefined || steps === undefined) return undefined;
    if (joined.cut === undefined && joined.spell === undefined) {
      const { prepare }: PreTokenizerSteps = joined;
      if (prepare === undefined) joined = steps;
      else joined = steps.prepare === undefined ? { ...steps, prepare } : undefined;
    } else {
      const spells = joined.spell === undefined && steps.prepare === undefined && steps.cut === undefined;
      joined = spells ? { ...joined, spell: steps.spell } : undefined;
    }
  }
  return joined;
}
