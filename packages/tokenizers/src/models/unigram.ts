// Unigram encoding: the most probable segmentation, several, or one drawn. Training is not here.
import { widthAt } from '../alignedText.ts';
import { Trie } from '../structures/trie.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { byteTokenName } from './byteTokenName.ts';
import type { Model, Token } from './model.ts';
import { bestSegmentations, type Segment, sampledSegments } from './segmentations.ts';
import type { ScoredEntries } from './segmentLattice.ts';

/** What a Unigram model does. */
export interface UnigramOptions {
  /** Position of the unknown token in the pieces; without it, a text with unknown characters is refused. */
  unknownId?: number | undefined;
  /** Whether unknown characters become byte tokens (`<0xE4>`) where the vocabulary has them all. Default false. */
  byteFallback?: boolean;
}

/**
 * A model over pieces with log-probabilities; the id of a piece is its position. The segmentation with the highest sum is
 * found by dynamic programming (Kudo 2018, section 3.2, arXiv:1804.10959); of equal sums, the one whose last piece begins
 * first. A character that is no piece by itself costs the lowest score less 10, and neighbours of that kind become one token
 * (`Unigram` in tokenizers models/unigram/model.rs, 3ba8ad00).
 *
 * Time: length of the text × length of the longest piece. Memory: 16 bytes a UTF-16 unit.
 *
 * @example unigram([['<unk>', 0], ['a', -1], ['ab', -1.5]], { unknownId: 0 }).tokenize('ab').map((t) => t.id); //=> [2]
 */
export function unigram(
  pieces: readonly (readonly [piece: string, score: number])[],
  options: UnigramOptions = {},
): Model {
  const { unknownId, byteFallback = false } = options;
  const ids = new Map<string, number>();
  const scores = new Float64Array(pieces.length);
  const trie = new Trie();
  let lowest = Number.POSITIVE_INFINITY;
  for (const [id, [piece, score]] of pieces.entries()) {
    ids.set(piece, id);
    scores[id] = score;
    lowest = Math.min(lowest, score);
    if (piece !== '') trie.set(piece, id);
  }
  const lattice = { trie, scores, unknownId: unknownId ?? -1, unknownScore: lowest - 10 };
  const bytes = byteFallback ? byteTokens(ids) : undefined;
  const tokensOf = (text: string, ranges: readonly Range[]): Token[] => {
    const tokens: Token[] = [];
    for (const { start, end } of ranges) {
      const token = text.slice(start, end);
      const id = ids.get(token);
      if (id !== undefined) tokens.push({ id, token, start, end });
      else
        tokens.push(
          ...(bytes?.({ token, start, end }) ?? [
            { id: unknownId ?? refuseUnknown(token), token, start, end },
          ]),
        );
    }
    return tokens;
  };
  return {
    id: (token) => ids.get(token),
    token: (id) => pieces[id]?.[0],
    size: pieces.length,
    unknownId,
    tokenize: (text) => tokensOf(text, bestPath(text, lattice)),
    sample(text, sampling) {
      if (!('alpha' in sampling)) return undefined;
      const segments = sampledSegments(text, lattice, sampling);
      return tokensOf(text, joinedUnknowns(segments, lattice.unknownId));
    },
    nBest: (text, count) =>
      bestSegmentations(text, lattice, count).map(({ segments, score }) => ({
        tokens: tokensOf(text, joinedUnknowns(segments, lattice.unknownId)),
        score,
      })),
  };
}

interface Range {
  start: number;
  end: number;
}

function bestPath(text: string, lattice: ScoredEntries): Range[] {
  const { trie, scores, unknownId, unknownScore } = lattice;
  // For each end: the best score so far, where its last piece starts (−1: none reaches it yet), and that piece.
  const best = new Float64Array(text.length + 1);
  const starts = new Int32Array(text.length + 1).fill(-1);
  const ids = new Int32Array(text.length + 1);
  const offer = (end: number, start: number, piece: { id: number; score: number }): void => {
    if (starts[end] !== -1 && piece.score <= (best[end] ?? 0)) return;
    if (piece.id < 0) refuseUnknown(text.slice(start, end));
    best[end] = piece.score;
    starts[end] = start;
    ids[end] = piece.id;
  };
  for (let start = 0; start < text.length; ) {
    const soFar = best[start] ?? 0;
    const width = widthAt(text, start);
    let single = false;
    let node = Trie.root;
    for (let end = start; end < text.length; ) {
      node = trie.child(node, text.charCodeAt(end));
      if (node < 0) break;
      end += 1;
      const id = trie.value(node);
      if (id < 0) continue;
      offer(end, start, { id, score: soFar + (scores[id] ?? 0) });
      if (end - start === width) single = true;
    }
    if (!single) offer(start + width, start, { id: unknownId, score: soFar + unknownScore });
    start += width;
  }
  return readBack(text.length, { starts, ids, unknownId });
}

function joinedUnknowns(segments: readonly Segment[], unknownId: number): Range[] {
  const ranges: Range[] = [];
  let before = -2;
  for (const { id, start, end } of segments) {
    const last = ranges.at(-1);
    if (id === unknownId && before === unknownId && last !== undefined) last.end = end;
    else ranges.push({ start, end });
    before = id;
  }
  return ranges;
}

// Follows the starts from the end, joining neighbouring unknowns.
function readBack(length: number, path: { starts: Int32Array; ids: Int32Array; unknownId: number }): Range[] {
  const ranges: Range[] = [];
  let following: Range | undefined;
  for (let end = length; end > 0; ) {
    const start = path.starts[end] ?? 0;
    const unknown = path.ids[end] === path.unknownId;
    if (unknown && following !== undefined) {
      following.start = start;
    } else {
      const range = { start, end };
      ranges.push(range);
      following = unknown ? range : undefined;
    }
    end = start;
  }
  return ranges.reverse();
}

// Gives the byte tokens of an unknown stretch, or undefined if one of them is missing.
function byteTokens(ids: ReadonlyMap<string, number>): (unknown: Omit<Token, 'id'>) => Token[] | undefined {
  const encoder = new TextEncoder();
  return ({ token, start, end }) => {
    const tokens: Token[] = [];
    for (const byte of encoder.encode(token)) {
      const name = byteTokenName(byte);
      const id = ids.get(name);
      if (id === undefined) return undefined;
      tokens.push({ id, token: name, start, end });
    }
    return tokens;
  };
}

function refuseUnknown(text: string): never {
  throw new TokenizerError(
    'model.unk_id',
    `the text has ${JSON.stringify(text.slice(0, 20))}, which no piece covers, and this Unigram model has no unknown token. Set model.unk_id.`,
  );
}
