// What the Train page shows: the options, the run so far, the present map, the character-by-character answer. One state for the whole
// visit: leaving the page pauses the run, coming back finds it.

import { batch, createSignal } from 'solid-js';
import { standardOptions } from '../../experiments/standardOptions.ts';
import type {
  CrossAttention,
  Examination,
  StepReport,
  TrainerOptions,
  WrittenCharacter,
} from '../../experiments/trainer.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** Sizes that a reader may choose. */
export const choices = {
  width: [32, 64, 128],
  heads: [1, 2, 4, 8],
  layers: [1, 2, 3],
  batch: [16, 32, 64],
  learningRate: [5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 7e-3, 1e-2, 2e-2],
} as const;

/** How the run stands. */
export type RunKind = 'preparing' | 'idle' | 'running' | 'paused' | 'failed';

/** One character of an answer in the making, with where the model looked for it: layers of [heads, source]. */
export type AnswerCharacter = Pick<WrittenCharacter, 'character' | 'maps'>;

/** The reader's own input and its answer. */
export interface Answer {
  readonly source: string;
  readonly characters: readonly AnswerCharacter[];
  readonly done: boolean;
}

const fromAddress = (): TrainerOptions => {
  const { values } = currentAddress();
  const chosen = (name: keyof typeof choices): number => {
    const value = Number(values.get(name));
    return (choices[name] as readonly number[]).includes(value) ? value : standardOptions[name];
  };
  return {
    task: values.get('task') === 'dates' ? 'dates' : 'reverse',
    width: chosen('width'),
    heads: chosen('heads'),
    layers: chosen('layers'),
    batch: chosen('batch'),
    learningRate: chosen('learningRate'),
    seed: standardOptions.seed,
  };
};

const [options, setOptions] = createSignal<TrainerOptions>(standardOptions);
const [kind, setKind] = createSignal<RunKind>('preparing');
const [parameterCount, setParameterCount] = createSignal(0);
const [steps, setSteps] = createSignal<readonly StepReport[]>([]);
const [examinations, setExaminations] = createSignal<
  readonly { readonly step: number; readonly examination: Examination }[]
>([]);
const [look, setLook] = createSignal<CrossAttention>();
const [milliseconds, setMilliseconds] = createSignal(0);
const [speed, setSpeed] = createSignal(0);
const [answer, setAnswer] = createSignal<Answer>();
const [error, setError] = createSignal('');

let running = new AbortController();
let writing = new AbortController();
let prepared = 0;

const fail = (reason: unknown): void => {
  batch(() => {
    setKind('failed');
    setError(messageOf(reason));
  });
};

/** Share of a new measurement in the displayed speed; the rest is the one before. */
const freshness = 0.2;

const prepare = async (next: TrainerOptions): Promise<void> => {
  running.abort();
  writing.abort();
  prepared += 1;
  const own = prepared;
  batch(() => {
    setOptions(next);
    setKind('preparing');
    setSteps([]);
    setExaminations([]);
    setMilliseconds(0);
    setSpeed(0);
    setAnswer(undefined);
  });
  try {
    const info = await client('trainer', next);
    const probe = await client('probe', undefined);
    if (own !== prepared) return; // other options were chosen meanwhile
    batch(() => {
      setParameterCount(info.parameters);
      setExaminations([{ step: 0, examination: info.examination }]);
      setLook(probe);
      setKind('idle');
    });
  } catch (reason) {
    if (own === prepared) fail(reason);
  }
};

const run = async (): Promise<void> => {
  running = new AbortController();
  const { signal } = running;
  setKind('running');
  try {
    await client('train', undefined, {
      signal,
      onEvent(event) {
        if (signal.aborted) return;
        if (event.kind === 'look') setLook(event.look);
        else if (event.kind === 'examination') setExaminations((all) => [...all, event]);
        else
          batch(() => {
            setSteps((all) => [...all, ...event.steps]);
            setMilliseconds((sum) => sum + event.milliseconds);
            const now =
              event.steps.reduce((sum, { tokens }) => sum + tokens, 0) / (event.milliseconds / 1000);
            setSpeed((before) => (before === 0 ? now : before * (1 - freshness) + now * freshness));
          });
      },
    });
  } catch (reason) {
    if (!signal.aborted) fail(reason);
  }
};

const remember = ({ task, width, heads, layers, batch: size, learningRate }: TrainerOptions): void =>
  updateAddress({
    task,
    width: String(width),
    heads: String(heads),
    layers: String(layers),
    batch: String(size),
    learningRate: String(learningRate),
  });

const meanLoss = (): number | undefined => {
  const last = steps().slice(-20);
  return last.length === 0 ? undefined : last.reduce((sum, { loss }) => sum + loss, 0) / last.length;
};

/** The run. */
export const trainState = {
  ...{ options, kind, parameterCount, steps, examinations, look, milliseconds, speed, answer, error },
  /** Mean loss of the last twenty steps; undefined before the first. */
  loss: meanLoss,
  /** First visit: a fresh model with the address's options. Later visits: the run goes on where it was. */
  enter(): void {
    if (prepared === 0) void prepare(fromAddress());
    else remember(options());
  },
  leave(): void {
    if (kind() === 'running') trainState.pause();
  },
  start(): void {
    if (kind() === 'idle' || kind() === 'paused') void run();
  },
  pause(): void {
    running.abort();
    setKind('paused');
  },
  reset(): void {
    void prepare(options());
  },
  /** Another size or task begins a new run; another learning rate goes into the present one. */
  change(changes: Partial<TrainerOptions>): void {
    const next = { ...options(), ...changes };
    remember(next);
    const onlyRate = Object.keys(changes).every((name) => name === 'learningRate');
    if (!onlyRate) void prepare(next);
    else {
      setOptions(next);
      void client('learningRate', next.learningRate).catch(fail);
    }
  },
  /** Writes the answer to an input of the task, one character after the other. */
  async write(source: string): Promise<void> {
    writing.abort();
    writing = new AbortController();
    const { signal } = writing;
    setAnswer({ source, characters: [], done: false });
    try {
      await client('write', source, {
        signal,
        onEvent: ({ character, maps, done }) =>
          setAnswer((before) =>
            before === undefined || signal.aborted
              ? before
              : {
                  source,
                  characters:
                    character === '' ? before.characters : [...before.characters, { character, maps }],
                  done,
                },
          ),
      });
      setAnswer((before) => before && { ...before, done: true });
    } catch (reason) {
      if (!signal.aborted) fail(reason);
    }
  },
} as const;
