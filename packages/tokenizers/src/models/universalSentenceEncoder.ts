// The Unigram model of the Universal Sentence Encoder *lite*, with the rules of its TensorFlow.js tokenizer where these
// differ from SentencePiece's.
import { widthAt } from '../alignedText.ts';
import { Trie } from '../structures/trie.ts';
import type { Model, Token } from './model.ts';

// Entries 0 to 5 are the unknown piece, sentence marks and spares; text never matches them.
const reserved = 6;

/**
 * The model of USE lite over pieces with scores; the id of a piece is its position, 0 is the unknown one.
 *
 * It is the dynamic program of `unigram` with these differences, kept because ids must equal the original's
 * (tensorflow/tfjs-models universal-sentence-encoder/src/tokenizer/index.ts, version 1.3.3): of equal sums the candidate that
 * begins *later* wins; a best sum of exactly 0 counts as not yet set; a character with which no piece begins is unknown and
 * costs nothing, and a place that nothing reaches has sum 0 and stands for one unknown character; unknowns in a row become
 * one token.
 *
 * @example universalSentenceEncoder([...sixReserved, ['▁a', -1]]).tokenize('▁a').map((token) => token.id); //=> [6]
 */
export function universalSentenceEncoder(
  pieces: readonly (readonly [piece: string, score: number])[],
): Model {
  const ids = new Map<string, number>();
  const scores = new Float64Array(pieces.length);
  const trie = new Trie();
  for (const [id, [piece, score]] of pieces.entries()) {
    if (!ids.has(piece)) ids.set(piece, id);
    scores[id] = score;
    if (id >= reserved && piece !== '') trie.set(piece, id);
  }
  const unknown = pieces[0]?.[0] ?? '';
  return {
    id: (token) => ids.get(token),
    token: (id) => pieces[id]?.[0],
    size: pieces.length,
    unknownId: 0,
    tokenize(text) {
      const tokens: Token[] = [];
      for (const { id, start, end } of bestPath(text, trie, scores)) {
        tokens.push({ id, token: id === 0 ? unknown : text.slice(start, end), start, end });
      }
      return tokens;
    },
  };
}

interface Step {
  id: number;
  start: number;
  end: number;
}

function bestPath(text: string, trie: Trie, scores: Float64Array): Step[] {
  // For each end: the best sum so far, and the piece that reaches it (0: none).
  const best = new Float64Array(text.length + 1);
  const ids = new Int32Array(text.length + 1);
  const starts = new Int32Array(text.length + 1);
  const offer = (end: number, start: number, piece: { id: number; sum: number }): void => {
    const known = best[end] ?? 0;
    if (known !== 0 && piece.sum < known) return;
    best[end] = piece.sum;
    ids[end] = piece.id;
    starts[end] = start;
  };
  for (let start = 0; start < text.length; start += widthAt(text, start)) {
    const soFar = best[start] ?? 0;
    let node = firstNode(trie, text, start);
    if (node < 0) offer(start + widthAt(text, start), start, { id: 0, sum: soFar });
    for (let end = start + widthAt(text, start); node >= 0; end++) {
      const id = trie.value(node);
      if (id >= 0) offer(end, start, { id, sum: (scores[id] ?? 0) + soFar });
      node = end < text.length ? trie.child(node, text.charCodeAt(end)) : -1;
    }
  }
  return readBack(text, ids, starts);
}

// The node of the whole character at `start`, −1 if no piece begins with it.
function firstNode(trie: Trie, text: string, start: number): number {
  return trie.walk(Trie.root, text.slice(start, start + widthAt(text, start)));
}

// Follows the pieces from the end; an end that none reaches is one unknown character, joined to an unknown after it.
function readBack(text: string, ids: Int32Array, starts: Int32Array): Step[] {
  const steps: Step[] = [];
  let following: Step | undefined;
  for (let end = text.length; end > 0; ) {
    const id = ids[end] ?? 0;
    const start = id > 0 ? (starts[end] ?? 0) : end - (end > 1 ? widthAt(text, end - 2) : 1);
    if (id === 0 && following?.id === 0) {
      following.start = start;
    } else {
      following = { id, start, end };
      steps.push(following);
    }
    end = start;
  }
  return steps.reverse();
}
