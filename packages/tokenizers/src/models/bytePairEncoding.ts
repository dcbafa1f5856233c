// Byte-pair encoding: characters (or bytes, see `preTokenizers/byteLevel.ts`) merged by rank. Training is not here.
import { widthAt } from '../alignedText.ts';
import { byteTokenName } from './byteTokenName.ts';
import { characterIds } from './characterIds.ts';
import { type Dropout, type Merges, mergeSymbols, type Symbols } from './mergeSymbols.ts';
import type { Model, Token } from './model.ts';
import type { Vocabulary } from './vocabulary.ts';
import { missingUnknown } from './wordLevel.ts';

/** What a BPE model does. */
export interface BytePairEncodingOptions {
  /** Stands for characters that are not in the vocabulary; without it they are dropped, as in the original. */
  unknownToken?: string | undefined;
  /** Whether unknown characters in a row become one token. Default false. */
  fuseUnknown?: boolean;
  /** Whether unknown characters become byte tokens (`<0xE4>`) where the vocabulary has them all. Default false. */
  byteFallback?: boolean;
  /** What characters that continue a word begin with. Default `''`. */
  prefix?: string;
  /** What the last character of a word ends with. Default `''`. */
  suffix?: string;
  /** Whether a piece that is an entry as a whole is that entry, whatever the merges say. Default false. */
  wholeFirst?: boolean;
  /** BPE-dropout. Default: none. */
  dropout?: Dropout | undefined;
}

/**
 * A model that begins with single characters and merges pairs by rank (Sennrich et al. 2016, arXiv:1508.07909; `BPE` in
 * tokenizers models/bpe/model.rs, 3ba8ad00). Where characters are dropped, or byte tokens stand next to unknowns, the
 * tokens' ranges are the original's: each begins where the one before it ends.
 *
 * Time: see `mergeSymbols`.
 *
 * @example bytePairEncoding(entries, mergesOf(entries, [['a', 'b']])).tokenize('ab').map((t) => t.token); //=> ['ab']
 */
export function bytePairEncoding(
  entries: Vocabulary,
  merges: Merges,
  options: BytePairEncodingOptions = {},
): Model {
  const { wholeFirst = false, dropout } = options;
  const read = symbolReader(entries, options);
  const tokenize = (piece: string, passing: Dropout | undefined): Token[] => {
    const whole = wholeFirst ? entries.id(piece) : undefined;
    if (whole !== undefined) return [{ id: whole, token: piece, start: 0, end: piece.length }];
    const { symbols, places } = read(piece);
    if (passing?.probability !== 1) mergeSymbols(symbols, merges, passing);
    return tokensOf(symbols, entries, places);
  };
  return {
    id: entries.id,
    token: entries.token,
    size: entries.size,
    unknownId: options.unknownToken === undefined ? undefined : entries.id(options.unknownToken),
    varies: dropout !== undefined,
    tokenize: (piece) => tokenize(piece, dropout),
    sample(piece, sampling) {
      if (!('dropout' in sampling)) return undefined;
      const { dropout: probability, random } = sampling;
      return tokenize(piece, probability === 0 ? undefined : { probability, random });
    },
  };
}

// Where a range of bytes begins and ends in the piece; undefined where widths are UTF-16 units already.
type Places = ((start: number, end: number) => readonly [number, number]) | undefined;

function tokensOf({ ids, widths, length }: Symbols, entries: Vocabulary, places: Places): Token[] {
  const tokens: Token[] = [];
  let start = 0;
  for (let k = 0; k < length; k++) {
    const id = ids[k] as number; // k < length
    const end = start + (widths[k] as number);
    const [from, to] = places === undefined ? [start, end] : places(start, end);
    tokens.push({ id, token: entries.token(id) ?? '', start: from, end: to });
    start = end;
  }
  return tokens;
}

type SymbolReader = (piece: string) => { symbols: Symbols; places: Places };

