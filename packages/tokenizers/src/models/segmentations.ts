// Several segmentations of one text by a Unigram model: the best ones, and one drawn by chance.
import { Heap } from '../structures/heap.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { UnigramSampling } from './model.ts';
import { addedLogs, type ScoredEntries, SegmentLattice, scoreOfEntry } from './segmentLattice.ts';

/** A part of a text with the id of its entry. */
export interface Segment {
  id: number;
  start: number;
  end: number;
}

/** A segmentation and the sum of its scores: its log-probability, but for a constant. */
export interface Segmentation {
  readonly segments: Segment[];
  readonly score: number;
}

// Candidates × length beyond which the search would take gigabytes.
const mostWork = 2 ** 23;

/**
 * The `count` best segmentations of a text, best first; fewer if there are no more. An A* search from the end, with the best sums from
 * the beginning as its estimate, which is exact (Kudo 2018, section 3.3, arXiv:1804.10959; `Lattice::NBest` in
 * google/sentencepiece src/unigram_model.cc). Of equal ones any order.
 *
 * Time and memory: at most count × length × entries that end at a place.
 */
export function bestSegmentations(text: string, entries: ScoredEntries, count: number): Segmentation[] {
  if (count * text.length > mostWork) {
    throw new TokenizerError(
      'encode',
      `${count} segmentations of ${text.length} characters in a row were asked for; expected at most ${mostWork} for the product. Ask for fewer, or cut the text before.`,
    );
  }
  const lattice = new SegmentLattice();
  lattice.read(text, entries);
  const sums = bestSums(lattice, entries);
  const before = endingSegments(lattice);
  const agenda = new Heap<Step>((a, b) => a.promise > b.promise);
  agenda.push({ place: text.length, segment: -1, next: undefined, score: 0, promise: 0 });
  const found: Segmentation[] = [];
  while (found.length < count) {
    const top = agenda.pop();
    if (top === undefined) break;
    const { place, score } = top;
    if (place === 0) {
      found.push({ segments: pathOf(top, lattice), score });
      continue;
    }
    for (const segment of before[place] ?? []) {
      const start = lattice.startOf(segment);
      const sum = score + scoreOfEntry(entries, lattice.ids[segment] as number);
      agenda.push({ place: start, segment, next: top, score: sum, promise: sum + (sums[start] as number) });
    }
  }
  return found;
}

// Drawn among all: sums of exp(alpha · score) from the beginning, choices from the end (Kudo 2018, section 3.3, arXiv:1804.10959).
function drawnSegmentation(
  text: string,
  entries: ScoredEntries,
  { alpha, random }: { alpha: number; random: () => number },
): Segment[] {
  const lattice = new SegmentLattice();
  lattice.read(text, entries);
  const { starts, ends, ids } = lattice;
  const weightOf = (segment: number): number => alpha * scoreOfEntry(entries, ids[segment] as number); // segments of the lattice
  const sums = new Float64Array(text.length + 1).fill(Number.NEGATIVE_INFINITY);
  sums[0] = 0;
  for (let start = 0; start < text.length; start++)
    for (let segment = starts[start] as number; segment < (starts[start + 1] as number); segment++) {
      const end = ends[segment] as number; // segment < starts[length]
      sums[end] = addedLogs(sums[end] as number, (sums[start] as number) + weightOf(segment));
    }
  const before = endingSegments(lattice);
  const segments: Segment[] = [];
  for (let end = text.length; end > 0; ) {
    const choices = before[end] ?? [];
    let rest = random();
    let chosen = choices.at(-1) ?? 0;
    for (const segment of choices) {
      rest -= Math.exp(
        (sums[lattice.startOf(segment)] as number) + weightOf(segment) - (sums[end] as number),
      );
      if (rest >= 0) continue;
      chosen = segment;
      break;
    }
    const start = lattice.startOf(chosen);
    segments.push({ id: ids[chosen] as number, start, end });
    end = start;
  }
  return segments.reverse();
}

/**
 * A segmentation drawn with a probability proportional to exp(alpha · score), among all or among the best candidates
 * (`Model::SampleEncode` in google/sentencepiece src/unigram_model.cc).
 *
 * Time: as for the best segmentation, with a logarithm a segment; with candidates as for `bestSegmentations`.
 */
export function sampledSegments(text: string, entries: ScoredEntries, sampling: UnigramSampling): Segment[] {
  const { candidates } = sampling;
  if (candidates === undefined) return drawnSegmentation(text, entries, sampling);
  return drawn(bestSegmentations(text, entries, candidates), sampling)?.segments ?? [];
}

// One of several, with a probability proportional to exp(alpha · score).
function drawn<Choice extends { readonly score: number }>(
  choices: readonly Choice[],
  { alpha, random }: { alpha: number; random: () => number },
): Choice | undefined {
  const most = choices.reduce((best, { score }) => Math.max(best, alpha * score), Number.NEGATIVE_INFINITY);
  const weights = choices.map(({ score }) => Math.exp(alpha * score - most));
  let rest = random() * weights.reduce((sum, weight) => sum + weight, 0);
  return choices.find((_, k) => {
    rest -= weights[k] ?? 0;
    return rest < 0;
  });
}

function bestSums(lattice: SegmentLattice, entries: ScoredEntries): Float64Array {
  const { starts, ends, ids, length } = lattice;
  const sums = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
  sums[0] = 0;
  for (let start = 0; start < length; start++)
    for (let segment = starts[start] as number; segment < (starts[start + 1] as number); segment++) {
      const end = ends[segment] as number; // segment < starts[length]
      const sum = (sums[start] as number) + scoreOfEntry(entries, ids[segment] as number);
      if (sum > (sums[end] as number)) sums[end] = sum;
    }
  return sums;
}

// The segments that end at each place.
function endingSegments({ starts, ends, length }: SegmentLattice): number[][] {
  const before: number[][] = [];
  for (let segment = 0; segment < (starts[length] as number); segment++) {
    const end = ends[segment] as number; // segment < starts[length]
    const list = before[end];
    if (list === undefined) before[end] = [segment];
    else list.push(segment);
  }
  return before;
}

// A way from a place to the end: the segment that begins there and the step after it; `promise` is what the best way to the place
// makes of the score.
interface Step {
  readonly place: number;
  readonly segment: number;
  readonly next: Step | undefined;
  readonly score: number;
  readonly promise: number;
}

function pathOf(first: Step, lattice: SegmentLattice): Segment[] {
  const segments: Segment[] = [];
  for (let step: Step | undefined = first; step !== undefined && step.segment >= 0; step = step.next)
    segments.push({
      id: lattice.ids[step.segment] as number, // segments of the lattice
      start: step.place,
      end: lattice.ends[step.segment] as number,
    });
  return segments;
}
