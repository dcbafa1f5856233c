// WordPiece encoding: the longest entry first, from left to right. Training is not here.
import type { Model, Token } from './model.ts';
import type { Vocabulary } from './vocabulary.ts';
import { missingUnknown } from './wordLevel.ts';

/** What a WordPiece model does. */
export interface WordPieceOptions {
  /** Stands for words that cannot be put together. Default `'[UNK]'`. */
  unknownToken?: string;
  /** What entries that continue a word begin with. Default `'##'`. */
  prefix?: string;
  /** Longer words, in characters, are unknown. Default 100. */
  longestWord?: number;
}

/**
 * A model that takes the longest entry that begins a word, then the longest that continues it, and so on; if nothing fits
 * somewhere, the whole word is one unknown token (Schuster and Nakajima 2012; google-research/bert tokenization.py).
 *
 * Time: length of the word × length of the longest entry.
 *
 * @example wordPiece(vocabulary(['[UNK]', 'un', '##do'], 'here')).tokenize('undo').map((t) => t.id); //=> [1, 2]
 */
export function wordPiece(entries: Vocabulary, options: WordPieceOptions = {}): Model {
  const { unknownToken = '[UNK]', prefix = '##', longestWord = 100 } = options;
  const first = fragments(entries, '');
  const later = prefix === '' ? first : fragments(entries, prefix);
  const unknown = (piece: string): Token[] => {
    const id = entries.id(unknownToken) ?? missingUnknown('WordPiece', unknownToken);
    return [{ id, token: unknownToken, start: 0, end: piece.length }];
  };
  return {
    id: entries.id,
    token: entries.token,
    size: entries.size,
    unknownId: entries.id(unknownToken),
    tokenize(piece) {
      if (longerThan(piece, longestWord)) return unknown(piece);
      const tokens: Token[] = [];
      for (let start = 0; start < piece.length; ) {
        const match = longestMatch(start === 0 ? first : later, piece, start);
        if (match === undefined) return unknown(piece);
        tokens.push({ id: match.id, token: entries.token(match.id) ?? '', start, end: match.end });
        start = match.end;
      }
      return tokens;
    },
  };
}

// The entries that begin with a prefix, by what follows it. Most words are an entry as a whole, so one lookup of a whole slice beats
// a walk through a trie, and a trie of 30 000 entries takes longer to build than a text to encode.
interface Fragments {
  readonly id: (text: string) => number | undefined;
  readonly longest: number;
}

function fragments({ id, tokens }: Vocabulary, prefix: string): Fragments {
  const ids = new Map<string, number | undefined>();
  let longest = 0;
  for (const token of tokens) {
    if (!token.startsWith(prefix)) continue;
    if (prefix !== '') ids.set(token.slice(prefix.length), id(token));
    longest = Math.max(longest, token.length - prefix.length);
  }
  return { id: prefix === '' ? id : (text) => ids.get(text), longest };
}

// The longest fragment that begins at `start`; undefined if there is none.
function longestMatch(
  { id, longest }: Fragments,
  piece: string,
  start: number,
): { id: number; end: number } | undefined {
  for (let end = Math.min(piece.length, start + longest); end > start; end--) {
    const found = id(piece.slice(start, end));
    if (found !== undefined) return { id: found, end };
  }
  return undefined;
}

function longerThan(piece: string, characters: number): boolean {
  if (piece.length <= characters) return false;
  let count = 0;
  for (const _ of piece) {
    count += 1;
    if (count > characters) return true;
  }
  return false;
}
