// Attention on the engine: tasks from sequences, heads and query rows, run by all threads; in pieces where the operands do not fit.

import type { AttentionCall } from '../backend/backend.ts';
import { residentAddress } from './areas.ts';
import {
  floatsToCopy,
  type Operand,
  operandsOf,
  packSequences,
  place,
  type Sequence,
  sequencesOf,
  takeOut,
} from './attentionOperands.ts';
import type { Engine } from './engine.ts';
import { attentionKernel, attentionScratch, maxColumns, taskBytes } from './kernels/attentionRecord.ts';

/** The table of tasks. Query columns are the rows of all heads of a group: heads that share keys share the packing of them. */
const tasksOf = (call: AttentionCall, { threads, panelColumns }: Engine): number[] => {
  const group = call.heads / call.kvHeads;
  const sequences = sequencesOf(call);
  const all = sequences.reduce((sum, s) => sum + (s.endQuery - s.firstQuery) * call.heads, 0);
  // Few enough columns for all threads to end at about the same time, many enough to be worth the packing of a block.
  const fair = threads === 1 ? maxColumns : Math.ceil(all / (4 * threads) / panelColumns) * panelColumns;
  const most = Math.min(maxColumns, Math.max(8 * panelColumns, fair));
  const tasks: number[] = [];
  for (const s of sequences) {
    const queries = s.endQuery - s.firstQuery;
    const columns = queries * group;
    const width = Math.ceil(columns / Math.ceil(columns / most) / panelColumns) * panelColumns;
    for (let kvHead = 0; kvHead < call.kvHeads; kvHead++)
      for (let column = 0; column < columns; column += width) {
        tasks.push(s.firstQuery, queries, s.firstKey, Math.max(0, s.endKey - s.firstKey), s.firstVisible);
        tasks.push(kvHead, column, Math.min(width, columns - column));
      }
  }
  return tasks;
};

/** Copies numbers to a new place on the stack. */
export const placeIntegers = (engine: Engine, numbers: ArrayLike<number>): number => {
  const address = engine.stack.allocate(4 * numbers.length);
  engine.memory.views().i32.set(numbers, address / 4);
  return address;
};

/** The address of `visible`, whose every pair is read: all of it is brought in. 0 if there is none. */
export const placeVisible = (engine: Engine, visible: Int32Array | undefined): number => {
  if (visible === undefined) return 0;
  return engine.memory.holds(visible) ? visible.byteOffset : placeIntegers(engine, visible);
};

/** The most columns that a task has: the last number of each. */
const columnsOfWidest = (tasks: readonly number[]): number =>
  tasks.reduce((most, number, i) => ((i + 1) % (taskBytes / 4) === 0 ? Math.max(most, number) : most), 0);

const compute = (engine: Engine, call: AttentionCall): void => {
  const { heads, kvHeads, depth, valueDepth, logSumExp } = call;
  const operands = operandsOf(call);
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
  const tasks = tasksOf(call, engine);
  const count = tasks.length / (taskBytes / 4);
  const columns = columnsOfWidest(tasks);
  engine.run({
    kernel: attentionKernel,
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
      scale: call.scale * Math.LOG2E,
      tasks: placeIntegers(engine, tasks),
      visible: placeVisible(engine, call.visible),
    },
    chunks: count,
    scratch: attentionScratch({ across: engine.panelColumns, depth, valueDepth }, columns),
    work: sequencesOf(call).reduce(
      (sum, s) =>
        sum + (s.endQuery - s.firstQuery) * Math.max(0, s.endKey - s.firstKey) * heads * (depth + valueDepth),
      0,
    ),
  });
  const results = [
    { operand: operands.out, at: out },
    ...(sumOperand === undefined ? [] : [{ operand: sumOperand, at: sums }]),
  ];
  for (const result of results)
    if (residentAddress(engine, result.operand.array) === undefined)
      for (const s of sequencesOf(call)) takeOut(engine, result, { first: s.firstQuery, end: s.endQuery });
};

/** The parts of a call of which each needs about half as much memory; undefined if it cannot be divided. */
const halves = (call: AttentionCall): readonly AttentionCall[] | undefined => {
  const sequences = sequencesOf(call);
  if (sequences.length > 1) {
    const middle = sequences.length >> 1;
    return [sequences.slice(0, middle), sequences.slice(middle)].map((some) => ({
      ...call,
      sequences: packSequences(some),
    }));
  }
  if (call.kvHeads > 1) {
    const middle = call.kvHeads >> 1;
    return [someHeads(call, 0, middle), someHeads(call, middle, call.kvHeads)];
  }
  const [only] = sequences;
  if (only === undefined || only.endQuery - only.firstQuery < 2) return undefined;
  const middle = (only.firstQuery + only.endQuery) >> 1;
  const parts: readonly Sequence[] = [
    { ...only, endQuery: middle },
    { ...only, firstQuery: middle, firstVisible: only.firstVisible + middle - only.firstQuery },
  ];
  return parts.map((part) => ({ ...call, sequences: packSequences([part]) }));
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
  };
};

/** See AttentionCall; depth, valueDepth and heads at least 1. */
export const attentionCall = (engine: Engine, call: AttentionCall): void => {
  if (sequencesOf(call).length === 0) return;
  const operands = Object.values(operandsOf(call));
  const floats = operands.reduce((sum, operand) => sum + floatsToCopy(engine, operand), 0);
  const scratch = attentionScratch({ ...call, across: engine.panelColumns }, maxColumns) * engine.threads;
  const fits = 4 * floats + scratch <= 0.75 * engine.stack.available();
  const parts = fits ? undefined : halves(call);
  if (parts !== undefined) {
    for (const part of parts) attentionCall(engine, part);
    return;
  }
  const mark = engine.stack.mark();
  try {
    compute(engine, call);
  } finally {
    engine.stack.release(mark);
  }
};
