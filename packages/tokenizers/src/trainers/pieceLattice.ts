// All ways to put a text together from pieces, at once: the sums over them and the best of them. For training; the fast search
// for the best alone is `models/unigram.ts`.
import { addedLogs, type ScoredEntries, SegmentLattice } from '../models/segmentLattice.ts';
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
  readonly #lattice = new SegmentLattice();
  readonly #scores: Float64Array;
  #entries: ScoredEntries;
  #forward = new Float64Array(64);
  #backward = new Float64Array(64);
  #from = new Int32Array(64);

  constructor({ texts, scores }: ScoredPieces) {
    this.#scores = scores;
    const trie = new Trie();
    for (const [id, text] of texts.entries()) if (id > 0) trie.set(text, id);
    this.#entries = { trie, scores, unknownId: 0, unknownScore: this.#unknownScore() };
  }

  /** To be called when scores were changed. */
  scoresChanged(): void {
    this.#entries = { ...this.#entries, unknownScore: this.#unknownScore() };
  }

  /** Takes a text. */
  read(text: string): void {
    this.#lattice.read(text, this.#entries);
    this.#forward = grown(this.#forward, text.length + 1);
    this.#backward = grown(this.#backward, text.length + 1);
    this.#from = grown(this.#from, text.length + 1);
  }

  /**
   * Adds to `expected`, by id, how often each piece is expected in the text, times `weight`; gives the logarithm of the text's
   * probability (Kudo 2018, section 3.2, arXiv:1804.10959, by forward and backward sums).
   */
  expect(weight: number, expected: Float64Array): number {
    const [forward, backward] = [this.#forward, this.#backward];
    const { starts, ends, ids, length } = this.#lattice;
    // All places are ≤ length, all edges < starts[length].
    forward.fill(Number.NEGATIVE_INFINITY, 1, length + 1);
    forward[0] = 0;
    for (let start = 0; start < length; start++) {
      const last = starts[start + 1] as number;
      for (let edge = starts[start] as number; edge < last; edge++) {
        const end = ends[edge] as number;
        forward[end] = addedLogs(
          forward[end] as number,
          this.#score(ids[edge] as number) + (forward[start] as number),
        );
      }
    }
    const whole = forward[length] as number;
    backward.fill(Number.NEGATIVE_INFINITY, 0, length);
    backward[length] = 0;
    for (let start = length - 1; start >= 0; start--) {
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
    const { starts, ends, ids, length } = this.#lattice;
    // All places are ≤ length, all edges < starts[length].
    sums.fill(Number.NEGATIVE_INFINITY, 1, length + 1);
    sums[0] = 0;
    for (let start = 0; start < length; start++) {
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
    const score = sums[length] as number;
    if (score === Number.NEGATIVE_INFINITY) return undefined;
    const path: number[] = [];
    for (let end = length; end > 0; ) {
      const edge = from[end] as number;
      path.push(ids[edge] as number);
      end = this.#lattice.startOf(edge);
    }
    return { ids: path.reverse(), score };
  }

  #unknownScore(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (let id = 1; id < this.#scores.length; id++) {
      const score = this.#scores[id] as number; // id < length
      if (score < lowest) lowest = score;
    }
    return lowest - 10;
  }

  #score(id: number): number {
    return id === 0 ? this.#entries.unknownScore : (this.#scores[id] as number); // ids are those of the pieces
  }
}
