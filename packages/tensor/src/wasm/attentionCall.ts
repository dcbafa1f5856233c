// Attention on the engine: tasks from sequences, heads and query rows, run by all threads; in pieces where the operands do not fit.

import type { AttentionCall } from '../backend/backend.ts';
import { residentAddress } from './areas.ts';
import {
  floatsToCopy,
  type Operand,
  operandsOf,
  place,
  type Sequence,
  sequencesOf,
  takeOut,
} from './attentionOperands.ts';
import { bitsOfHeads, bitsToCopy, placeBits, withTerms } from './bitsCall.ts';
import type { Engine } from './engine.ts';
import { attentionBitsKernel, bitsScratch } from './kernels/attentionBitsRecord.ts';
import { attentionKernel, attentionScratch, maxColumns } from './kernels/attentionRecord.ts';
import { attentionTermsKernel } from './kernels/attentionTermsRecord.ts';
import { placeIntegers } from './placeIntegers.ts';
import { biasToCopy, placeBias, termsOfHeads, termsOfTask, termValues } from './termsCall.ts';

/** Some sequences, or some rows of one, of a call. */
interface Part {
  readonly call: AttentionCall;
  readonly sequences: readonly Sequence[];
}

/** The table of tasks, their number, and the columns of the widest. Query columns are the rows of all heads of a group: heads that share keys share the packing of them. */
const tasksOf = (
  { call, sequences }: Part,
  { threads, panelColumns }: Engine,
): { readonly tasks: number[]; readonly count: number; readonly columns: number } => {
  const group = call.heads / call.kvHeads;
  const all = sequences.reduce((sum, s) => sum + (s.endQuery - s.firstQuery) * call.heads, 0);
  // Few enough columns for all threads to end at about the same time, many enough to be worth the packing of a block.
  const fair = threads === 1 ? maxColumns : Math.ceil(all / (4 * threads) / panelColumns) * panelColumns;
  const most = Math.min(maxColumns, Math.max(8 * panelColumns, fair));
  const tasks: number[] = [];
  let [count, widest] = [0, 0];
  for (const s of sequences) {
    const terms = call.terms === undefined ? [] : termsOfTask(call.terms, s);
    const queries = s.endQuery - s.firstQuery;
    const columns = queries * group;
    const width = Math.ceil(columns / Math.ceil(columns / most) / panelColumns) * panelColumns;
    for (let kvHead = 0; kvHead < call.kvHeads; kvHead++)
      for (let column = 0; column < columns; column += width) {
        tasks.push(s.firstQuery, queries, s.firstKey, Math.max(0, s.endKey - s.firstKey), s.firstVisible);
        tasks.push(kvHead, column, Math.min(width, columns - column), ...terms);
        widest = Math.max(widest, Math.min(width, columns - column));
        count++;
      }
  }
  return { tasks, count, columns: widest };
};

/** The address of `visible`, whose every pair is read: all of it is brought in. 0 if there is none. */
export const placeVisible = (engine: Engine, visible: Int32Array | undefined): number => {
  if (visible === undefined) return 0;
  return engine.memory.holds(visible) ? visible.byteOffset : placeIntegers(engine, visible);
};

