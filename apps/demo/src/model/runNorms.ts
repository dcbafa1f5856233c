// The trainings that compare norms, one after the other, in slices.

import { trainNormed } from '../experiments/normComparison.ts';
import type { NormCase, NormOutcome } from '../experiments/normOptions.ts';
import { nextTurn } from './nextTurn.ts';

/** Where outcomes go, and what ends the comparison. */
export interface RunNormsOptions {
  readonly signal: AbortSignal;
  tell(outcome: NormOutcome): void;
}

/** A slice ends when so many milliseconds are over. */
const sliceMilliseconds = 60;

/** Trains each case to its end, or until the signal aborts. */
export const runNorms = async (
  cases: readonly NormCase[],
  { signal, tell }: RunNormsOptions,
): Promise<undefined> => {
  for (const one of cases) {
    const training = trainNormed(one);
    let begin = performance.now();
    for (let next = training.next(); ; next = training.next()) {
      if (next.done) {
        tell(next.value);
        break;
      }
      if (performance.now() - begin < sliceMilliseconds) continue;
      await nextTurn();
      if (signal.aborted) return undefined;
      begin = performance.now();
    }
    await nextTurn();
    if (signal.aborted) return undefined;
  }
  return undefined;
};
