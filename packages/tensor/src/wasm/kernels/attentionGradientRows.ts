// The rows of a block of queries in the attention gradient: what they see, how they are brought in. What happens to them is in
// attentionGradient.ts.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32 } from '../assembler/instructions.ts';
import { constant, type Local, type Operand, type Value } from '../assembler/value.ts';
import type { Bits } from './attentionBits.ts';
import { bitsPlace } from './attentionBitsRecord.ts';
import type { CopyRows, RowsToPanel } from './attentionGradientBlock.ts';
import type {
  attentionGradientKernel,
  GradientScratch,
  gradientTaskFields,
} from './attentionGradientRecord.ts';
import { panelState } from './attentionRecord.ts';
import type { Terms } from './attentionTerms.ts';
import { gradientTerms } from './attentionTermsRecord.ts';
import { sumOfLanes } from './lanes.ts';
import type { RecordLocals } from './record.ts';
import { alongRow } from './rowLoop.ts';

/** The fields of a call. */
export type GradientFields = RecordLocals<typeof attentionGradientKernel.layout>;
/** The fields of a task. */
export type GradientTask = RecordLocals<typeof gradientTaskFields>;

/** Sizes of a task as variables: depths as they are and padded to panels, and bytes of padded rows. */
export interface GradientSizes {
  readonly wide: Local<'i32'>;
  readonly wideValue: Local<'i32'>;
  readonly wideBytes: Local<'i32'>;
  readonly wideValueBytes: Local<'i32'>;
}

/** A block of query rows of one head. */
export interface GradientBlock {
  readonly firstRow: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly panels: Local<'i32'>;
  readonly head: Local<'i32'>;
  /** Keys low to high are what any of its rows sees. */
  readonly low: Local<'i32'>;
  readonly high: Local<'i32'>;
}

/** The address of row and head in an operand. */
export const placeOf = (
  [array, rowBytes, headBytes]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>],
  row: Operand<'i32'>,
  head: Local<'i32'>,
): Value<'i32'> => i32.add(array, i32.mul(row, rowBytes), i32.mul(head, headBytes));

/** A block, and all that is needed to find its rows. */
export interface RowsOf {
  readonly call: GradientFields;
  readonly task: GradientTask;
  readonly block: GradientBlock;
  readonly s: GradientScratch;
  /** Lanes of a panel. */
  readonly across: number;
}

/** Sets so many numbers (a multiple of 4) from an address on to one value. */
export const fill = (
  f: FunctionBuilder,
  value: number,
  [from, floats]: readonly [Local<'i32'>, Operand<'i32'>],
): void => {
  const at = f.let(from);
  const end = f.let(i32.add(from, i32.shiftLeft(floats, 2)));
  f.while(i32.below(at, end), () => {
    f.store(at, constant('f32x4', value));
    f.set(at, i32.add(at, 16));
  });
};

/** What each row of the block sees, and Σ dO·O of each, in the panels' states. */
export const beginRows = (f: FunctionBuilder, { call, task, block, s, across }: RowsOf): void => {
  const state = panelState(across);
  const { firstRow, rows, panels, head } = block;
  const [first, end] = [f.local('i32'), f.local('i32')];
  const sum = f.local('v128');
  f.for(0, i32.mul(panels, across), 1, (index) => {
    const panel = f.let(i32.add(s.panels, i32.mul(i32.div(index, across), state.queries)));
    const lane = f.let(i32.add(panel, i32.shiftLeft(i32.remainder(index, across), 2)));
    f.set(first, task.keys);
    f.set(end, 0);
    f.set(sum, 0);
    f.if(i32.less(index, rows), () => {
      f.set(first, 0);
      f.set(end, task.keys);
      const row = f.let(i32.add(firstRow, index));
      f.if(call.visible, () => {
        const pair = f.let(i32.add(call.visible, i32.shiftLeft(i32.add(task.firstVisible, row), 3)));
        f.set(first, i32.load(pair));
        f.set(first, i32.max(first, constant('i32', 0)));
        f.set(end, i32.load(pair, 4));
        f.set(end, i32.min(end, task.keys));
      });
      const at = f.let(i32.add(task.firstQuery, row));
      const out = f.let(placeOf([call.out, call.outRow, call.outHead], at, head));
      const up = f.let(placeOf([call.gradient, call.gradientRow, call.gradientHead], at, head));
      alongRow(f, call.valueDepth, (step) =>
        f.set(sum, f32x4.add(sum, step.counted(f32x4.mul(step.load(out), step.load(up))))),
      );
    });
    // A lane that sees nothing widens no bound: first = keys, end = 0.
    f.if(i32.atLeast(first, end), () => {
      f.set(first, task.keys);
      f.set(end, 0);
    });
    f.store(lane, first, state.first);
    f.store(lane, end, state.end);
    f.store(lane, sumOfLanes(f, sum), state.out);
    f.store(lane, constant('f32', -Infinity), state.max);
    f.store(lane, constant('f32', 0), state.sum);
    f.set(block.low, i32.min(block.low, first));
    f.set(block.high, i32.max(block.high, end));
  });
};

