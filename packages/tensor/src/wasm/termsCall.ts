// The terms of attention on the engine: the bias brought in, what the record and the tasks say of it and of dropout.

import type { BiasTerm, ScoreTerms } from '../backend/scoreTerms.ts';
import { copyIn, residentAddress } from './areas.ts';
import type { Sequence } from './attentionOperands.ts';
import type { Engine } from './engine.ts';
import type { TermFields } from './kernels/attentionTermsRecord.ts';
import type { RecordValues } from './kernels/record.ts';

/** Numbers from..to of a bias are what some sequences and heads read. */
const extent = (
  bias: BiasTerm,
  sequences: readonly Sequence[],
  heads: number,
): { readonly from: number; readonly to: number } => {
  let [from, to] = [Infinity, 0];
  for (const { index, row, firstQuery, endQuery } of sequences) {
    const first = index * bias.sequence + row * bias.row;
    const last = first + (heads - 1) * bias.head + (endQuery - firstQuery - 1) * bias.row + bias.columns;
    [from, to] = [Math.min(from, first), Math.max(to, last)];
  }
  return { from, to };
};

/** Numbers that must be copied to bring a bias in. */
export const biasToCopy = (
  engine: Engine,
  { bias }: ScoreTerms,
  { sequences, heads }: { readonly sequences: readonly Sequence[]; readonly heads: number },
): number => {
  if (bias === undefined || residentAddress(engine, bias.array) !== undefined) return 0;
  const { from, to } = extent(bias, sequences, heads);
  return to - from;
};

/** A bias, or an array like it, in the engine: the address that number 0 has or would have, and where to take it out to. */
export interface PlacedBias {
  readonly address: number;
  /** Copies it back to its array, where it was copied. */
  takeOut(): void;
}

/** Brings in what sequences and heads read of a bias, or of an array placed like it. */
export const placeBias = (
  engine: Engine,
  { bias, array }: { readonly bias: BiasTerm; readonly array: Float32Array },
  { sequences, heads }: { readonly sequences: readonly Sequence[]; readonly heads: number },
): PlacedBias => {
  const resident = residentAddress(engine, array);
  if (resident !== undefined) return { address: resident, takeOut: () => undefined };
  const { from, to } = extent(bias, sequences, heads);
  const address = engine.stack.allocate(4 * (to - from));
  copyIn(engine, { array, offset: from, rows: 1, row: 0, width: to - from }, address);
  return {
    address: address - 4 * from,
    takeOut: () => {
      const { f32 } = engine.memory.views();
      array.set(f32.subarray(address / 4, address / 4 + to - from), from);
    },
  };
};

/** The fields that terms have in a record; `scale` is that of scores in powers of e. */
export const termValues = (
  { softcap, bias, dropout }: ScoreTerms,
  { scale, biasAddress }: { readonly scale: number; readonly biasAddress: number },
): RecordValues<TermFields> & { readonly queryScale: number } => ({
  bias: biasAddress,
  biasHead: 4 * (bias?.head ?? 0),
  biasRow: 4 * (bias?.row ?? 0),
  biasSlope: bias?.byDistance === true ? 1 : 0,
  biasLast: (bias?.columns ?? 1) - 1,
  softcap: (softcap ?? 0) * Math.LOG2E,
  // A number of 24 bits is less than rate · 2²⁴ where it is less than the next whole number.
  threshold: dropout === undefined ? 0 : Math.ceil(dropout.rate * 2 ** 24),
  keep: dropout === undefined ? 1 : 1 / (1 - dropout.rate),
  low: dropout?.key[0] ?? 0,
  high: dropout?.key[1] ?? 0,
  positionHead: dropout?.head ?? 0,
  positionRow: dropout?.row ?? 0,
  /** Factor of queries: bounded scores come divided by the bound, others as powers of 2. */
  queryScale: softcap === undefined ? scale * Math.LOG2E : scale / softcap,
});

/** What the task of a sequence says of terms, in the order of its fields. */
export const termsOfTask = ({ bias, dropout }: ScoreTerms, s: Sequence): readonly number[] => [
  bias === undefined ? 0 : 4 * (s.index * bias.sequence + s.row * bias.row),
  bias === undefined ? 0 : bias.first + (bias.byDistance ? s.row + s.endKey - s.firstKey - s.queries : 0),
  dropout === undefined ? 0 : dropout.position + s.index * dropout.sequence + s.row * dropout.row,
];

/** The terms of query heads from `first` on. */
export const termsOfHeads = (terms: ScoreTerms | undefined, first: number): ScoreTerms | undefined => {
  if (terms === undefined) return undefined;
  const { bias, dropout } = terms;
  return {
    ...terms,
    bias: bias && { ...bias, array: bias.array.subarray(first * bias.head) },
    dropout: dropout && { ...dropout, position: dropout.position + first * dropout.head },
  };
};
