// The words of a corpus as rows of symbols, in which pairs are merged. It knows ids and counts, no text.
import { grown } from '../structures/growing.ts';
import { PairNumbers } from '../structures/pairNumbers.ts';
import { OccurrenceLists } from './occurrenceLists.ts';

/** Words as ids: word k has the ids [starts[k], starts[k + 1]) and comes `counts[k]` times in the corpus. */
export interface Words {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly counts: Float64Array;
}

// What stands between words, and where a symbol was that is now part of the one before it.
const border = -1;
const gone = -2;

/**
 * Rows of symbols with the counts of all pairs of neighbors, kept up to date while pairs are merged.
 *
 * Counts are those of the original, to the last habit (`BpeTrainer` in tokenizers models/bpe/trainer.rs, 3ba8ad00): the count of
 * a pair that was merged stays; a pair whose merge would have `longest` or more characters is not counted when it comes up
 * later. Occurrences are kept by *finding*: those that came up during one merge are one list, as in the original's queue.
 *
 * Memory: about 40 bytes a symbol, however long the words are. Time of a merge: proportional to the occurrences of the pair.
 */
export class SymbolRows {
  /** The pairs that were met. */
  readonly pairs: PairNumbers = new PairNumbers();
  readonly #lists = new OccurrenceLists();
  readonly #symbols: Int32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  readonly #wordOf: Int32Array;
  readonly #counts: Float64Array;
  readonly #longest: number;
  #pairCounts = new Float64Array(1024);
  #symbolCounts = new Float64Array(1024);

  constructor({ ids, starts, counts }: Words, longest: number) {
    const cells = ids.length + counts.length + 1;
    this.#symbols = new Int32Array(cells).fill(border);
    this.#before = new Int32Array(cells);
    this.#after = new Int32Array(cells);
    this.#wordOf = new Int32Array(cells);
    this.#counts = counts;
    this.#longest = longest;
    for (let word = 0, cell = 1; word < counts.length; word++, cell++) {
      const weight = counts[word] as number; // word < length
      for (let k = starts[word] as number; k < (starts[word + 1] as number); k++, cell++) {
        const id = ids[k] as number; // k < starts[word + 1] ≤ length
        this.#symbols[cell] = id;
        this.#before[cell] = cell - 1;
        this.#after[cell] = cell + 1;
        this.#wordOf[cell] = word;
        this.#countSymbol(id, weight);
        const previous = this.#symbols[cell - 1] as number; // cell ≥ 1
        if (previous !== border) this.#find(previous, id, { cell: cell - 1, weight });
      }
    }
  }

  /** How often a pair stands in the corpus; one that was merged keeps its last count. */
  pairCount(pair: number): number {
    return this.#pairCounts[pair] as number; // pairs.size at most
  }

  /** How often a symbol stands in the corpus. */
  symbolCount(id: number): number {
    return this.#symbolCounts[id] ?? 0;
  }

  /** The pair of a finding. */
  pairOf(finding: number): number {
    return this.#lists.pairOf(finding);
  }

  /** Hands over the findings made since the last call; those of pairs that no longer stand anywhere are forgotten. */
  newFindings(): number[] {
    return this.#lists.close((pair) => this.pairCount(pair) > 0);
  }

  /** Merges a pair everywhere. Its count is 0 then. */
  mergeAll(pair: number, made: number): void {
    const cells = this.#lists.takeAll(pair);
    this.#merge(pair, made, cells);
    this.#pairCounts[pair] = 0;
  }

  /** Merges the pair of a finding in all words of the finding; elsewhere it is left for the other findings of the pair. */
  mergeFinding(finding: number, made: number): void {
    const cells = this.#lists.take(finding, (cell) => this.#wordOf[cell] as number);
    this.#merge(this.pairOf(finding), made, cells);
  }

  #merge(pair: number, made: number, cells: Int32Array): void {
    const [first, second] = [this.pairs.left(pair), this.pairs.right(pair)];
    const symbols = this.#symbols;
    for (let k = 0; k < cells.length; k++) {
      const cell = cells[k] as number; // k < length
      const next = this.#after[cell] as number; // findings are cells of words, which have a border behind
      if (symbols[cell] !== first || symbols[next] !== second) continue;
      this.#mergeAt(cell, next, made);
    }
  }

  #mergeAt(cell: number, next: number, made: number): void {
    // All of these are cells of the rows: borders stand at both ends.
    const symbols = this.#symbols;
    const before = this.#before[cell] as number;
    const after = this.#after[next] as number;
    const [first, second] = [symbols[cell] as number, symbols[next] as number];
    const [left, right] = [symbols[before] as number, symbols[after] as number];
    const weight = this.#counts[this.#wordOf[cell] as number] as number;
    const width = after - cell;
    symbols[cell] = made;
    symbols[next] = gone;
    this.#after[cell] = after;
    this.#before[after] = cell;
    this.#countSymbol(first, -weight);
    this.#countSymbol(second, -weight);
    this.#countSymbol(made, weight);
    if (left !== border) {
      this.#countPair(left, first, -weight);
      if (cell - before + width < this.#longest) this.#find(left, made, { cell: before, weight });
    }
    if (right !== border) {
      this.#countPair(second, right, -weight);
      if ((this.#after[after] as number) - after + width < this.#longest)
        this.#find(made, right, { cell, weight });
    }
  }

  #find(left: number, right: number, { cell, weight }: { cell: number; weight: number }): void {
    this.#lists.add(this.#countPair(left, right, weight), cell);
  }

  #countPair(left: number, right: number, weight: number): number {
    const pair = this.pairs.numberOf(left, right);
    this.#pairCounts = grown(this.#pairCounts, pair + 1);
    this.#pairCounts[pair] = (this.#pairCounts[pair] as number) + weight; // room was made
    return pair;
  }

  #countSymbol(id: number, weight: number): void {
    this.#symbolCounts = grown(this.#symbolCounts, id + 1);
    this.#symbolCounts[id] = (this.#symbolCounts[id] as number) + weight; // room was made
  }
}
