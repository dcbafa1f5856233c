// Oniguruma's escapes, properties and bracket classes as JavaScript sets (flag v). Groups and repetition are elsewhere.
import type { Cursor } from './cursor.ts';

/** Oniguruma's `\w`: letters, marks, decimal digits and connectors, and, from its Latin-1 table, ² ³ ¹ ¼ ½ ¾. */
export const wordSet = '[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\xb2\\xb3\\xb9\\xbc-\\xbe]';

// POSIX brackets under Unicode, as Oniguruma's doc/RE lists them.
const posix: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['alnum', '[\\p{Alphabetic}\\p{M}\\p{Nd}]'],
  ['alpha', '[\\p{Alphabetic}\\p{M}]'],
  ['ascii', '[\\0-\\x7f]'],
  ['blank', '[\\p{Zs}\\t]'],
  ['cntrl', '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Cn}]'],
  ['digit', '\\p{Nd}'],
  ['graph', '[^\\p{White_Space}\\p{Cc}\\p{Cn}\\p{Cs}]'],
  ['lower', '\\p{Lowercase}'],
  ['print', '[^\\p{Cc}\\p{Cn}\\p{Cs}]'],
  ['punct', '[\\p{P}\\p{S}]'],
  ['space', '\\p{White_Space}'],
  ['upper', '\\p{Uppercase}'],
  ['word', wordSet],
  ['xdigit', '[0-9a-fA-F]'],
]);

const controls: ReadonlyMap<string, string> = /* @__PURE__ */ new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
  ['v', '\v'],
  ['a', '\x07'],
  ['e', '\x1b'],
]);

/** What an escape stands for: one character, or a set of them as JavaScript source. */
export type EscapedAtom = { literal: string } | { set: string };

/** Reads what follows a backslash, inside or outside brackets. */
export function atomOfEscape(cursor: Cursor): EscapedAtom {
  const hexadecimal = cursor.takesMatch(/x\{([0-9a-fA-F]{1,8})\}|x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})/y);
  if (hexadecimal !== undefined) return { literal: fromHexadecimal(cursor, hexadecimal) };
  const property = cursor.takesMatch(/([pP])\{(\^?)([^}]*)\}/y);
  if (property !== undefined) {
    const negated = (property[1] === 'P') !== (property[2] === '^');
    return { set: propertySet(cursor, { name: property[3] ?? '', negated }) };
  }
  const letter = cursor.next();
  const control = controls.get(letter);
  if (control !== undefined) return { literal: control };
  const set = shorthand(letter);
  if (set !== undefined) return { set };
  if (/[0-9A-Za-z]/.test(letter)) return cursor.refuse(`\\${letter}`);
  return { literal: letter };
}

function fromHexadecimal(cursor: Cursor, match: RegExpExecArray): string {
  const codePoint = Number.parseInt(match[1] ?? match[2] ?? match[3] ?? '', 16);
  if (codePoint > 0x10ffff) return cursor.refuse(`the code point ${codePoint.toString(16)}`);
  return String.fromCodePoint(codePoint);
}

function shorthand(letter: string): string | undefined {
  switch (letter) {
    case 'd':
      return '\\p{Nd}';
    case 'D':
      return '\\P{Nd}';
    case 's':
      return '\\p{White_Space}';
    case 'S':
      return '\\P{White_Space}';
    case 'w':
      return wordSet;
    case 'W':
      return `[^${wordSet}]`;
    case 'h':
      return '[0-9a-fA-F]';
    case 'H':
      return '[^0-9a-fA-F]';
    default:
      return undefined;
  }
}

// General categories and binary properties have the same names in JavaScript; a script needs its prefix there.
function propertySet(cursor: Cursor, property: { name: string; negated: boolean }): string {
  const sign = property.negated ? 'P' : 'p';
  const bracket = posix.get(property.name.toLowerCase());
  if (bracket !== undefined) return property.negated ? `[^${bracket}]` : bracket;
  for (const name of [property.name, `Script=${property.name}`]) {
    const source = `\\${sign}{${name}}`;
    if (/^[\w=]+$/.test(name) && isExpression(source)) return source;
  }
  return cursor.refuse(`the property \\p{${property.name}}`);
}