// Reads a piece as single characters: widths are UTF-16 units as long as every character is an entry, else UTF-8 bytes.
function symbolReader(entries: Vocabulary, options: BytePairEncodingOptions): SymbolReader {
  const { prefix = '', suffix = '' } = options;
  const plain = characterIds(entries, '', '');
  const first = plain;
  const later = prefix === '' ? plain : characterIds(entries, prefix, '');
  const last = suffix === '' ? later : characterIds(entries, prefix, suffix);
  const only = suffix === '' ? first : characterIds(entries, '', suffix);
  const idAt = (piece: string, at: number, end: number): number => {
    const code = piece.codePointAt(at) ?? 0;
    if (end === piece.length) return at === 0 ? only(code) : last(code);
    return at === 0 ? first(code) : later(code);
  };
  const readIrregular = irregularReader(entries, options, idAt);
  return (piece) => {
    const ids = new Int32Array(piece.length);
    const widths = new Int32Array(piece.length);
    let length = 0;
    for (let at = 0; at < piece.length; ) {
      const width = widthAt(piece, at);
      const id = idAt(piece, at, at + width);
      if (id < 0) return readIrregular(piece);
      ids[length] = id;
      widths[length++] = width;
      at += width;
    }
    return { symbols: { ids, widths, length }, places: undefined };
  };
}

function irregularReader(
  entries: Vocabulary,
  options: BytePairEncodingOptions,
  idAt: (piece: string, at: number, end: number) => number,
): SymbolReader {
  const { unknownToken, fuseUnknown = false, prefix = '', suffix = '' } = options;
  const encoder = new TextEncoder();
  const bytes = options.byteFallback === true ? byteIds(entries) : undefined;
  return (piece) => {
    const ids: number[] = [];
    const widths: number[] = [];
    const add = (id: number, width: number): void => {
      ids.push(id);
      widths.push(width);
    };
    // The width of an unknown symbol that is still to be added; byte tokens do not wait for it, as in the original.
    let pending = 0;
    const unknown = (): number => entries.id(unknownToken ?? '') ?? missingUnknown('BPE', unknownToken ?? '');
    for (let at = 0; at < piece.length; ) {
      const end = at + widthAt(piece, at);
      const id = idAt(piece, at, end);
      const character = piece.slice(at, end);
      const spelled = encoder.encode(
        id >= 0 || bytes === undefined
          ? character
          : `${at > 0 ? prefix : ''}${character}${end === piece.length ? suffix : ''}`,
      );
      if (id >= 0) {
        if (pending > 0) add(unknown(), pending);
        pending = 0;
        add(id, spelled.length);
      } else if (bytes !== undefined && spelled.every((byte) => (bytes[byte] ?? -1) >= 0)) {
        for (const byte of spelled) add(bytes[byte] ?? 0, 1);
      } else if (unknownToken !== undefined) {
        if (pending > 0 && !fuseUnknown) {
          add(unknown(), pending);
          pending = 0;
        }
        unknown();
        pending += encoder.encode(character).length;
      }
      at = end;
    }
    if (pending > 0) add(unknown(), pending);
    const symbols = { ids: Int32Array.from(ids), widths: Int32Array.from(widths), length: ids.length };
    return { symbols, places: byteRanges(piece) };
  };
}

function byteIds(entries: Vocabulary): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => entries.id(byteTokenName(byte)) ?? -1);
}

// Ranges of UTF-8 bytes to ranges of UTF-16 units; a part of a character stands for all of it.
function byteRanges(piece: string): Places {
  const starts: number[] = [];
  const ends: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < piece.length; ) {
    const end = at + widthAt(piece, at);
    for (let count = encoder.encode(piece.slice(at, end)).length; count > 0; count--) {
      starts.push(at);
      ends.push(end);
    }
    at = end;
  }
  return (start, end) => [starts[start] ?? piece.length, ends[end - 1] ?? piece.length];
}
