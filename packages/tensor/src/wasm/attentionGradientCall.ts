// The gradient of attention on the engine: one task a sequence and key head, run by all threads; in pieces where the operands do not fit.

import { jsBackend } from '../backend/js/jsBackend.ts';
import type { AttentionGradientCall } from '../backend/trainingKernels.ts';
import { residentAddress } from './areas.ts';
import { placeVisible } from './attentionCall.ts';
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
import { attentionBitsGradientKernel } from './kernels/attentionBitsRecord.ts';
import { attentionGradientKernel, attentionGradientScratch } from './kernels/attentionGradientRecord.ts';
import { attentionTermsGradientKernel } from './kernels/attentionTermsRecord.ts';
import { placeIntegers } from './placeIntegers.ts';
import { biasToCopy, placeBias, termsOfHeads, termsOfTask, termValues } from './termsCall.ts';

/** Some sequences of a call. */
interface Part {
  readonly call: AttentionGradientCall;
  readonly sequences: readonly Sequence[];
}

/** Operands that are read, and those that are filled, with the rows that sequences use. */
const operandsOfGradient = (call: AttentionGradientCall, sequences: readonly Sequence[]) => {
  const { q, k, v, out } = operandsOf(call, sequences);
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
    { keys, withTerms: call.terms !== undefined, withBits: call.visibleBits !== undefined },
  );
};

/**
 * Tasks, a sequence and a key head each, in the groups that run one after the other: tasks that add to the same numbers of a bias's gradient are
 * one group, so that the order of its sums is the same for any number of threads. Without such a gradient each is a group of its own.
 */
const groupsOf = (
  { kvHeads, terms, biasGradient }: AttentionGradientCall,
  sequences: readonly Sequence[],
): readonly (readonly (readonly number[])[])[] => {
  const shared = biasGradient === undefined ? undefined : terms?.bias;
  const groups = new Map<string, number[][]>();
  for (const s of sequences)
    for (let kvHead = 0; kvHead < kvHeads; kvHead++) {
      const name = `${shared?.sequence === 0 ? 0 : s.index} ${shared?.head === 0 ? 0 : kvHead}`;
      const group = groups.get(name) ?? [];
      groups.set(name, group);
      group.push([
        ...[s.firstQuery, s.endQuery - s.firstQuery, s.firstKey, Math.max(0, s.endKey - s.firstKey)],
        ...[s.firstVisible, kvHead, ...(terms === undefined ? [] : termsOfTask(terms, s))],
      ]);
    }
  return [...groups.values()];
};

const compute = (engine: Engine, call: AttentionGradientCall, sequences: readonly Sequence[]): void => {
  const { heads, kvHeads, depth, valueDepth } = call;
  const { given, filled } = operandsOfGradient(call, sequences);
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
  const groups = groupsOf(call, sequences);
  const { terms, biasGradient } = call;
  const bias = terms?.bias;
  const places = [bias?.array, biasGradient].map((array) =>
    bias === undefined || array === undefined
      ? undefined
      : placeBias(engine, { bias, array }, { sequences, heads }),
  );
  const biasAddress = places[0]?.address ?? 0;
  const job = {
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
      tasks: placeIntegers(engine, groups.flat(2)),
      visible: placeVisible(engine, call.visible),
    },
    chunks: groups.length,
    scratch: scratchOf(engine, call, sequences),
    work: sequences.reduce(
      (sum, s) =>
        sum + (s.endQuery - s.firstQuery) * (s.endKey - s.firstKey) * heads * (4 * depth + 2 * valueDepth),
      0,
    ),
  };
  if (terms === undefined) engine.run({ kernel: attentionGradientKernel, ...job });
  else {
    const starts = [0];
    for (const group of groups) starts.push((starts.at(-1) as number) + group.length); // never empty
    const extra = {
      groups: placeIntegers(engine, starts),
      biasGradient: places[1] === undefined ? 0 : places[1].address - biasAddress,
    };
    const values = { ...job.values, ...termValues(terms, { scale: call.scale, biasAddress }), ...extra };
    const { visibleBits } = call;
    if (visibleBits === undefined) engine.run({ kernel: attentionTermsGradientKernel, ...job, values });
    else {
      const bits = placeBits(engine, { ...call, visibleBits, sequences });
      engine.run({ kernel: attentionBitsGradientKernel, ...job, values: { ...values, ...bits } });
    }
  }
  places[1]?.takeOut();
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
    terms: termsOfHeads(call.terms, first * group),
    visibleBits: bitsOfHeads(call.visibleBits, first * group),
    biasGradient: call.biasGradient?.subarray(first * group * (call.terms?.bias?.head ?? 0)),
  };
};

/** The parts of a part that need about half as much memory each; none if it cannot be divided. */
const halves = ({ call, sequences }: Part): readonly Part[] => {
  if (sequences.length > 1) {
    const middle = sequences.length >> 1;
    return [sequences.slice(0, middle), sequences.slice(middle)].map((some) => ({ call, sequences: some }));
  }
  const middle = call.kvHeads >> 1;
  if (middle === 0) return [];
  return [someHeads(call, 0, middle), someHeads(call, middle, call.kvHeads)].map((some) => ({
    call: some,
    sequences,
  }));
};

/** A part with one sequence in plain TypeScript: it sees nothing of the others. */
const computePlain = ({ call, sequences }: Part): void => {
  for (const s of sequences) {
    const { terms } = call;
    const bias = terms?.bias;
    const own = (array: Float32Array): Float32Array => array.subarray(s.index * (bias?.sequence ?? 0));
    jsBackend.attentionGradient({
      ...call,
      sequences: Int32Array.of(s.firstQuery, s.endQuery, s.firstKey, s.endKey, s.firstVisible),
      terms: terms && {
        ...terms,
        bias: bias && { ...bias, array: own(bias.array) },
        dropout: terms.dropout && {
          ...terms.dropout,
          position: terms.dropout.position + s.index * terms.dropout.sequence,
        },
      },
      biasGradient: call.biasGradient && own(call.biasGradient),
    });
  }
};

const computePart = (engine: Engine, part: Part): void => {
  const { call, sequences } = part;
  if (sequences.length === 0) return;
  const { given, filled } = operandsOfGradient(call, sequences);
  const biases =
    call.terms === undefined ? 0 : 2 * biasToCopy(engine, call.terms, { sequences, heads: call.heads });
  const floats = [...Object.values(given), ...Object.values(filled)].reduce(
    (sum, operand) => sum + floatsToCopy(engine, operand),
    biases + bitsToCopy(call, sequences),
  );
  if (4 * floats + scratchOf(engine, call, sequences) * engine.threads > 0.75 * engine.stack.available()) {
    const parts = halves(part);
    for (const one of parts) computePart(engine, one);
    if (parts.length === 0) computePlain(part);
    return;
  }
  const mark = engine.stack.mark();
  try {
    compute(engine, call, sequences);
  } finally {
    engine.stack.release(mark);
  }
};

/** See AttentionGradientCall; heads at least 1. One sequence and head that does not fit is computed in plain TypeScript. */
export const attentionGradientCall = (engine: Engine, call: AttentionGradientCall): void => {
  fillUnasked(call);
  computePart(engine, { call: withTerms(call), sequences: sequencesOf(call) });
};
