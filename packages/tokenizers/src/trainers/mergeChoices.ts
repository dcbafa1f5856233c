// Which pair is merged next: the most frequent one, or the one that is most frequent for what its halves are.
import { Heap } from '../structures/heap.ts';
import type { SymbolRows } from './symbolRows.ts';

/** A pair that is to be merged. */
export interface MergeChoice {
  readonly pair: number;
  readonly count: number;
  /** Merges it; `made` is the id of the merged symbol. */
  merge(made: number): void;
}

/** Gives the next pair, undefined if no pair stands anywhere; the choice before must have been merged. */
export type MergeChooser = () => MergeChoice | undefined;

/**
 * Chooses by count; of equal counts the smallest left id, then the smallest right id (`BpeTrainer::do_train` in tokenizers
 * models/bpe/trainer.rs, 3ba8ad00; the criterion of Sennrich et al. 2016, section 3.2, arXiv:1508.07909).
 *
 * A queue in which counts may be too old: they are looked up anew when they come to the top.
 */
export function byCount(rows: SymbolRows): MergeChooser {
  const { pairs } = rows;
  const queue = new Heap<{ finding: number; pair: number; count: number }>((a, b) => {
    if (a.count !== b.count) return a.count > b.count;
    const difference = pairs.left(a.pair) - pairs.left(b.pair) || pairs.right(a.pair) - pairs.right(b.pair);
    return difference < 0;
  });
  return () => {
    for (const finding of rows.newFindings()) {
      const pair = rows.pairOf(finding);
      queue.push({ finding, pair, count: rows.pairCount(pair) });
    }
    for (let { top } = queue; top !== undefined; top = queue.top) {
      const { finding, pair } = top;
      const count = rows.pairCount(pair);
      if (count !== top.count) {
        queue.replaceTop({ finding, pair, count });
        continue;
      }
      if (count <= 0) return undefined;
      queue.pop();
      return { pair, count, merge: (made) => rows.mergeFinding(finding, made) };
    }
    return undefined;
  };
}

/** How much more often a pair stands than its halves would if they stood anywhere: count(ab) / (count(a) · count(b)). */
export function scoreOf(rows: SymbolRows, pair: number): number {
  const halves = rows.symbolCount(rows.pairs.left(pair)) * rows.symbolCount(rows.pairs.right(pair));
  return halves > 0 ? Math.max(0, rows.pairCount(pair)) / halves : 0;
}

/**
 * Chooses by `scoreOf`, the gain in likelihood of a unigram model of the corpus (Schuster and Nakajima 2012, section 3), among the
 * pairs that stand at least `leastCount` times; of equal scores the larger count, then the smallest left id, then the
 * smallest right id.
 *
 * Time: one look at every pair for every merge.
 */
export function byScore(rows: SymbolRows, leastCount: number): MergeChooser {
  const { pairs } = rows;
  const least = Math.max(1, leastCount);
  return () => {
    rows.newFindings();
    let best = -1;
    let most = { score: 0, count: 0 };
    for (let pair = 0; pair < pairs.size; pair++) {
      const count = rows.pairCount(pair);
      if (count < least) continue;
      const score = scoreOf(rows, pair);
      if (score < most.score || (score === most.score && count < most.count)) continue;
      const equal = best >= 0 && score === most.score && count === most.count;
      if (equal && !comesFirst(rows, pair, best)) continue;
      best = pair;
      most = { score, count };
    }
    return best < 0
      ? undefined
      : { pair: best, count: most.count, merge: (made) => rows.mergeAll(best, made) };
  };
}

function comesFirst({ pairs }: SymbolRows, pair: number, than: number): boolean {
  return (pairs.left(pair) - pairs.left(than) || pairs.right(pair) - pairs.right(than)) < 0;
}
