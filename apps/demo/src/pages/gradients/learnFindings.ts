// What the run and its twin say, in sentences. Pure: numbers in, texts of a language out.

import { fixed, grouped, magnitude, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { LearningStep } from '../../experiments/learner.ts';
import type { GradientsTexts } from '../../i18n/gradientsEn.ts';
import type { LearnerView } from '../../protocol.ts';

/** What the findings are about. */
export interface LearnFacts {
  readonly steps: readonly LearningStep[];
  readonly twin: readonly LearningStep[];
  /** Whether the run, and not its twin, has the warm-up. */
  readonly warm: boolean;
  readonly view: LearnerView;
}

/** Steps whose losses are averaged. */
const tail = 50;
/** A loss above this, on the very points that it learns from, is near guessing: ln 2 = 0.69. */
const stuckLoss = 0.5;
const lossText = (loss: number): string => (loss < 100 ? fixed(loss) : magnitude(loss));

/** Steps that count as the first. */
const early = 10;

const meanLoss = (steps: readonly LearningStep[]): number => {
  const last = steps.slice(-tail);
  return last.reduce((sum, { loss }) => sum + loss / last.length, 0);
};

const largestChange = (steps: readonly LearningStep[]): number =>
  Math.max(...steps.slice(0, early).map(({ change }) => change));

/** The findings. */
export const learnFindings = (
  { learn }: GradientsTexts,
  { steps, twin, warm, view }: LearnFacts,
): Finding[] => {
  if (steps.length === 0) return [{ text: learn.verdictUntrained(percent(view.heldOut.accuracy)) }];
  const [warmSteps, coldSteps] = warm ? [steps, twin] : [twin, steps];
  const [warmHeld, coldHeld] = warm ? [view.heldOut, view.twinHeldOut] : [view.twinHeldOut, view.heldOut];
  const seen = meanLoss(coldSteps);
  const stuck = seen > stuckLoss && coldSteps.length > 2 * tail;
  const layers = steps.at(-1)?.layers ?? [];
  return [
    {
      text: learn.verdictRun(grouped(steps.length), percent(warmHeld.accuracy), percent(coldHeld.accuracy)),
    },
    { text: learn.verdictChange(percent(largestChange(coldSteps)), percent(largestChange(warmSteps))) },
    {
      text: `${learn.verdictGap(lossText(seen), lossText(coldHeld.loss))}${stuck ? learn.verdictStuck : ''}`,
    },
    { text: learn.verdictFlow(magnitude(layers[0] ?? 0), magnitude(layers.at(-1) ?? 0)) },
  ];
};
