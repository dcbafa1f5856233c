// Oniguruma's regular expressions (Ruby syntax), as tokenizer.json uses them, translated to JavaScript's. It translates or
// refuses by name; it never guesses. Character classes and escapes are in `characterSet.ts`.
import { TokenizerError } from '../tokenizerError.ts';
import { atomOfEscape, bracketSet, caseVariants, escapeLiteral, wordSet } from './characterSet.ts';
import { Cursor } from './cursor.ts';
import { expressionPattern, type Pattern } from './pattern.ts';
import { wordScanner } from './wordScanners.ts';

/** Options in force at a place of the expression: (?i) and Ruby's (?m), under which a dot also matches line ends. */
interface Modes {
  ignoreCase: boolean;
  dotAll: boolean;
}

// Deeper nesting than this is refused, so that no file can exhaust the stack.
const deepest = 200;

/**
 * The pattern of an Oniguruma expression. `place` names it in errors.
 *
 * Translated: alternation, groups (all become non-capturing), look-around, atomic groups, possessive `?+ *+ ++`, lazy and
 * counted repetition, `(?i)` `(?m)` and their scoped forms, `\d \s \w \h \b \B \A \z \Z \R`, `\p{…}`, POSIX brackets, nested and
 * intersected classes, `\x{…}` and the like. Refused: backreferences, subexpression calls, conditions, `\K \G \X`, (?x).
 *
 * @example oniguruma('\\p{N}{1,3}', 'here')('1234'); //=> [0, 3, 3, 4]
 */