/** Queries and upstream gradients of the block, as padded rows and as panels. */
export const bringRows = (
  f: FunctionBuilder,
  { call, task, block, s, across, queryScale }: RowsOf & { readonly queryScale: Value<'f32'> },
  {
    copyRows,
    rowsToPanel,
    sizes,
  }: { readonly copyRows: CopyRows; readonly rowsToPanel: RowsToPanel; readonly sizes: GradientSizes },
): void => {
  const { firstRow, rows, panels, head } = block;
  const at = f.let(i32.add(task.firstQuery, firstRow));
  const missing = f.let(i32.sub(i32.mul(panels, across), rows));
  const bring = (
    source: Local<'i32'>,
    sourceRow: Local<'i32'>,
    into: { to: Local<'i32'>; width: Local<'i32'>; padded: Local<'i32'>; bytes: Local<'i32'> },
  ): void => {
    const { to, width, padded, bytes } = into;
    f.call(copyRows, { source, sourceRow, rows, width, to, toRow: bytes, padded });
    fill(f, 0, [f.let(i32.add(to, i32.mul(rows, bytes))), i32.mul(missing, padded)]);
  };
  bring(f.let(placeOf([call.q, call.qRow, call.qHead], at, head)), call.qRow, {
    ...{ to: s.queryRows, width: call.depth, padded: sizes.wide, bytes: sizes.wideBytes },
  });
  bring(f.let(placeOf([call.gradient, call.gradientRow, call.gradientHead], at, head)), call.gradientRow, {
    to: s.upstreamRows,
    width: call.valueDepth,
    padded: sizes.wideValue,
    bytes: sizes.wideValueBytes,
  });
  const scaleOfScores = f.let(queryScale);
  const one = f.let(constant('f32', 1));
  f.for(0, panels, 1, (number) => {
    const place = (array: Local<'i32'>, bytes: Local<'i32'>) =>
      i32.add(array, i32.mul(i32.mul(number, across), bytes));
    for (const [source, to, width, bytes, scale] of [
      [s.queryRows, s.queryPanels, sizes.wide, sizes.wideBytes, scaleOfScores],
      [s.upstreamRows, s.upstreamPanels, sizes.wideValue, sizes.wideValueBytes, one],
    ] as const)
      f.call(rowsToPanel, {
        source: place(source, bytes),
        sourceRow: bytes,
        width,
        to: place(to, bytes),
        scale,
      });
  });
};

/** Where the bias, random numbers and bits of each row of a block begin. */
export const beginTermsOfRows = (
  f: FunctionBuilder,
  { terms: { place }, bits }: { readonly terms: Terms; readonly bits: Bits | undefined },
  given: RowsOf & { readonly record: Local<'i32'>; readonly taskAddress: Local<'i32'> },
): void => {
  const { record, task, taskAddress, across, s } = given;
  const { panels, head, rows, firstRow } = given.block;
  const last = f.let(i32.sub(rows, 1));
  f.for(0, i32.mul(panels, across), 1, (index) => {
    // Rows that are missing read what the last one reads; their gradients are 0.
    const row = f.let(index);
    f.set(row, i32.min(row, last));
    const panel = i32.add(s.panels, i32.mul(i32.div(index, across), panelState(across).queries));
    const own = { lane: f.let(i32.add(panel, i32.shiftLeft(i32.remainder(index, across), 2))), head };
    f.set(row, i32.add(row, firstRow));
    f.call(place, {
      terms: i32.add(record, gradientTerms.record),
      taskTerms: i32.add(taskAddress, gradientTerms.task),
      ...{ ...own, row },
    });
    if (bits !== undefined)
      f.call(bits.place, {
        bits: i32.add(record, bitsPlace.gradient),
        ...{ ...own, row: i32.add(task.firstVisible, row) },
      });
  });
};
