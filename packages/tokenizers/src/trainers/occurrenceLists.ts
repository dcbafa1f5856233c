// Where pairs stand: lists of places, one for each finding. A finding is what came up of one pair between two merges.
import { grown } from '../structures/growing.ts';

const none = -1;

/**
 * Findings with their places. Places are only ever added, so a list may hold some where the pair no longer stands.
 *
 * Memory: 8 bytes a place; no merge adds more than two places for each symbol that it takes away.
 */
export class OccurrenceLists {
  // By place, in the order of adding: the cell, and the place before it in the same list.
  #cells = new Int32Array(1024);
  #earlier = new Int32Array(1024);
  #places = 0;
  // By finding: its pair, its last place, how many places, and the other findings of the pair before it.
  #pairs = new Int32Array(512);
  #last = new Int32Array(512);
  #lengths = new Int32Array(512);
  #older = new Int32Array(512);
  #findings = 0;
  // By pair: its newest finding, and the one that is being filled.
  #newest = new Int32Array(512).fill(none);
  #open = new Int32Array(512).fill(none);
  #opened: number[] = [];

  /** The pair of a finding. */
  pairOf(finding: number): number {
    return this.#pairs[finding] as number; // finding < #findings
  }

  /** Adds a place of a pair to the finding that is being filled. */
  add(pair: number, cell: number): void {
    this.#open = grown(this.#open, pair + 1, none);
    let finding = this.#open[pair] as number; // room was made
    if (finding === none) {
      finding = this.#begin(pair);
      this.#open[pair] = finding;
      this.#opened.push(finding);
    }
    this.#cells = grown(this.#cells, this.#places + 1);
    this.#earlier = grown(this.#earlier, this.#places + 1);
    this.#cells[this.#places] = cell;
    this.#earlier[this.#places] = this.#last[finding] as number; // finding < #findings
    this.#last[finding] = this.#places++;
    this.#lengths[finding] = (this.#lengths[finding] as number) + 1; // finding < #findings
  }

  /** Closes the findings that are being filled, and gives those whose pairs are wanted; the others are forgotten. */
  close(wanted: (pair: number) => boolean): number[] {
    const opened = this.#opened;
    this.#opened = [];
    return opened.filter((finding) => {
      const pair = this.pairOf(finding);
      this.#open[pair] = none;
      if (!wanted(pair)) return false;
      this.#newest = grown(this.#newest, pair + 1, none);
      this.#older[finding] = this.#newest[pair] as number; // room was made
      this.#newest[pair] = finding;
      return true;
    });
  }

  /** Takes all findings of a pair: their cells, ascending. */
  takeAll(pair: number): Int32Array {
    const findings = this.#findingsOf(pair);
    this.#newest[pair] = none;
    return this.#cellsOf(findings).sort();
  }

  /**
   * Takes one finding: its cells, and those of other findings of the pair in the same words, which stay with them, too;
   * ascending.
   */
  take(finding: number, wordOf: (cell: number) => number): Int32Array {
    const pair = this.pairOf(finding);
    const others = this.#findingsOf(pair).filter((other) => other !== finding);
    this.#newest[pair] = none;
    for (const other of others.toReversed()) {
      this.#older[other] = this.#newest[pair] as number; // it was found above
      this.#newest[pair] = other;
    }
    const cells = this.#cellsOf([finding]);
    if (others.length === 0) return isAscending(cells) ? cells : cells.sort();
    const words = new Set(Array.from(cells, wordOf));
    const shared = this.#cellsOf(others).filter((cell) => words.has(wordOf(cell)));
    const all = new Int32Array(cells.length + shared.length);
    all.set(cells);
    all.set(shared, cells.length);
    return all.sort();
  }

  // Newest first.
  #findingsOf(pair: number): number[] {
    const findings: number[] = [];
    for (let finding = this.#newest[pair] ?? none; finding !== none; finding = this.#older[finding] ?? none)
      findings.push(finding);
    return findings;
  }

  #cellsOf(findings: readonly number[]): Int32Array {
    const lengths = findings.map((finding) => this.#lengths[finding] ?? 0);
    const cells = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
    let at = cells.length;
    for (const finding of findings)
      for (let place = this.#last[finding] ?? none; place !== none; place = this.#earlier[place] ?? none)
        cells[--at] = this.#cells[place] as number; // place < #places
    return cells;
  }

  #begin(pair: number): number {
    const finding = this.#findings++;
    this.#pairs = grown(this.#pairs, finding + 1);
    this.#last = grown(this.#last, finding + 1);
    this.#lengths = grown(this.#lengths, finding + 1);
    this.#older = grown(this.#older, finding + 1);
    this.#pairs[finding] = pair;
    this.#last[finding] = none;
    this.#older[finding] = none;
    return finding;
  }
}

function isAscending(cells: Int32Array): boolean {
  for (let k = 1; k < cells.length; k++) if ((cells[k - 1] as number) > (cells[k] as number)) return false;
  return true;
}
