// The patterns of the most used byte-level tokenizers, by hand: several times as fast as the regular expressions, which they equal
// on every text. Other patterns go through `oniguruma.ts`.
import { widthAt } from '../alignedText.ts';
import { characterClasses } from './characterClasses.ts';
import type { Pattern } from './pattern.ts';

// The classes of characters that the patterns tell apart.
const other = 0;
const letter = 1;
const numeral = 2;
const space = 3;

function classOf(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  if (/\p{L}/u.test(character)) return letter;
  if (/\p{N}/u.test(character)) return numeral;
  return /\p{White_Space}/u.test(character) ? space : other;
}

const plainContractions = ["'s|'t|'re|'ve|'m|'ll|'d", "'(?:[sdmt]|ll|ve|re)"];
const anyCase = ["(?i:'s|'t|'re|'ve|'m|'ll|'d)", "'(?i:[sdmt]|ll|ve|re)"];

const gpt2Expressions = new Set(
  plainContractions.map(
    (contractions) => `${contractions}| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+`,
  ),
);

const cl100kExpressions: ReadonlyMap<string, number> = new Map<string, number>(
  anyCase.flatMap((contractions) =>
    (
      [
        ['\\p{N}{1,3}', 3],
        ['\\p{N}', 1],
      ] as const
    ).map(
      ([numbers, digits]) =>
        [
          `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${numbers}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`,
          digits,
        ] as const,
    ),
  ),
);

/**
 * The scanner that equals an expression, if there is one: GPT-2's (openai/gpt-2 src/encoder.py), cl100k's (openai/tiktoken
 * tiktoken_ext/openai_public.py, also Llama 3's), and Qwen's, which is cl100k's with single digits.
 *
 * @example wordScanner("'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+")?.('so 1'); //=> [0, 2, 2, 4]
 */
export function wordScanner(expression: string): Pattern | undefined {
  if (gpt2Expressions.has(expression)) return gpt2Words();
  const digits = cl100kExpressions.get(expression);
  return digits === undefined ? undefined : cl100kWords(digits);
}

function gpt2Words(): Pattern {
  const classAt = characterClasses(classOf);
  return (text) => {
    const ranges: number[] = [];
    for (let at = 0, end = 0; at < text.length; at = end) {
      const first = text.charCodeAt(at);
      end = first === quote ? contractionEnd(text, at, false) : -1;
      if (end < 0) {
        // A blank joins what comes after it, unless that is white space.
        const from = first === blank && at + 1 < text.length ? at + 1 : at;
        let kind = classAt(text, from);
        if (kind === space) kind = classAt(text, at);
        end = kind === space ? blanksEnd(text, at, classAt) : runEnd(text, from, { kind, classAt });
      }
      ranges.push(at, end);
    }
    return ranges;
  };
}

function cl100kWords(digits: number): Pattern {
  const classAt = characterClasses(classOf);
  return (text) => {
    const ranges: number[] = [];
    for (let at = 0, end = 0; at < text.length; at = end) {
      const first = text.charCodeAt(at);
      end = first === quote ? contractionEnd(text, at, true) : -1;
      if (end < 0) end = cl100kEnd(text, at, { classAt, digits });
      ranges.push(at, end);
    }
    return ranges;
  };
}

type ClassAt = (text: string, at: number) => number;

const quote = 0x27;
const blank = 0x20;

// Where the word that begins at `at` ends; contractions were tried before.
function cl100kEnd(
  text: string,
  at: number,
  { classAt, digits }: { classAt: ClassAt; digits: number },
): number {
  const kind = classAt(text, at);
  if (kind === letter) return runEnd(text, at, { kind, classAt });
  if (kind === numeral) {
    let end = at;
    for (let count = 0; count < digits && end < text.length; count++) {
      if (classAt(text, end) !== numeral) break;
      end += widthAt(text, end);
    }
    return end;
  }
  const next = at + widthAt(text, at);
  const following = next < text.length ? classAt(text, next) : space;
  const breaksLine = isLineBreak(text.charCodeAt(at));
  // Any character but a line break joins the letters after it, a blank other characters.
  if (following === letter && !breaksLine) return runEnd(text, next, { kind: letter, classAt });
  if (kind === other || (following === other && text.charCodeAt(at) === blank)) {
    let end = runEnd(text, kind === other ? at : next, { kind: other, classAt });
    while (end < text.length && isLineBreak(text.charCodeAt(end))) end += 1;
    return end;
  }
  // White space: up to its last line break, else as in GPT-2's pattern.
  let end = -1;
  for (let k = at; k < text.length && classAt(text, k) === space; k++)
    if (isLineBreak(text.charCodeAt(k))) end = k + 1;
  return end >= 0 ? end : blanksEnd(text, at, classAt);
}

function isLineBreak(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}

// White space leaves its last character to the word after it, if it has more than one.
function blanksEnd(text: string, at: number, classAt: ClassAt): number {
  const end = runEnd(text, at, { kind: space, classAt });
  return end < text.length && end - at > 1 ? end - 1 : end;
}

// Where a run of characters of one class ends.
function runEnd(text: string, at: number, { kind, classAt }: { kind: number; classAt: ClassAt }): number {
  let end = at;
  while (end < text.length && classAt(text, end) === kind) end += widthAt(text, end);
  return end;
}

// Where the contraction that begins with the quote at `at` ends, −1 if there is none.
function contractionEnd(text: string, at: number, anyLetterCase: boolean): number {
  const first = lowered(text.charCodeAt(at + 1), anyLetterCase);
  if (first === 's' || first === 't' || first === 'm' || first === 'd') return at + 2;
  const second = lowered(text.charCodeAt(at + 2), anyLetterCase);
  if ((first === 'r' || first === 'v') && second === 'e') return at + 3;
  return first === 'l' && second === 'l' ? at + 3 : -1;
}

// In Unicode ſ (U+017F) is a variant of s.
function lowered(unit: number, anyLetterCase: boolean): string {
  if (Number.isNaN(unit)) return '';
  const character = String.fromCharCode(unit);
  if (!anyLetterCase) return character;
  return unit === 0x17f ? 's' : character.toLowerCase();
}
