// Decoding steps over caches with many and few key heads, timed in turns in the Worker.

import { type Decoder, decoder } from '../experiments/decodeStep.ts';
import type { Calls, DecodeTiming } from '../protocol.ts';
import { nextTurn } from './nextTurn.ts';

/** Steps that are timed at once: one alone is too short for the browser's clock. */
const steps = 8;

/** Runs all in turns, `repeats` times after one that does not count; each time is told. */
export const timeDecode = async (
  { heads, kvHeads, depth, context, repeats }: Calls['decodeTime']['input'],
  { signal, tell }: { readonly signal: AbortSignal; tell(event: DecodeTiming): void },
): Promise<undefined> => {
  const decoders: Decoder[] = [];
  try {
    for (const own of kvHeads) {
      await nextTurn();
      signal.throwIfAborted();
      decoders.push(decoder({ heads, kvHeads: own, depth, context }));
    }
    for (let turn = 0; turn <= repeats; turn++)
      for (const [index, own] of decoders.entries()) {
        await nextTurn();
        signal.throwIfAborted();
        const begin = performance.now();
        for (let step = 0; step < steps; step++) own.step();
        const milliseconds = (performance.now() - begin) / steps;
        if (turn > 0) tell({ kvHeads: kvHeads[index] ?? 0, milliseconds });
      }
  } finally {
    for (const own of decoders) own[Symbol.dispose]();
  }
  return undefined;
};
