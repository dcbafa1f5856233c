// SentencePiece's own Unigram encoding, in single precision as the original computes it. `unigram.ts` is how `tokenizers`
// does it.
import { widthAt } from '../alignedText.ts';
import type { Piece } from '../files/sentencePieceModel.ts';
import { Trie } from '../structures/trie.ts';
import type { Segment } from './segmentations.ts';
import type { ScoredEntries } from './segmentLattice.ts';

/**
 * The segmentation with the highest sum of scores; of equal sums the one whose last piece begins first. A user-defined
 * symbol counts its length in bytes times the best score, less 0.1, so that it wins over anything else
 * (`Model::EncodeOptimized` in google/sentencepiece src/unigram_model.cc, 0.2.3).
 *
 * `entries` are for other segmentations, in which a user-defined symbol counts 0.1 for each character but the first, as measured
 * of the original's n-best lists.
 *
 * Time: length of the text × length of the longest piece.
 */
export function sentencePieceUnigram(
  pieces: readonly Piece[],
  unknownId: number,
): { best: (text: string) => Segment[]; entries: ScoredEntries } {
  const trie = new Trie();
  const scores = new Float32Array(pieces.length);
  const normal = pieces.filter(({ kind }) => kind === 'normal');
  const lowest = normal.reduce((least, { score }) => Math.min(least, score), largestFloat);
  const highest = normal.reduce((most, { score }) => Math.max(most, score), smallestFloat);
  const encoder = new TextEncoder();
  const otherScores = new Float64Array(pieces.length);
  for (const [id, { text, score, kind }] of pieces.entries()) {
    if (kind !== 'normal' && kind !== 'userDefined') continue;
    if (text !== '') trie.set(text, id);
    scores[id] = kind === 'normal' ? score : Math.fround(encoder.encode(text).length * highest) - 0.1;
    otherScores[id] = kind === 'normal' ? score : 0.1 * ([...text].length - 1);
  }
  const unknownScore = Math.fround(lowest - 10);
  const best = (text: string): Segment[] => {
    // For each end: the best sum so far, where its last piece starts (−1: none reaches it yet), and that piece.
    const best = new Float32Array(text.length + 1);
    const starts = new Int32Array(text.length + 1).fill(-1);
    const ids = new Int32Array(text.length + 1);
    const offer = (range: { start: number; end: number }, id: number, sum: number): void => {
      if (starts[range.end] !== -1 && sum <= (best[range.end] ?? 0)) return;
      best[range.end] = sum;
      starts[range.end] = range.start;
      ids[range.end] = id;
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
        offer({ start, end }, id, Math.fround(soFar + (scores[id] ?? 0)));
        if (end - start === width) single = true;
      }
      if (!single) offer({ start, end: start + width }, unknownId, Math.fround(soFar + unknownScore));
      start += width;
    }
    return readBack(text.length, starts, ids);
  };
  return { best, entries: { trie, scores: otherScores, unknownId, unknownScore } };
}

// FLT_MAX and FLT_MIN, where the original begins.
const largestFloat = 3.4028234663852886e38;
const smallestFloat = 1.1754943508222875e-38;

function readBack(length: number, starts: Int32Array, ids: Int32Array): Segment[] {
  const segments: Segment[] = [];
  for (let end = length; end > 0; ) {
    const start = starts[end] ?? 0;
    segments.push({ id: ids[end] ?? 0, start, end });
    end = start;
  }
  return segments.reverse();
}
