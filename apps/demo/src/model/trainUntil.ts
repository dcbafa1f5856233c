// Training in slices: steps, now and then a look and an examination, and between slices a pause in which other messages get their turn.

import { tasks } from '../experiments/tasks.ts';
import type { Trainer } from '../experiments/trainer.ts';
import type { TrainEvent } from '../protocol.ts';
import { nextTurn } from './nextTurn.ts';

/** Where reports go, and what ends the training. */
export interface TrainUntilOptions {
  readonly signal: AbortSignal;
  tell(event: TrainEvent): void;
}

/** Steps of one slice stop when so many milliseconds are over: the picture moves about 15 times a second. */
const sliceMilliseconds = 60;
/** A share of the time that examinations may take. */
const examinationShare = 0.12;

/** Trains until the signal aborts. */
export const trainUntil = async (
  trainer: Trainer,
  { signal, tell }: TrainUntilOptions,
): Promise<undefined> => {
  const { probe } = tasks[trainer.options.task];
  let examined = performance.now();
  let examinationTime = 0;
  while (!signal.aborted) {
    const begin = performance.now();
    const steps = [];
    do steps.push(trainer.step());
    while (performance.now() - begin < sliceMilliseconds);
    tell({ kind: 'steps', steps, milliseconds: performance.now() - begin });
    tell({ kind: 'look', look: trainer.look(probe) });
    const now = performance.now();
    if (now - examined > Math.max(1000, examinationTime / examinationShare)) {
      const examination = trainer.examine();
      examined = performance.now();
      examinationTime = examined - now;
      tell({ kind: 'examination', step: steps.at(-1)?.step ?? 0, examination });
    }
    await nextTurn();
  }
  return undefined;
};
