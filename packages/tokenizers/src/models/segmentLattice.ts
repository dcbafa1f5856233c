// All entries that stand somewhere in a text: the ways to put it together. What is done with them is in the files that use it.
import { widthAt } from '../alignedText.ts';
import { grown } from '../structures/growing.ts';
import { Trie } from '../structures/trie.ts';

/** Entries by id: a trie of their texts, and their scores; those with a score of NaN are out of use. */
export interface ScoredEntries {
  readonly trie: Trie;
  readonly scores: Float64Array | Float32Array;
  /** Stands for each character that is no entry by itself. */
  readonly unknownId: number;
  readonly unknownScore: number;
}

/**
 * The segments of one text after the other. Those that begin at place p are [starts[p], starts[p + 1]) of `ends` and `ids`, in
 * the order of their lengths; the arrays hold until the next text is read.
 *
 * Time and memory: length of the text × entries that begin at a place.
 *
 * @example
 * const lattice = new SegmentLattice({ trie, scores, unknownId: 0, unknownScore: -20 });
 * lattice.read('ab');
 */
export class SegmentLattice {
  length = 0;
  starts: Int32Array = new Int32Array(64);
  ends: Int32Array = new Int32Array(256);
  ids: Int32Array = new Int32Array(256);

  /** Takes a text; `entries` are looked up in it. */
  read(text: string, { trie, scores, unknownId }: ScoredEntries): void {
    this.length = text.length;
    this.starts = grown(this.starts, text.length + 2);
    let count = 0;
    for (let start = 0; start < text.length; ) {
      const width = widthAt(text, start);
      this.starts[start] = count;
      let single = false;
      let node = Trie.root;
      for (let end = start; end < text.length; ) {
        node = trie.child(node, text.charCodeAt(end));
        if (node < 0) break;
        end += 1;
        const id = trie.value(node);
        if (id < 0 || Number.isNaN(scores[id])) continue;
        this.#add(count++, end, id);
        if (end - start === width) single = true;
      }
      if (!single) this.#add(count++, start + width, unknownId);
      if (width === 2) this.starts[start + 1] = count;
      start += width;
    }
    this.starts[text.length] = count;
    this.starts[text.length + 1] = count;
  }

  /** Where a segment begins, given where it ends; segments lie in the order of their beginnings. */
  startOf(segment: number): number {
    let start = (this.ends[segment] as number) - 1; // segments < starts[length]
    while ((this.starts[start] as number) > segment) start -= 1;
    return start;
  }

  #add(segment: number, end: number, id: number): void {
    this.ends = grown(this.ends, segment + 1);
    this.ids = grown(this.ids, segment + 1);
    this.ends[segment] = end;
    this.ids[segment] = id;
  }
}

/** The score of an entry or of the unknown one. */
export function scoreOfEntry({ scores, unknownId, unknownScore }: ScoredEntries, id: number): number {
  return id === unknownId ? unknownScore : (scores[id] as number); // ids are those of the entries
}

/** log(exp(a) + exp(b)); beyond a difference of 50 the smaller one is below half a unit in the last place. */
export function addedLogs(a: number, b: number): number {
  const less = Math.min(a, b);
  const more = Math.max(a, b);
  return more > less + 50 ? more : more + Math.log(Math.exp(less - more) + 1);
}
