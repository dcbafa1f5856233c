// All ways to put a text together from pieces, at once: the sums over them and the best of them. For training; the fast search
// for the best alone is `models/unigram.ts`.
import { widthAt } from '../alignedText.ts';
import { grown } from '../structures/growing.ts';
import { Trie } from '../structures/trie.ts';

/** Pieces by id with their log-probabilities, NaN for those that are out of use. Id 0 stands for unknown characters. */
export interface ScoredPieces {
  readonly texts: readonly string[];
  readonly scores: Float64Array;
}

/**
 * The pieces that stand in one text. An unknown character costs 10 less than the worst piece (`Unigram::populate_nodes` in tokenizers
 * models/unigram/model.rs, 3ba8ad00). One lattice serves one text after the other.
 */
export class PieceLattice {
  readonly #trie = new Trie();
  readonly #scores: Float64Array;
  #unknownScore = 0;
  #length = 0;
  // The edges that begin at place p are [starts[p], starts[p + 1]).
  #starts = new Int32Array(64);
  #ends = new Int32Array(256);
  #ids = new Int32Array(256);
  #forward = new Float64Array(64);
  #backward = new Float64Array(64);
  #from = new Int32Array(64);

  constructor({ texts, scores }: ScoredPieces) {
    this.#scores = scores;
    for (const [id, text] of texts.entries()) if (id > 0) this.#trie.set(text, id);
    this.scoresChanged();
  }

  /** To be called when scores were changed. */
  scoresChanged(): void {
    let lowest = Number.POSITIVE_INFINITY;
    for (let id = 1; id < this.#scores.length; id++) {
      const score = this.#scores[id] as number; // id < length
      if (score < lowest) lowest = score;
    }
    this.#unknownScore = lowest - 10;
  }

  /** Takes a text. */
  read(text: string): void {
    this.#length = text.length;
    this.#starts = grown(this.#starts, text.length + 2);
    this.#forward = grown(this.#forward, text.length + 1);
    this.#backward = grown(this.#backward, text.length + 1);
    this.#from = grown(this.#from, text.length + 1);
    let edges = 0;
    for (let start = 0; start < text.length; ) {
      const width = widthAt(text, start);
      this.#starts[start] = edges;
      let single = false;
      let node = Trie.root;
      for (let end = start; end < text.length; ) {
        node = this.#trie.child(node, text.charCodeAt(end));
        if (node < 0) break;
        end += 1;
        const id = this.#trie.value(node);
        if (id < 0 || Number.isNaN(this.#scores[id])) continue;
        this.#add(edges++, end, id);
        if (end - start === width) single = true;
      }
      if (!single) this.#add(edges++, start + width, 0);
      if (width === 2) this.#starts[start + 1] = edges;
      start += width;
    }
    this.#starts[text.length] = edges;
    this.#starts[text.length + 1] = edges;
  }

  /**
   * Adds to `expected`, by id, how often each piece is expected in the text, times `weight`; gives the logarithm of the text's
   * probability (Kudo 2018, section 3.2, arXiv:1804.10959, by forward and backward sums).
   */
  expect(weight: number, expected: Float64Array): number {
    const [forward, backward] = [this.#forward, this.#backward];
    const [starts, ends, ids] = [this.#starts, this.#ends, this.#ids];
    // All places are ≤ length, all edges < starts[length].
    forward.fill(Number.NEGATIVE_INFINITY, 1, this.#length + 1);
    forward[0] = 0;
    for (let start = 0; start < this.#length; start++) {
      const last = starts[start + 1] as number;
      for (let edge = starts[start] as number; edge < last; edge++) {
        const end = ends[edge] as number;
        forward[end] = addedLogs(
          forward[end] as number,
          this.#score(ids[edge] as number) + (forward[start] as number),
        );
      }
    }
    const whole = forward[this.#length] as number;
    backward.fill(Number.NEGATIVE_INFINITY, 0, this.#length);
    backward[this.#length] = 0;
    for (let start = this.#length - 1; start >= 0; start--) {
      const last = starts[start + 1] as number;
      for (let edge = starts[start] as number; edge < last; edge++) {
        const id = ids[edge] as number;
        const rest = this.#score(id) + (backward[ends[edge] as number] as number);
        backward[start] = addedLogs(backward[start] as number, rest);
        const share = (forward[start] as number) + rest - whole;
        expected[id] = (expected[id] as number) + weight * Math.exp(share); // ids are those of the pieces
      }
    }
    return whole;
  }

  /**
   * The pieces of the best way, in order, and the sum of their scores; of equal ways the one whose last piece begins first. With
   * `without` that piece is passed over; undefined if there is no other way.
   */
  best(without = -1): { ids: number[]; score: number } | undefined {
    const [sums, from] = [this.#forward, this.#from];
    const [starts, ends, ids] = [this.#starts, this.#ends, this.#ids];
    // All places are ≤ length, all edges < starts[length].
    sums.fill(Number.NEGATIVE_INFINITY, 1, this.#length + 1);
    sums[0] = 0;
    for (let start = 0; start < this.#length; start++) {
      const soFar = sums[start] as number;
      if (soFar === Number.NEGATIVE_INFINITY) continue;
      const last = starts[start + 1] as number;
      for (let edge = starts[start] as number; edge < last; edge++) {
        const id = ids[edge] as number;
        if (id === without) continue;
        const end = ends[edge] as number;
        const sum = soFar + this.#score(id);
        if (sum <= (sums[end] as number)) continue;
        sums[end] = sum;
        from[end] = edge;
      }
    }
    const score = sums[this.#length] as number;
    if (score === Number.NEGATIVE_INFINITY) return undefined;
    const path: number[] = [];
    for (let end = this.#length; end > 0; ) {
      const edge = from[end] as number;
      path.push(ids[edge] as number);
      end = this.#startOf(edge, end);
    }
    return { ids: path.reverse(), score };
  }

  // Edges lie in the order of their starts.
  #startOf(edge: number, end: number): number {
    let start = end - 1;
    while ((this.#starts[start] as number) > edge) start -= 1;
    return start;
  }

  #score(id: number): number {
    return id === 0 ? this.#unknownScore : (this.#scores[id] as number); // ids are those of the pieces
  }

  #add(edge: number, end: number, id: number): void {
    this.#ends = grown(this.#ends, edge + 1);
    this.#ids = grown(this.#ids, edge + 1);
    this.#ends[edge] = end;
    this.#ids[edge] = id;
  }
}

// log(exp(a) + exp(b)); beyond a difference of 50 the smaller one is below half a unit in the last place.
function addedLogs(a: number, b: number): number {
  const [less, more] = a > b ? [b, a] : [a, b];
  return more > less + 50 ? more : more + Math.log(Math.exp(less - more) + 1);
}
