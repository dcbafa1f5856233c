// What the first part of the Gradients page shows: the options, the run and its twin so far, the net's present decision. One state for
// the whole visit: leaving the page pauses the run.

import { batch, createSignal } from 'solid-js';
import type { LearningStep } from '../../experiments/learner.ts';
import {
  type LearningOptions,
  optimizers,
  schedules,
  standardLearning,
  totalSteps,
} from '../../experiments/learningOptions.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import type { LearnerInfo, LearnerView } from '../../protocol.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** Values that a reader may choose. */
export const learnChoices = {
  rate: [0.001, 0.003, 0.01, 0.02, 0.03, 0.05, 0.1, 0.3],
  warmup: [0, 10, 20, 50, 100, 200],
  clip: [0, 0.1, 0.3, 1, 3],
  blocks: [2, 4, 8, 12],
} as const;

/** How the run stands. */
export type LearnKind = 'preparing' | 'idle' | 'stepping' | 'running' | 'paused' | 'done' | 'failed';

/** Options that make a point in one click. */
export const learnPresets = {
  warm: standardLearning,
  cold: { ...standardLearning, warmup: 0 },
  gentle: { ...standardLearning, warmup: 0, rate: 0.003 },
  clipped: { ...standardLearning, warmup: 0, clip: 0.1 },
  descent: { ...standardLearning, optimizer: 'sgd', rate: 0.1 },
} as const satisfies Record<string, LearningOptions>;

const fromAddress = (): LearningOptions => {
  const { values } = currentAddress();
  const number = (name: keyof typeof learnChoices): number => {
    const value = Number(values.get(name) ?? Number.NaN);
    return (learnChoices[name] as readonly number[]).includes(value) ? value : standardLearning[name];
  };
  return {
    optimizer: optimizers.find((name) => name === values.get('optimizer')) ?? standardLearning.optimizer,
    schedule: schedules.find((name) => name === values.get('schedule')) ?? standardLearning.schedule,
    rate: number('rate'),
    warmup: number('warmup'),
    clip: number('clip'),
    blocks: number('blocks'),
    seed: standardLearning.seed,
  };
};

const remember = ({ optimizer, schedule, rate, warmup, clip, blocks }: LearningOptions): void =>
  updateAddress({
    ...{ optimizer, schedule },
    rate: String(rate),
    warmup: String(warmup),
    clip: String(clip),
    blocks: String(blocks),
  });

const [options, setOptions] = createSignal<LearningOptions>(standardLearning);
const [kind, setKind] = createSignal<LearnKind>('preparing');
const [info, setInfo] = createSignal<LearnerInfo>();
const [view, setView] = createSignal<LearnerView>();
const [steps, setSteps] = createSignal<readonly LearningStep[]>([]);
const [twin, setTwin] = createSignal<readonly LearningStep[]>([]);
const [error, setError] = createSignal('');

let running = new AbortController();
let prepared = 0;

const fail = (reason: unknown): void => {
  batch(() => {
    setKind('failed');
    setError(messageOf(reason));
  });
};

const prepare = async (next: LearningOptions): Promise<void> => {
  running.abort();
  prepared += 1;
  const own = prepared;
  batch(() => {
    setOptions(next);
    setKind('preparing');
    setSteps([]);
    setTwin([]);
  });
  try {
    const fresh = await client('learner', next);
    if (own !== prepared) return; // other options were chosen meanwhile
    batch(() => {
      setInfo(fresh);
      setView(fresh.view);
      setKind('idle');
    });
  } catch (reason) {
    if (own === prepared) fail(reason);
  }
};

const run = async (count: number): Promise<void> => {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  setKind(count === 1 ? 'stepping' : 'running'); // a single step is over before one could pause it
  try {
    await client(
      'learn',
      { steps: count },
      {
        signal,
        onEvent(event) {
          if (signal.aborted) return;
          batch(() => {
            setSteps((all) => [...all, ...event.steps]);
            setTwin((all) => [...all, ...event.twin]);
            setView(event.view);
          });
        },
      },
    );
    setKind(steps().length >= totalSteps ? 'done' : 'paused');
  } catch (reason) {
    if (!signal.aborted) fail(reason);
  }
};

/** The run. */
export const learnState = {
  ...{ options, kind, info, view, steps, twin, error },
  /** First visit: a fresh net with the address's options. Later visits: the run stands where it was left. */
  enter(): void {
    if (prepared === 0) void prepare(fromAddress());
    else remember(options());
  },
  leave(): void {
    if (kind() === 'running') learnState.pause();
  },
  start(): void {
    if (kind() === 'idle' || kind() === 'paused') void run(totalSteps);
    else if (kind() === 'done') learnState.change({});
  },
  one(): void {
    if (kind() === 'idle' || kind() === 'paused') void run(1);
  },
  pause(): void {
    running.abort();
    setKind('paused');
  },
  reset(): void {
    void prepare(options());
  },
  /** Other options begin a new run; one that ran, or had run, runs again at once. */
  change(changes: Partial<LearningOptions>): void {
    const next = { ...options(), ...changes };
    const again = kind() === 'running' || kind() === 'done';
    remember(next);
    void prepare(next).then(() => {
      if (again && options() === next) learnState.start();
    });
  },
} as const;
