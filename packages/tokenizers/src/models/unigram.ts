// Unigram encoding: the most probable segmentation, several, or one drawn. Training is not here.
import { widthAt } from '../alignedText.ts';
import { Trie } from '../structures/trie.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { byteTokenName } from './byteTokenName.ts';
import type { Model, Token } from './model.ts';
import { bestSegmentations, type Segment, sampledSegments } from './segmentations.ts';
import type { ScoredEntries } from './segmentLattice.ts';

// So many nodes of the trie a piece needs in published vocabularies; it grows where that is too few.
const nodesOfPiece = 2;

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
  const scores = new Float64Array(pieces.length);
  const trie = new Trie(nodesOfPiece * pieces.length);
  let empty: number | undefined;
  let lowest = Number.POSITIVE_INFINITY;
  for (const [id, [piece, score]] of pieces.entries()) {
    scores[id] = score;
    lowest = Math.min(lowest, score);
    if (piece === '') empty = id;
    else trie.set(piece, id);
  }
  const idOf = (token: string): number | undefined => {
    if (token === '') return empty;
    const node = trie.walk(Trie.root, token);
    const id = node < 0 ? -1 : trie.value(node);
    return id < 0 ? undefined : id;
  };
  const lattice = { trie, scores, unknownId: unknownId ?? -1, unknownScore: lowest - 10 };
  const bytes = byteFallback ? byteTokens(idOf) : undefined;
  const unknownTokens = (text: string, { start, end }: Range): readonly Token[] => {
    const token = text.slice(start, end);
    const id = idOf(token);
    if (id !== undefined) return [{ id, token, start, end }];
    return bytes?.({ token, start, end }) ?? [{ id: unknownId ?? refuseUnknown(token), token, start, end }];
  };
  const tokensOf = (text: string, ranges: readonly Range[]): Token[] => {
    const tokens: Token[] = [];
    for (const range of ranges) {
      const { id, start, end } = range;
      if (id !== lattice.unknownId) tokens.push({ id, token: pieces[id]?.[0] ?? '', start, end });
      else for (const token of unknownTokens(text, range)) tokens.push(token);
    }
    return tokens;
  };
  const path = bestPaths(lattice);
  return {
    id: idOf,
    token: (id) => pieces[id]?.[0],
    size: pieces.length,
    unknownId,
    tokenize: (text) => tokensOf(text, path(text)),
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
  id: number;
  start: number;
  end: number;
}

// Gives the best ranges of a text; its arrays serve one text after the other.
function bestPaths({ trie, scores, unknownId, unknownScore }: ScoredEntries): (text: string) => Range[] {
  // For each end: the best score so far, where its last piece starts (−1: none reaches it yet), and that piece.
  let best = new Float64Array(64);
  let starts = new Int32Array(64);
  let ids = new Int32Array(64);
  const isBetter = (end: number, score: number): boolean =>
    starts[end] === -1 || score > (best[end] as number); // end ≤ length of the text
  return (text) => {
    best = room(best, text.length + 1);
    starts = room(starts, text.length + 1);
    ids = room(ids, text.length + 1);
    starts.fill(-1, 0, text.length + 1);
    best[0] = 0;
    for (let start = 0; start < text.length; ) {
      const soFar = best[start] as number; // start < length, and reached
      const width = widthAt(text, start);
      let single = false;
      let node = Trie.root;
      for (let end = start; end < text.length; ) {
        node = trie.child(node, text.charCodeAt(end));
        if (node < 0) break;
        end += 1;
        const id = trie.value(node);
        if (id < 0) continue;
        const score = soFar + (scores[id] as number); // ids are positions of scores
        if (isBetter(end, score)) {
          best[end] = score;
          starts[end] = start;
          ids[end] = id;
        }
        if (end - start === width) single = true;
      }
      if (!single && isBetter(start + width, soFar + unknownScore)) {
        if (unknownId < 0) refuseUnknown(text.slice(start, start + width));
        best[start + width] = soFar + unknownScore;
        starts[start + width] = start;
        ids[start + width] = unknownId;
      }
      start += width;
    }
    return readBack(text.length, { starts, ids, unknownId });
  };
}

// What a text of so many characters needs is kept for the next one; larger arrays are not.
const mostKept = 2 ** 16;

function room<Numbers extends Int32Array | Float64Array>(array: Numbers, length: number): Numbers {
  if (length <= array.length && array.length <= mostKept) return array;
  return (array instanceof Int32Array ? new Int32Array(length) : new Float64Array(length)) as Numbers;
}

function joinedUnknowns(segments: readonly Segment[], unknownId: number): Range[] {
  const ranges: Range[] = [];
  let before = -2;
  for (const { id, start, end } of segments) {
    const last = ranges.at(-1);
    if (id === unknownId && before === unknownId && last !== undefined) last.end = end;
    else ranges.push({ id, start, end });
    before = id;
  }
  return ranges;
}

// Follows the starts from the end, joining neighbouring unknowns.
function readBack(length: number, path: { starts: Int32Array; ids: Int32Array; unknownId: number }): Range[] {
  const ranges: Range[] = [];
  let following: Range | undefined;
  for (let end = length; end > 0; ) {
    const start = path.starts[end] as number; // end ≤ length
    const id = path.ids[end] as number;
    const unknown = id === path.unknownId;
    if (unknown && following !== undefined) {
      following.start = start;
    } else {
      const range = { id, start, end };
      ranges.push(range);
      following = unknown ? range : undefined;
    }
    end = start;
  }
  return ranges.reverse();
}

// Gives the byte tokens of an unknown stretch, or undefined if one of them is missing.
function byteTokens(
  idOf: (token: string) => number | undefined,
): (unknown: Omit<Token, 'id'>) => Token[] | undefined {
  const encoder = new TextEncoder();
  return ({ token, start, end }) => {
    const tokens: Token[] = [];
    for (const byte of encoder.encode(token)) {
      const name = byteTokenName(byte);
      const id = idOf(name);
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
