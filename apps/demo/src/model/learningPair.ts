// A net on the spirals and its twin, the one with warm-up and the other without, trained side by side in slices.

import { newLearner } from '../experiments/learner.ts';
import { type LearningOptions, totalSteps, twinOf } from '../experiments/learningOptions.ts';
import type { LearnEvent, LearnerInfo, LearnerView } from '../protocol.ts';
import { nextTurn } from './nextTurn.ts';

/** Where reports go, and what ends the training. */
export interface LearnOptions {
  readonly signal: AbortSignal;
  tell(event: LearnEvent): void;
}

/** Both nets. */
export interface LearningPair {
  info(): LearnerInfo;
  /** Takes so many steps, fewer where the run ends before or the signal aborts. */
  learn(steps: number, options: LearnOptions): Promise<undefined>;
}

/** Cells of the drawn plane along one side. */
const side = 44;
/** Steps of one slice stop when so many milliseconds are over. */
const sliceMilliseconds = 60;

/** Both nets, untrained. */
export const learningPair = (options: LearningOptions): LearningPair => {
  const run = newLearner(options);
  const twin = newLearner(twinOf(options));
  let taken = 0;
  const view = (): LearnerView => ({
    surface: run.surface(side),
    side,
    heldOut: run.heldOut(),
    twinHeldOut: twin.heldOut(),
  });
  return {
    info: () => ({
      parameters: run.parameters,
      points: run.points.inputs.data,
      labels: run.points.labels.data,
      view: view(),
    }),
    async learn(count, { signal, tell }) {
      const end = Math.min(totalSteps, taken + count);
      while (taken < end && !signal.aborted) {
        const begin = performance.now();
        const [steps, twins] = [[run.step()], [twin.step()]];
        taken++;
        while (taken < end && performance.now() - begin < sliceMilliseconds) {
          steps.push(run.step());
          twins.push(twin.step());
          taken++;
        }
        tell({ steps, twin: twins, view: view() });
        await nextTurn();
      }
      return undefined;
    },
  };
};