export function oniguruma(expression: string, place: string): Pattern {
  const scanner = wordScanner(expression);
  if (scanner !== undefined) return scanner;
  const translated = translateOniguruma(expression, place);
  let compiled: RegExp;
  try {
    compiled = new RegExp(translated, 'gv');
  } catch (error) {
    throw new TokenizerError(
      place,
      `${JSON.stringify(expression)} is not a regular expression that this engine accepts (${String(error)}). Use a simpler one.`,
    );
  }
  const pattern = expressionPattern(compiled);
  return (text) => {
    try {
      return pattern(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new TokenizerError(
        place,
        `${JSON.stringify(expression)} needs too much backtracking on a text of ${text.length} units. Split the text first, or use a pattern without nested repetition.`,
      );
    }
  };
}

/** The JavaScript source (flag v) of an Oniguruma expression. @example translateOniguruma('\\h++', 'here'); //=> '(?=(?<_1>[0-9a-fA-F]+))\\k<_1>' */
export function translateOniguruma(expression: string, place: string): string {
  const cursor = new Cursor(expression, place);
  const source = alternatives(cursor, { ignoreCase: false, dotAll: false });
  if (!cursor.done) cursor.refuse('an unmatched )');
  return source;
}

function alternatives(cursor: Cursor, outer: Modes): string {
  if (++cursor.depth > deepest) cursor.refuse(`groups nested deeper than ${deepest}`);
  const modes = { ...outer };
  let source = '';
  while (!cursor.done && !cursor.sees(')')) {
    if (cursor.takes('|')) source += '|';
    else source += term(cursor, modes);
  }
  cursor.depth--;
  return source;
}

function term(cursor: Cursor, modes: Modes): string {
  const atom = takeAtom(cursor, modes);
  if (atom === '') return '';
  return quantified(cursor, atom);
}

// One atom, or '' for what matches nothing by itself (a comment, a change of modes).
function takeAtom(cursor: Cursor, modes: Modes): string {
  if (cursor.takes('(')) return group(cursor, modes);
  if (cursor.takes('[')) return bracketSet(cursor, modes.ignoreCase);
  if (cursor.takes('\\')) return escaped(cursor, modes);
  if (cursor.takes('.')) return modes.dotAll ? '[\\s\\S]' : '[^\\n]';
  if (cursor.takes('^')) return '(?:(?<![\\s\\S])|(?<=\\n))';
  if (cursor.takes('$')) return '(?=\\n|(?![\\s\\S]))';
  if (cursor.sees('*') || cursor.sees('+') || cursor.sees('?')) cursor.refuse('a repetition of nothing');
  return literalAtom(cursor.next(), modes);
}

function literalAtom(character: string, modes: Modes): string {
  const variants = modes.ignoreCase ? caseVariants(character) : [character];
  return variants.length === 1 ? escapeLiteral(character) : `[${variants.map(escapeLiteral).join('')}]`;
}

function escaped(cursor: Cursor, modes: Modes): string {
  if (cursor.takes('b')) return `(?:(?<=${wordSet})(?!${wordSet})|(?<!${wordSet})(?=${wordSet}))`;
  if (cursor.takes('B')) return `(?:(?<=${wordSet})(?=${wordSet})|(?<!${wordSet})(?!${wordSet}))`;
  if (cursor.takes('A')) return '(?<![\\s\\S])';
  if (cursor.takes('z')) return '(?![\\s\\S])';
  if (cursor.takes('Z')) return '(?=\\n?(?![\\s\\S]))';
  if (cursor.takes('R')) return '(?:\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])';
  const atom = atomOfEscape(cursor);
  return 'literal' in atom ? literalAtom(atom.literal, modes) : atom.set;
}

function group(cursor: Cursor, modes: Modes): string {
  if (!cursor.takes('?')) return close(cursor, `(?:${alternatives(cursor, modes)}`);
  if (cursor.takes('#')) {
    while (!cursor.done && !cursor.sees(')')) cursor.next();
    return close(cursor, '').slice(0, -1);
  }
  for (const look of [':', '=', '!', '<=', '<!']) {
    if (cursor.takes(look)) return close(cursor, `(?${look}${alternatives(cursor, modes)}`);
  }
  if (cursor.takes('>')) return atomic(cursor, close(cursor, `(?:${alternatives(cursor, modes)}`));
  if (cursor.takes('<')) {
    while (!cursor.takes('>')) cursor.next();
    return close(cursor, `(?:${alternatives(cursor, modes)}`);
  }
  return modeGroup(cursor, modes);
}

// (?i) and (?-m) hold to the end of the group around them, (?i:…) inside itself.
function modeGroup(cursor: Cursor, modes: Modes): string {
  const inner = { ...modes };
  let on = true;
  while (!cursor.sees(':') && !cursor.sees(')')) {
    const letter = cursor.next();
    if (letter === '-') on = false;
    else if (letter === 'i') inner.ignoreCase = on;
    else if (letter === 'm') inner.dotAll = on;
    else cursor.refuse(`(?${letter}`);
  }
  if (cursor.takes(':')) return close(cursor, `(?:${alternatives(cursor, inner)}`);
  cursor.next();
  // The rest of the enclosing group, alternation included, is one group under the new modes.
  return `(?:${alternatives(cursor, inner)})`;
}

function close(cursor: Cursor, source: string): string {
  if (!cursor.takes(')')) cursor.refuse('a group without its )');
  return `${source})`;
}

function quantified(cursor: Cursor, atom: string): string {
  let source = atom;
  for (;;) {
    const quantifier = takeQuantifier(cursor);
    if (quantifier === '') return source;
    if (source !== atom) source = `(?:${source})`;
    if (cursor.takes('?')) source += `${quantifier}?`;
    else if (quantifier.length === 1 && cursor.takes('+')) source = atomic(cursor, `${source}${quantifier}`);
    else source += quantifier;
  }
}

function takeQuantifier(cursor: Cursor): string {
  for (const sign of ['*', '+', '?']) if (cursor.takes(sign)) return sign;
  const counted = cursor.takesMatch(/\{(\d*)(,?)(\d*)\}/y);
  if (counted === undefined) return '';
  const [, least = '', comma = '', most = ''] = counted;
  if (least === '' && most === '') cursor.refuse('{} as a repetition');
  return comma === '' ? `{${least}}` : `{${least === '' ? '0' : least},${most}}`;
}

// JavaScript has no atomic groups; a look-ahead is one, and what it captured is then consumed.
function atomic(cursor: Cursor, source: string): string {
  const name = `_${++cursor.atoms}`;
  return `(?=(?<${name}>${source}))\\k<${name}>`;
}