const compute = (engine: Engine, part: Part): void => {
  const { call, sequences } = part;
  const { heads, kvHeads, depth, valueDepth, logSumExp, terms, visibleBits } = call;
  const operands = operandsOf(call, sequences);
  const [q, k, v] = [
    place(engine, operands.q, true),
    place(engine, operands.k, true),
    place(engine, operands.v, true),
  ];
  const out = place(engine, operands.out, false);
  const sumOperand: Operand | undefined =
    logSumExp === undefined
      ? undefined
      : { ...operands.out, array: logSumExp, layout: call.logSumExpLayout, depth: 1 };
  const sums = sumOperand === undefined ? { address: 0, row: 0, head: 0 } : place(engine, sumOperand, false);
  const { tasks, count, columns } = tasksOf(part, engine);
  const bias = terms?.bias;
  const biasAddress =
    bias === undefined ? 0 : placeBias(engine, { bias, array: bias.array }, { sequences, heads }).address;
  const extra = terms && termValues(terms, { scale: call.scale, biasAddress });
  const job = {
    values: {
      q: q.address,
      k: k.address,
      v: v.address,
      out: out.address,
      logSumExp: sums.address,
      qRow: q.row,
      qHead: q.head,
      kRow: k.row,
      kHead: k.head,
      vRow: v.row,
      vHead: v.head,
      outRow: out.row,
      outHead: out.head,
      logSumExpRow: sums.row,
      logSumExpHead: sums.head,
      group: heads / kvHeads,
      depth,
      valueDepth,
      scale: extra?.queryScale ?? call.scale * Math.LOG2E,
      tasks: placeIntegers(engine, tasks),
      visible: placeVisible(engine, call.visible),
    },
    chunks: count,
    scratch:
      attentionScratch({ across: engine.panelColumns, depth, valueDepth }, columns) +
      (visibleBits === undefined ? 0 : bitsScratch(engine.panelColumns)),
    work: sequences.reduce(
      (sum, s) =>
        sum + (s.endQuery - s.firstQuery) * Math.max(0, s.endKey - s.firstKey) * heads * (depth + valueDepth),
      0,
    ),
  };
  if (extra === undefined) engine.run({ kernel: attentionKernel, ...job });
  else if (visibleBits === undefined)
    engine.run({ kernel: attentionTermsKernel, ...job, values: { ...job.values, ...extra } });
  else {
    const bits = placeBits(engine, { ...call, visibleBits, sequences });
    engine.run({ kernel: attentionBitsKernel, ...job, values: { ...job.values, ...extra, ...bits } });
  }
  const results = [
    { operand: operands.out, at: out },
    ...(sumOperand === undefined ? [] : [{ operand: sumOperand, at: sums }]),
  ];
  for (const result of results)
    if (residentAddress(engine, result.operand.array) === undefined)
      for (const s of sequences) takeOut(engine, result, { first: s.firstQuery, end: s.endQuery });
};

/** The parts of a part of which each needs about half as much memory; undefined if it cannot be divided. */
const halves = ({ call, sequences }: Part): readonly Part[] | undefined => {
  if (sequences.length > 1) {
    const middle = sequences.length >> 1;
    return [sequences.slice(0, middle), sequences.slice(middle)].map((some) => ({ call, sequences: some }));
  }
  if (call.kvHeads > 1) {
    const middle = call.kvHeads >> 1;
    return [someHeads(call, 0, middle), someHeads(call, middle, call.kvHeads)].map((some) => ({
      call: some,
      sequences,
    }));
  }
  const [only] = sequences;
  if (only === undefined || only.endQuery - only.firstQuery < 2) return undefined;
  const count = (only.endQuery - only.firstQuery) >> 1;
  const middle = only.firstQuery + count;
  const rest = { firstVisible: only.firstVisible + count, row: only.row + count };
  return [
    { call, sequences: [{ ...only, endQuery: middle }] },
    { call, sequences: [{ ...only, ...rest, firstQuery: middle }] },
  ];
};

/** Key heads first to end of a call, with the query heads that read them. */
const someHeads = (call: AttentionCall, first: number, end: number): AttentionCall => {
  const group = call.heads / call.kvHeads;
  return {
    ...call,
    q: call.q.subarray(first * group * call.qLayout.head),
    k: call.k.subarray(first * call.kLayout.head),
    v: call.v.subarray(first * call.vLayout.head),
    out: call.out.subarray(first * group * call.outLayout.head),
    logSumExp: call.logSumExp?.subarray(first * group * call.logSumExpLayout.head),
    heads: (end - first) * group,
    kvHeads: end - first,
    terms: termsOfHeads(call.terms, first * group),
    visibleBits: bitsOfHeads(call.visibleBits, first * group),
  };
};

const computePart = (engine: Engine, part: Part): void => {
  const { call, sequences } = part;
  if (sequences.length === 0) return;
  const operands = Object.values(operandsOf(call, sequences));
  const bias = call.terms === undefined ? 0 : biasToCopy(engine, call.terms, { ...call, sequences });
  const floats = operands.reduce(
    (sum, operand) => sum + floatsToCopy(engine, operand),
    bias + bitsToCopy(call, sequences),
  );
  const scratch = attentionScratch({ ...call, across: engine.panelColumns }, maxColumns) * engine.threads;
  const fits = 4 * floats + scratch <= 0.75 * engine.stack.available();
  const parts = fits ? undefined : halves(part);
  if (parts !== undefined) {
    for (const one of parts) computePart(engine, one);
    return;
  }
  const mark = engine.stack.mark();
  try {
    compute(engine, part);
  } finally {
    engine.stack.release(mark);
  }
};

/** See AttentionCall; depth, valueDepth and heads at least 1. */
export const attentionCall = (engine: Engine, call: AttentionCall): void =>
  computePart(engine, { call: withTerms(call), sequences: sequencesOf(call) });
