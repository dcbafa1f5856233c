// The bits of attention on the engine: the words that some rows read brought in, and what the record says of them.

import type { AttentionCall } from '../backend/backend.ts';
import type { ScoreTerms } from '../backend/scoreTerms.ts';
import type { VisibleBits } from '../backend/visibleBits.ts';
import type { Sequence } from './attentionOperands.ts';
import type { Engine } from './engine.ts';
import type { BitFields } from './kernels/attentionBitsRecord.ts';
import type { RecordValues } from './kernels/record.ts';
import { placeIntegers } from './placeIntegers.ts';

/** Some sequences of a call, with bits. */
interface BitsOf extends Pick<AttentionCall, 'visible' | 'heads'> {
  readonly visibleBits: VisibleBits;
  readonly sequences: readonly Sequence[];
}

/** Words from..to are what some sequences read. */
const extent = ({ visible, visibleBits, heads, sequences }: BitsOf) => {
  const { starts, head } = visibleBits;
  let [from, to] = [Infinity, 0];
  for (const { firstQuery, endQuery, firstKey, endKey, firstVisible } of sequences)
    for (let row = firstVisible; row < firstVisible + endQuery - firstQuery; row++) {
      const first = Math.max(0, visible?.[2 * row] ?? 0);
      const end = Math.min(endKey - firstKey, visible?.[2 * row + 1] ?? Infinity);
      if (first >= end) continue;
      const start = starts[row] as number; // a start a row
      from = Math.min(from, start + (first >> 5));
      to = Math.max(to, start + ((end - 1) >> 5) + 1 + (heads - 1) * head);
    }
  return from < to ? { from, to } : { from: 0, to: 0 };
};

/** Words that must be copied to bring bits in; none where there are none. */
export const bitsToCopy = (
  call: Pick<AttentionCall, 'visible' | 'heads' | 'visibleBits'>,
  sequences: readonly Sequence[],
): number => {
  const { visibleBits } = call;
  if (visibleBits === undefined) return 0;
  const { from, to } = extent({ ...call, visibleBits, sequences });
  return to - from + visibleBits.starts.length;
};

/** Brings in what some sequences read, and says where it is. */
export const placeBits = (engine: Engine, call: BitsOf): RecordValues<BitFields> => {
  const { words, starts, head } = call.visibleBits;
  const { from, to } = extent(call);
  return {
    words: placeIntegers(engine, words.subarray(from, to)) - 4 * from,
    wordStarts: placeIntegers(engine, starts),
    wordHead: 4 * head,
  };
};

/** The bits of query heads from `first` on. */
export const bitsOfHeads = (bits: VisibleBits | undefined, first: number): VisibleBits | undefined =>
  bits && { ...bits, words: bits.words.subarray(first * bits.head) };

const noTerms: ScoreTerms = { softcap: undefined, bias: undefined, dropout: undefined };

/** A call whose bits come with terms, as the kernels have them. */
export const withTerms = <C extends Pick<AttentionCall, 'terms' | 'visibleBits'>>(call: C): C =>
  call.visibleBits === undefined || call.terms !== undefined ? call : { ...call, terms: noTerms };
