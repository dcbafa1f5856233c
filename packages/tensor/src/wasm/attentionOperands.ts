// The operands of attention: rows of heads inside arrays, brought into the engine where they are elsewhere, and results taken out.

import type { AttentionCall, Layout } from '../backend/backend.ts';
import { copyIn, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';

/** One sequence, or some query rows of one: these, its key rows, and the row of `visible` that belongs to the first of these queries. */
export interface Sequence {
  readonly firstQuery: number;
  readonly endQuery: number;
  readonly firstKey: number;
  readonly endKey: number;
  readonly firstVisible: number;
  /** Its number in the call, the query rows of it before these, and all its query rows. */
  readonly index: number;
  readonly row: number;
  readonly queries: number;
}

const sequenceFields = 5;

/** The sequences of a call that have queries. */
export const sequencesOf = ({ sequences }: Pick<AttentionCall, 'sequences'>): readonly Sequence[] => {
  const found: Sequence[] = [];
  for (let s = 0; s < sequences.length; s += sequenceFields) {
    const [firstQuery = 0, endQuery = 0, firstKey = 0, endKey = 0, firstVisible = 0] = sequences.subarray(
      s,
      s + sequenceFields,
    );
    const [index, queries] = [s / sequenceFields, endQuery - firstQuery];
    if (queries > 0)
      found.push({ firstQuery, endQuery, firstKey, endKey, firstVisible, index, row: 0, queries });
  }
  return found;
};

/** Rows first to end of `heads` heads, `depth` numbers each, inside an array. */
export interface Operand {
  readonly array: Float32Array;
  readonly layout: Layout;
  readonly heads: number;
  readonly depth: number;
  readonly first: number;
  readonly end: number;
}

/** An operand in the engine: address of row 0 of head 0 (perhaps before what was copied), and strides in bytes. */
export interface PlacedOperand {
  readonly address: number;
  readonly row: number;
  readonly head: number;
}

/** The operands of a call, with the rows that these of its sequences use. */
export const operandsOf = (
  call: Omit<AttentionCall, 'logSumExp' | 'logSumExpLayout'>,
  sequences: readonly Sequence[],
): { readonly [Name in 'q' | 'k' | 'v' | 'out']: Operand } => {
  const { heads, kvHeads, depth, valueDepth } = call;
  const span = (rows: readonly (readonly [number, number])[]): { first: number; end: number } => {
    const used = rows.filter(([first, end]) => end > first);
    if (used.length === 0) return { first: 0, end: 0 };
    return used.reduce(
      (all, [first, end]) => ({ first: Math.min(all.first, first), end: Math.max(all.end, end) }),
      {
        first: Infinity,
        end: 0,
      },
    );
  };
  const queries = span(sequences.map((s) => [s.firstQuery, s.endQuery]));
  const keys = span(sequences.map((s) => [s.firstKey, s.endKey]));
  return {
    q: { array: call.q, layout: call.qLayout, heads, depth, ...queries },
    k: { array: call.k, layout: call.kLayout, heads: kvHeads, depth, ...keys },
    v: { array: call.v, layout: call.vLayout, heads: kvHeads, depth: valueDepth, ...keys },
    out: { array: call.out, layout: call.outLayout, heads, depth: valueDepth, ...queries },
  };
};

/** First and last number that an operand touches in its array. */
const extent = ({ layout, heads, depth, first, end }: Operand): { from: number; to: number } =>
  end > first
    ? { from: first * layout.row, to: (end - 1) * layout.row + (heads - 1) * layout.head + depth }
    : { from: 0, to: 0 };

/** Whether each row's heads lie side by side with much else between the rows, so that rows are better copied one by one. */
const sparse = ({ layout, heads, depth }: Operand): boolean =>
  (layout.head === depth || heads === 1) && layout.row > 1.25 * heads * depth;

/** Numbers that must be copied to bring an operand in; 0 if it is in the engine. */
export const floatsToCopy = (engine: Engine, operand: Operand): number => {
  if (residentAddress(engine, operand.array) !== undefined) return 0;
  const { from, to } = extent(operand);
  return sparse(operand) ? (operand.end - operand.first) * operand.heads * operand.depth : to - from;
};

/** Where an operand lies in the engine; room for it, filled if `fill`, on the stack if it lies elsewhere. */
export const place = (engine: Engine, operand: Operand, fill: boolean): PlacedOperand => {
  const { array, layout, heads, depth, first, end } = operand;
  const resident = residentAddress(engine, array);
  const strides = { row: 4 * layout.row, head: 4 * layout.head };
  if (resident !== undefined) return { address: resident, ...strides };
  const address = engine.stack.allocate(4 * floatsToCopy(engine, operand));
  const { from, to } = extent(operand);
  if (sparse(operand)) {
    const width = heads * depth;
    if (fill) copyIn(engine, { array, offset: from, rows: end - first, row: layout.row, width }, address);
    return { address: address - 4 * first * width, row: 4 * width, head: 4 * depth };
  }
  if (fill) copyIn(engine, { array, offset: from, rows: 1, row: 0, width: to - from }, address);
  return { address: address - 4 * from, ...strides };
};

/** Copies `rows` of a placed operand to its array, and nothing between them: that is not ours to write. */
export const takeOut = (
  engine: Engine,
  { operand, at }: { readonly operand: Operand; readonly at: PlacedOperand },
  rows: { readonly first: number; readonly end: number },
): void => {
  const { array, layout, heads, depth } = operand;
  const { f32 } = engine.memory.views();
  const copy = (row: number, head: number, width: number): void => {
    const from = (at.address + row * at.row + head * at.head) / 4;
    array.set(f32.subarray(from, from + width), row * layout.row + head * layout.head);
  };
  const count = rows.end - rows.first;
  const same = at.row === 4 * layout.row && at.head === 4 * layout.head;
  const byRows = layout.head === depth && layout.row === heads * depth;
  const byHeads = layout.row === depth && layout.head === count * depth;
  if (same && (byRows || byHeads)) copy(rows.first, 0, count * heads * depth);
  else if (layout.head === depth && at.head === 4 * depth)
    for (let row = rows.first; row < rows.end; row++) copy(row, 0, heads * depth);
  else
    for (let head = 0; head < heads; head++)
      for (let row = rows.first; row < rows.end; row++) copy(row, head, depth);
};
