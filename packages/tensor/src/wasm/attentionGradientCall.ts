// The gradient of attention on the engine: one task a sequence and key head, run by all threads; in pieces where the operands do not fit.

import { jsBackend } from '../backend/js/jsBackend.ts';
import type { AttentionGradientCall } from '../backend/trainingKernels.ts';
import { residentAddress } from './areas.ts';
import { placeIntegers, placeVisible } from './attentionCall.ts';
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
import {
  attentionGradientKernel,
  attentionGradientScratch,
  gradientTaskBytes,
} from './kernels/attentionGradientRecord.ts';

/** Operands that are read, and those that are filled, with the rows that sequences use. */
const operandsOfGradient = (call: AttentionGradientCall) => {
  const { q, k, v, out } = operandsOf(call);
  const like = (operand: Operand, array: Float32Array): Operand => ({ ...operand, array });
  return {
    given: { q, k, v, out, gradient: like(out, call.gradient) },
    filled: {
      qGradient: like(q, call.qGradient),
      kGradient: like(k, call.kGradient),
      vGradient: like(v, call.vGradient),
    },
  };
};

const scratchOf = (engine: Engine, call: AttentionGradientCall, sequences: readonly Sequence[]): number => {
  const keys = sequences.reduce((most, s) => Math.max(most, s.endKey - s.firstKey), 0);
  return attentionGradientScratch(
    { across: engine.panelColumns, depth: call.depth, valueDepth: call.valueDepth },
    keys,
  );
};

const compute = (engine: Engine, call: AttentionGradientCall, sequences: readonly Sequence[]): void => {
  const { heads, kvHeads, depth, valueDepth } = call;
  const { given, filled } = operandsOfGradient(call);
  const at = {
    q: place(engine, given.q, true),
    k: place(engine, given.k, true),
    v: place(engine, given.v, true),
    out: place(engine, given.out, true),
    gradient: place(engine, given.gradient, true),
    qGradient: place(engine, filled.qGradient, false),
    kGradient: place(engine, filled.kGradient, false),
    vGradient: place(engine, filled.vGradient, false),
  };
  const tasks = sequences.flatMap((s) =>
    Array.from({ length: kvHeads }, (_, kvHead) => [
      ...[s.firstQuery, s.endQuery - s.firstQuery, s.firstKey, Math.max(0, s.endKey - s.firstKey)],
      ...[s.firstVisible, kvHead],
    ]).flat(),
  );
  engine.run({
    kernel: attentionGradientKernel,
    values: {
      ...{ q: at.q.address, k: at.k.address, v: at.v.address },
      ...{ out: at.out.address, gradient: at.gradient.address },
      ...{
        qGradient: at.qGradient.address,
        kGradient: at.kGradient.address,
        vGradient: at.vGradient.address,
      },
      ...{ qRow: at.q.row, qHead: at.q.head, kRow: at.k.row, kHead: at.k.head },
      ...{ vRow: at.v.row, vHead: at.v.head, outRow: at.out.row, outHead: at.out.head },
      ...{ gradientRow: at.gradient.row, gradientHead: at.gradient.head },
      ...{ qGradientRow: at.qGradient.row, qGradientHead: at.qGradient.head },
      ...{ kGradientRow: at.kGradient.row, kGradientHead: at.kGradient.head },
      ...{ vGradientRow: at.vGradient.row, vGradientHead: at.vGradient.head },
      ...{ group: heads / kvHeads, depth, valueDepth, scale: call.scale },
      tasks: placeIntegers(engine, tasks),
      visible: placeVisible(engine, call.visible),
    },
    chunks: (4 * tasks.length) / gradientTaskBytes,
    scratch: scratchOf(engine, call, sequences),
    work: sequences.reduce(
      (sum, s) =>
        sum + (s.endQuery - s.firstQuery) * (s.endKey - s.firstKey) * heads * (4 * depth + 2 * valueDepth),
      0,
    ),
  });
  const results = [
    {
      operand: filled.qGradient,
      at: at.qGradient,
      rows: (s: Sequence) => [s.firstQuery, s.endQuery] as const,
    },
    { operand: filled.kGradient, at: at.kGradient, rows: (s: Sequence) => [s.firstKey, s.endKey] as const },
    { operand: filled.vGradient, at: at.vGradient, rows: (s: Sequence) => [s.firstKey, s.endKey] as const },
  ];
  for (const { rows, ...result } of results)
    if (residentAddress(engine, result.operand.array) === undefined)
      for (const s of sequences) {
        const [first, end] = rows(s);
        if (end > first) takeOut(engine, result, { first, end });
      }
};

