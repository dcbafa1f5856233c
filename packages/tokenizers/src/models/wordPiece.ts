// WordPiece encoding: the longest entry first, from left to right. Training is not here.
import { Trie } from '../structures/trie.ts';
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
 * @example wordPiece(vocabulary([['[UNK]', 0], ['un', 1], ['##do', 2]], 'here')).tokenize('undo').map((t) => t.id); //=> [1, 2]
 */
export function wordPiece(entries: Vocabulary, options: WordPieceOptions = {}): Model {
  const { unknownToken = '[UNK]', prefix = '##', longestWord = 100 } = options;
  const trie = new Trie();
  for (const [token, id] of entries.entries()) if (token !== '') trie.set(token, id);
  const continuation = trie.walk(Trie.root, prefix);
  const unknown = (piece: string): Token[] => {
    const id = entries.id(unknownToken) ?? missingUnknown('WordPiece', unknownToken);
    return [{ id, token: unknownToken, start: 0, end: piece.length }];
  };
  return {
    id: entries.id,
    token: entries.token,
    size: entries.size,
    tokenize(piece) {
      if (longerThan(piece, longestWord)) return unknown(piece);
      const tokens: Token[] = [];
      for (let start = 0; start < piece.length; ) {
        const match = longestMatch(trie, piece, { start, from: start === 0 ? Trie.root : continuation });
        if (match === undefined) return unknown(piece);
        tokens.push({ id: match.id, token: entries.token(match.id) ?? '', start, end: match.end });
        start = match.end;
      }
      return tokens;
    },
  };
}

// The longest entry that begins at `start`, looked for from a node of the trie; undefined if there is none.
function longestMatch(
  trie: Trie,
  piece: string,
  at: { start: number; from: number },
): { id: number; end: number } | undefined {
  let node = at.from;
  let best: { id: number; end: number } | undefined;
  for (let end = at.start; node >= 0 && end < piece.length; ) {
    node = trie.child(node, piece.charCodeAt(end));
    end += 1;
    const id = node < 0 ? -1 : trie.value(node);
    if (id >= 0) best = { id, end };
  }
  return best;
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
