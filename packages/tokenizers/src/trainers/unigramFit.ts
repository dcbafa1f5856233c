// Expectation maximization for a Unigram model, and the pruning of its pieces.
import { pause } from './pause.ts';
import { PieceLattice } from './pieceLattice.ts';
import type { SeedPieces } from './seedPieces.ts';
import type { WordCounts } from './wordCounts.ts';

// Characters between two pauses.
const charactersAPause = 2 ** 19;

/**
 * Pieces that are fitted to words; id 0 is the unknown piece. Steps and thresholds are those of `UnigramTrainer` in tokenizers
 * models/unigram/trainer.rs, 3ba8ad00, which follow google/sentencepiece src/unigram_model_trainer.cc.
 */
export class UnigramFit {
  #texts: string[];
  #scores: Float64Array;
  #lattice: PieceLattice;
  readonly #words: WordCounts;
  readonly #signal: AbortSignal | undefined;

  /** The first probabilities are the shares of the weights. */
  constructor(words: WordCounts, { texts, weights }: SeedPieces, signal: AbortSignal | undefined) {
    this.#words = words;
    this.#signal = signal;
    this.#texts = ['', ...texts];
    const sum = Math.log(weights.reduce((total, weight) => total + weight, 0));
    this.#scores = new Float64Array(this.#texts.length).fill(Number.NaN);
    for (const [k, weight] of weights.entries()) this.#scores[k + 1] = Math.log(weight) - sum;
    this.#lattice = this.#newLattice();
  }

  /** How many pieces are in use, the unknown one included. */
  get size(): number {
    let size = 1;
    for (const score of this.#scores) if (!Number.isNaN(score)) size += 1;
    return size;
  }

  /** The pieces in use with their log-probabilities, in order, without the unknown one. */
  pieces(): (readonly [piece: string, score: number])[] {
    return this.#ids().map((id) => [this.#texts[id] ?? '', this.#scores[id] ?? 0] as const);
  }

  /**
   * One step: how often each piece is expected becomes its probability, by the digamma function, which is a sparse prior (Liang and
   * Klein 2007, *Structured Bayesian Nonparametric Models with Variational Inference*); pieces expected less than half a time are
   * dropped. Gives the mean negative log-likelihood of a word before the step.
   */
  async step(): Promise<number> {
    const expected = new Float64Array(this.#texts.length);
    let [loss, total] = [0, 0];
    await this.#walk((count) => {
      loss -= count * this.#lattice.expect(count, expected);
      total += count;
    });
    let sum = 0;
    for (const id of this.#ids()) {
      const count = expected[id] as number; // ids are those of the pieces
      if (count >= 0.5) sum += count;
    }
    const whole = digamma(sum);
    for (const id of this.#ids()) {
      const count = expected[id] as number; // ids are those of the pieces
      this.#scores[id] = count < 0.5 ? Number.NaN : digamma(count) - whole;
    }
    this.#lattice.scoresChanged();
    return total === 0 ? 0 : loss / total;
  }

  /**
   * Drops pieces until `target` are left: those that no best segmentation needs, and those whose loss costs the least likelihood,
   * if each were said by its own best parts (Kudo 2018, section 3.2). Characters are kept. Where more than `target` pieces
   * have no parts, all others stay, as in the original.
   */
  async prune(target: number): Promise<void> {
    const { kept, losses } = this.#judge(await this.#bestCounts());
    const room = target - 1 - kept.length;
    const ids = kept.concat(
      losses
        .sort((a, b) => b.loss - a.loss)
        .slice(0, room < 0 ? losses.length : room)
        .map(({ id }) => id),
    );
    this.#texts = ['', ...ids.map((id) => this.#texts[id] ?? '')];
    this.#scores = Float64Array.from([Number.NaN, ...ids.map((id) => this.#scores[id] ?? 0)]);
    this.#lattice = this.#newLattice();
  }

  // How often each piece stands in the best segmentations of all words.
  async #bestCounts(): Promise<Float64Array> {
    const counts = new Float64Array(this.#texts.length);
    await this.#walk((count) => {
      for (const id of this.#lattice.best()?.ids ?? []) counts[id] = (counts[id] as number) + count; // ids are those of the pieces
    });
    return counts;
  }

  // Which pieces have to stay, and what it costs to do without each of the others.
  #judge(counts: Float64Array): { kept: number[]; losses: { id: number; loss: number }[] } {
    const sum = counts.reduce((total, count) => total + count, 0);
    let words = 0;
    for (const count of this.#words.values()) words += count;
    const countOf = (id: number): number => counts[id] as number; // ids are those of the pieces
    const { size } = this;
    const kept: number[] = [];
    const losses: { id: number; loss: number }[] = [];
    for (const id of this.#ids()) {
      this.#lattice.read(this.#texts[id] ?? '');
      const parts = this.#lattice.best(id);
      const isBest = parts === undefined || (this.#scores[id] as number) >= parts.score;
      const count = countOf(id);
      if (parts === undefined || (!isBest && count > 0)) kept.push(id);
      if (parts === undefined || !isBest || count === 0) continue;
      // The sum after the change would be that of the parts; the original adds the count once for every piece there is.
      const changedSum = Math.log(sum + count * (size - 1));
      let others = 0;
      for (const part of parts.ids) others += Math.log(countOf(part) + count) - changedSum;
      losses.push({ id, loss: (count / words) * (Math.log(count) - Math.log(sum) - others) });
    }
    return { kept, losses };
  }

  // Reads one word after the other into the lattice.
  async #walk(each: (count: number) => void): Promise<void> {
    let characters = 0;
    for (const [word, count] of this.#words) {
      this.#lattice.read(word);
      each(count);
      characters += word.length;
      if (characters < charactersAPause) continue;
      characters = 0;
      await pause();
      this.#signal?.throwIfAborted();
    }
    await pause();
    this.#signal?.throwIfAborted();
  }

  #ids(): number[] {
    const ids: number[] = [];
    for (let id = 1; id < this.#scores.length; id++) if (!Number.isNaN(this.#scores[id])) ids.push(id);
    return ids;
  }

  #newLattice(): PieceLattice {
    return new PieceLattice({ texts: this.#texts, scores: this.#scores });
  }
}

/**
 * The digamma function, the derivative of log Γ, for x > 0: by recurrence up to 7 and the asymptotic series from there.
 *
 * @example digamma(1).toFixed(4); //=> '-0.5772'
 */
export function digamma(x: number): number {
  let value = 0;
  let at = x;
  for (; at < 7; at += 1) value -= 1 / at;
  // The series in 1/(x − 1/2)² (Bernardo 1976, algorithm AS 103, with the terms shifted by a half).
  const shifted = at - 0.5;
  const square = 1 / (shifted * shifted);
  const series = 1 / 24 - square * (7 / 960 - square * (31 / 8064 - square * (127 / 30720)));
  return value + Math.log(shifted) + square * series;
}
