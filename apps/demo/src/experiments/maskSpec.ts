// A mask as a reader composes it: parts with numbers, joined by and, or, not; and its text, 'or(window(4, 4, 1), global(0))'. What the parts
// mean is in maskParts.ts. Not the library's Mask: that knows no patterns, only what they are made of.

import { type PartName, partNames, parts } from './maskParts.ts';

/** The expression. */
export type MaskSpec =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly MaskSpec[] }
  | { readonly kind: 'not'; readonly part: MaskSpec }
  | { readonly kind: PartName; readonly values: readonly number[] };

/** What is wrong with a text, and where. */
export class MaskTextError extends Error {
  readonly problem: 'unknown' | 'expected' | 'count' | 'value' | 'size';
  /** What stands there, or what is missing. */
  readonly given: string;

  constructor(problem: MaskTextError['problem'], given: string) {
    super(`mask: ${problem} ${given}`);
    this.name = 'MaskTextError';
    this.problem = problem;
    this.given = given;
  }
}

/** Parts of one expression: more is no picture, and a link may ask for anything. */
export const mostParts = 40;

/** The text of an expression. */
export const formatMask = (spec: MaskSpec): string => {
  switch (spec.kind) {
    case 'and':
    case 'or':
      return `${spec.kind}(${spec.parts.map(formatMask).join(', ')})`;
    case 'not':
      return `not(${formatMask(spec.part)})`;
    default:
      return `${spec.kind}(${spec.values.join(', ')})`;
  }
};

/** Words, numbers and signs of a text. */
const wordsOf = (text: string): string[] => text.match(/[A-Za-z]+|\d+|[^\s]/g) ?? [];

const isPart = (word: string): word is PartName => (partNames as readonly string[]).includes(word);

/** The numbers of a part, those left out filled in; checked against what the part takes. */
const checkedValues = (kind: PartName, values: readonly number[]): readonly number[] => {
  const { parameters, rest } = parts[kind];
  if (values.length > parameters.length && rest === undefined) throw new MaskTextError('count', kind);
  const filled = parameters.map(({ first }, index) => values[index] ?? first);
  for (const [index, value] of [...filled, ...values.slice(filled.length)].entries()) {
    const { least, most, step = 1 } = parameters[index] ?? rest ?? { least: 0, most: 0 };
    if (value < least || value > most || (value - least) % step !== 0)
      throw new MaskTextError('value', `${kind}: ${value}`);
  }
  return [...filled, ...values.slice(filled.length)];
};

/**
 * Reads a text; brackets may be left out where there are no numbers, and numbers at the end of a part.
 *
 * @example
 * formatMask(parseMask('and(causal, window(8))')); //=> 'and(causal(), window(8, 4, 1))'
 */
export const parseMask = (text: string): MaskSpec => {
  const words = wordsOf(text);
  let at = 0;
  let count = 0;
  const take = (word: string): void => {
    if (words[at] !== word) throw new MaskTextError('expected', word);
    at++;
  };
  const list = <Item>(item: () => Item): Item[] => {
    const items: Item[] = [];
    if (words[at] !== '(') return items;
    take('(');
    while (words[at] !== ')' && words[at] !== undefined) {
      items.push(item());
      if (words[at] !== ')') take(words[at] === undefined ? ')' : ',');
    }
    take(')');
    return items;
  };
  const number = (): number => {
    const word = words[at++] ?? '';
    if (!/^\d{1,6}$/.test(word)) throw new MaskTextError('expected', '0 … 999999');
    return Number(word);
  };
  const expression = (): MaskSpec => {
    const word = words[at++] ?? '';
    if (++count > mostParts) throw new MaskTextError('size', String(mostParts));
    if (word === 'and' || word === 'or') return { kind: word, parts: list(expression) };
    if (word === 'not') {
      const [part, ...others] = list(expression);
      if (part === undefined || others.length > 0) throw new MaskTextError('count', 'not');
      return { kind: 'not', part };
    }
    if (!isPart(word)) throw new MaskTextError('unknown', word === '' ? '…' : word);
    return { kind: word, values: checkedValues(word, list(number)) };
  };
  const found = expression();
  if (at < words.length) throw new MaskTextError('expected', '⏎');
  return found;
};
