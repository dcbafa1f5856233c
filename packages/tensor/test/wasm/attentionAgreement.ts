// What tests of attention share: a call with all that both passes compute, the same call with operands elsewhere, and agreement of an engine with it.

import { expectClose } from '@heed/testing';
import type { AttentionCall } from '../../src/backend/backend.ts';
import type { AttentionGradientCall } from '../../src/backend/trainingKernels.ts';
import type { WasmBackend } from '../../src/wasm/wasmBackend.ts';

/** A call of both passes. */
export type BothPasses = AttentionGradientCall & Pick<AttentionCall, 'logSumExp' | 'logSumExpLayout'>;

/** Where an array lies that holds the same numbers. */
export type Place = (x: Float32Array) => Float32Array;

/** What the backward pass fills. */
export const filled = ['qGradient', 'kGradient', 'vGradient', 'biasGradient'] as const;

/** The same call, its operands placed, without what was computed. */
const again = (call: BothPasses, place: Place): BothPasses => {
  const bias = call.terms?.bias;
  const fresh = (x: Float32Array, value: number): Float32Array =>
    place(new Float32Array(x.length).fill(value));
  return {
    ...call,
    ...{ q: place(call.q), k: place(call.k), v: place(call.v), out: place(call.out) },
    gradient: place(call.gradient),
    terms: call.terms && { ...call.terms, bias: bias && { ...bias, array: place(bias.array) } },
    ...{ qGradient: fresh(call.qGradient, 9), kGradient: fresh(call.kGradient, 9) },
    ...{ vGradient: fresh(call.vGradient, 9) },
    biasGradient: call.biasGradient && fresh(call.biasGradient, 2),
  };
};

/** Throws unless both passes of an engine give what is in the call, its operands placed. */
export const expectAgreement = (
  expected: BothPasses,
  { name, engine }: { readonly name: string; readonly engine: WasmBackend },
  place: Place,
): void => {
  const own = again(expected, place);
  const out = place(new Float32Array(own.out.length));
  const logSumExp = new Float32Array(own.logSumExp?.length ?? 0);
  engine.attention({ ...own, out, logSumExp });
  expectClose(out, expected.out, { absolute: 2e-5, name: `${name}, output` });
  expectClose(logSumExp, expected.logSumExp as Float32Array, { absolute: 1e-5, relative: 1e-6, name });
  engine.attentionGradient(own);
  for (const part of filled)
    if (expected[part] !== undefined)
      expectClose(own[part] as Float32Array, expected[part], {
        ...{ relative: 2e-5, absolute: 4e-5, name: `${name}, ${part}` },
      });
};
