// SentencePiece's own BPE encoding: any neighbours that spell a piece merge, by score.
import { widthAt } from '../alignedText.ts';
import type { Piece } from '../files/sentencePieceModel.ts';
import { longestEntry } from '../structures/longestEntry.ts';
import { PairTable } from '../structures/pairTable.ts';
import type { Trie } from '../structures/trie.ts';
import { type Dropout, type Merges, mergeSymbols } from './mergeSymbols.ts';
import type { Segment } from './segmentations.ts';

/**
 * Begins with single characters and user-defined symbols, which never merge; then the two neighbours that spell the piece
 * with the highest score merge, the leftmost among equals (`Model::SampleEncode` without sampling in google/sentencepiece
 * src/bpe_model.cc, 0.2.3).
 */
export function sentencePieceMerges(
  pieces: readonly Piece[],
  { symbols, unknownId }: { symbols: Trie; unknownId: number },
): (text: string, dropout?: Dropout) => Segment[] {
  const size = pieces.length;
  const { ids, merges } = readMerges(pieces);
  // Ids of symbols: those of pieces; then frozen ones; then characters that are no piece, of which some merge.
  const stranger = 2 * size;
  return (text, dropout) => {
    const row = { ids: new Int32Array(text.length), widths: new Int32Array(text.length), length: 0 };
    for (let at = 0; at < text.length; ) {
      const symbol = symbols.longest === 0 ? undefined : longestEntry(text, symbols, at);
      const end = symbol?.end ?? at + widthAt(text, at);
      row.ids[row.length] =
        symbol === undefined ? (ids.get(text.slice(at, end)) ?? stranger) : size + symbol.id;
      row.widths[row.length++] = end - at;
      at = end;
    }
    if (dropout?.probability !== 1) mergeSymbols(row, merges, dropout);
    const segments: Segment[] = [];
    let start = 0;
    for (let k = 0; k < row.length; k++) {
      const id = row.ids[k] as number; // k < length
      const end = start + (row.widths[k] as number);
      segments.push({ id: id < size ? id : id < stranger ? id - size : unknownId, start, end });
      start = end;
    }
    return segments;
  };
}

function readMerges(pieces: readonly Piece[]): { ids: Map<string, number>; merges: Merges } {
  const ids = new Map<string, number>();
  for (const [id, { text, kind }] of pieces.entries()) if (kind === 'normal') ids.set(text, id);
  let next = 2 * pieces.length + 1;
  const idOf = (part: string): number | undefined => {
    const known = ids.get(part);
    if (known !== undefined || part.length > widthAt(part, 0)) return known;
    ids.set(part, next);
    return next++;
  };
  const sides: number[] = [];
  const made: number[] = [];
  for (const [id, { text, kind }] of pieces.entries()) {
    if (kind !== 'normal') continue;
    for (let cut = widthAt(text, 0); cut < text.length; cut += widthAt(text, cut)) {
      const left = idOf(text.slice(0, cut));
      const right = left === undefined ? undefined : idOf(text.slice(cut));
      if (left === undefined || right === undefined) continue;
      sides.push(left, right);
      made.push(id);
    }
  }
  const numbers = new PairTable(made.length);
  for (const [k, id] of made.entries()) numbers.set(sides[2 * k] ?? 0, sides[2 * k + 1] ?? 0, id);
  const rankOf = new Map(
    [...new Set(pieces.map(({ score }) => score))].sort((a, b) => b - a).map((score, rank) => [score, rank]),
  );
  return {
    ids,
    merges: {
      numbers,
      made: Int32Array.from(pieces.keys()),
      ranks: Int32Array.from(pieces, ({ score }) => rankOf.get(score) ?? 0),
    },
  };
}