/** Key rows of sequences that nobody asks: zeros. */
const fillUnasked = (call: AttentionGradientCall): void => {
  const { sequences, kvHeads } = call;
  for (let s = 0; s < sequences.length; s += 5) {
    const [firstQuery = 0, endQuery = 0, firstKey = 0, endKey = 0] = sequences.subarray(s, s + 5);
    if (endQuery > firstQuery) continue;
    for (let row = firstKey; row < endKey; row++)
      for (let head = 0; head < kvHeads; head++)
        for (const [array, layout, depth] of [
          [call.kGradient, call.kLayout, call.depth],
          [call.vGradient, call.vLayout, call.valueDepth],
        ] as const) {
          const start = row * layout.row + head * layout.head;
          array.fill(0, start, start + depth);
        }
  }
};

/** Key heads first to end of a call, with the query heads that read them. */
const someHeads = (call: AttentionGradientCall, first: number, end: number): AttentionGradientCall => {
  const group = call.heads / call.kvHeads;
  const query = (array: Float32Array, { head }: { readonly head: number }) =>
    array.subarray(first * group * head);
  const key = (array: Float32Array, { head }: { readonly head: number }) => array.subarray(first * head);
  return {
    ...call,
    ...{ q: query(call.q, call.qLayout), qGradient: query(call.qGradient, call.qLayout) },
    ...{ out: query(call.out, call.outLayout), gradient: query(call.gradient, call.outLayout) },
    ...{ k: key(call.k, call.kLayout), kGradient: key(call.kGradient, call.kLayout) },
    ...{ v: key(call.v, call.vLayout), vGradient: key(call.vGradient, call.vLayout) },
    ...{ heads: (end - first) * group, kvHeads: end - first },
  };
};

/** The parts of a call that need about half as much memory each; none if it cannot be divided. */
const halves = (
  call: AttentionGradientCall,
  sequences: readonly Sequence[],
): readonly AttentionGradientCall[] => {
  if (sequences.length > 1) {
    const middle = sequences.length >> 1;
    return [sequences.slice(0, middle), sequences.slice(middle)].map((some) => ({
      ...call,
      sequences: packSequences(some),
    }));
  }
  const middle = call.kvHeads >> 1;
  return middle === 0 ? [] : [someHeads(call, 0, middle), someHeads(call, middle, call.kvHeads)];
};

/** See AttentionGradientCall; heads at least 1. One sequence and head that does not fit is computed in plain TypeScript. */
export const attentionGradientCall = (engine: Engine, call: AttentionGradientCall): void => {
  fillUnasked(call);
  const sequences = sequencesOf(call);
  if (sequences.length === 0) return;
  const { given, filled } = operandsOfGradient(call);
  const floats = [...Object.values(given), ...Object.values(filled)].reduce(
    (sum, operand) => sum + floatsToCopy(engine, operand),
    0,
  );
  if (4 * floats + scratchOf(engine, call, sequences) * engine.threads > 0.75 * engine.stack.available()) {
    const parts = halves(call, sequences);
    for (const part of parts) attentionGradientCall(engine, part);
    if (parts.length === 0) jsBackend.attentionGradient(call);
    return;
  }
  const mark = engine.stack.mark();
  try {
    compute(engine, call, sequences);
  } finally {
    engine.stack.release(mark);
  }
};