function isExpression(source: string): boolean {
  try {
    new RegExp(source, 'v');
    return true;
  } catch {
    return false;
  }
}

/** Reads a bracket class after its `[` and gives it as JavaScript source. */
export function bracketSet(cursor: Cursor, ignoreCase: boolean): string {
  if (++cursor.depth > 200) cursor.refuse('classes nested deeper than 200');
  const negated = cursor.takes('^');
  const operands: string[] = [];
  let members = cursor.takes(']') ? '\\]' : '';
  while (!cursor.takes(']')) {
    if (cursor.takes('&&')) {
      operands.push(`[${members}]`);
      members = '';
    } else {
      members += member(cursor, ignoreCase);
    }
  }
  cursor.depth--;
  operands.push(operands.length === 0 ? members : `[${members}]`);
  return `[${negated ? '^' : ''}${operands.join('&&')}]`;
}

function member(cursor: Cursor, ignoreCase: boolean): string {
  const named = cursor.takesMatch(/\[:(\^?)([a-z]+):\]/y);
  if (named !== undefined) {
    const set = posix.get(named[2] ?? '') ?? cursor.refuse(`[:${named[2]}:]`);
    return named[1] === '^' ? `[^${set}]` : set;
  }
  if (cursor.takes('[')) return bracketSet(cursor, ignoreCase);
  const atom = memberAtom(cursor);
  if ('set' in atom) return atom.set;
  const range = cursor.takesMatch(/-(?!\])/y);
  if (range === undefined) return single(atom.literal, ignoreCase);
  if (cursor.sees('[')) return `${single(atom.literal, ignoreCase)}\\-`;
  const last = memberAtom(cursor);
  if ('set' in last) return `${single(atom.literal, ignoreCase)}\\-${last.set}`;
  return rangeSet(cursor, { first: atom.literal, last: last.literal, ignoreCase });
}

function memberAtom(cursor: Cursor): EscapedAtom {
  if (!cursor.takes('\\')) return { literal: cursor.next() };
  return cursor.takes('b') ? { literal: '\b' } : atomOfEscape(cursor);
}

function single(character: string, ignoreCase: boolean): string {
  return (ignoreCase ? caseVariants(character) : [character]).map(escapeLiteral).join('');
}

function rangeSet(cursor: Cursor, range: { first: string; last: string; ignoreCase: boolean }): string {
  const first = range.first.codePointAt(0) ?? 0;
  const last = range.last.codePointAt(0) ?? 0;
  if (first > last) cursor.refuse('an empty range');
  const source = `${escapeLiteral(range.first)}-${escapeLiteral(range.last)}`;
  if (!range.ignoreCase) return source;
  // 2048: every alphabet with case fits; larger ranges would make the expression huge.
  if (last - first > 2048) return cursor.refuse('a range of more than 2048 characters under (?i)');
  let variants = '';
  for (let codePoint = first; codePoint <= last; codePoint++)
    variants += single(String.fromCodePoint(codePoint), true);
  return variants;
}

/** The characters that differ from this one only in case, itself first. @example caseVariants('k'); //=> ['k', 'K', 'K'] */
export function caseVariants(character: string): string[] {
  const variants = new Set([character]);
  const candidates = [
    character.toLowerCase(),
    character.toUpperCase(),
    character.toLowerCase().toUpperCase(),
  ];
  // Characters whose lower or upper case is another pair's: the long s, Kelvin, Ångström, Ohm, final sigma, capital ß.
  for (const candidate of [...candidates, '\u017f', '\u212a', '\u212b', '\u2126', 'ς', 'ẞ']) {
    if ([...candidate].length === 1 && new RegExp(`^${escapeLiteral(character)}$`, 'iv').test(candidate))
      variants.add(candidate);
  }
  return [...variants];
}

/** A character as it must be written in a JavaScript expression with flag v, inside or outside a class. */
export function escapeLiteral(character: string): string {
  if (/^[0-9A-Za-z]$/.test(character)) return character;
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
