// What the part on merges shows: a text to learn from, what both trainers made of it, and the place among their merges.

import type { Merge } from '@heed/tokenizers';
import { batch, createSignal } from 'solid-js';
import { saveFile } from '../../components/saveFile.ts';
import {
  type MergeLearner,
  type MergeOptions,
  mergeLearners,
  type Segmentation,
} from '../../experiments/mergeTraining.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import type { CorpusSource, LearnedTokenizer, MergesResult } from '../../protocol.ts';
import { choiceInAddress, currentAddress, updateAddress } from '../../state/address.ts';
import { corpusFiles, paperText } from './shippedFiles.ts';

/** Texts that come with the page, and the reader's own. */
export const mergeCorpora = ['paper', 'shakespeare', 'chinese', 'own'] as const;
/** One of them. */
export type MergeCorpus = (typeof mergeCorpora)[number];

/** Sizes to choose from. */
export const vocabularySizes = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192] as const;
/** Least counts to choose from. */
export const leastCounts = [1, 2, 5, 10, 20] as const;

/** All that the reader chooses. */
export interface MergesChoice extends MergeOptions {
  readonly corpus: MergeCorpus;
  readonly watched: string;
}

/** Choices that make a point in one click. */
export const mergesPresets = {
  paper: { corpus: 'paper', vocabularySize: 64, leastCount: 1, watched: 'lowest newer wider' },
  shakespeare: {
    ...{ corpus: 'shakespeare', vocabularySize: 2048, leastCount: 2 },
    watched: 'Wherefore dost thou dream of untold happiness?',
  },
  chinese: {
    ...{ corpus: 'chinese', vocabularySize: 4096, leastCount: 2 },
    watched: '我不知道他们为什么喜欢学习中文。',
  },
} as const satisfies Record<string, Partial<MergesChoice>>;

/** What one of the two has learned so far; without a result it is not done. */
export interface MergeRun {
  readonly merges: readonly Merge[];
  readonly total: number;
  readonly words: number;
  readonly result: MergesResult | undefined;
}

/** Longer texts are not kept in the address. */
const mostInAddress = 1500;
/** Milliseconds between two places while playing, and places in which a play is done. */
const beat = 160;
const beats = 60;

const standardChoice: MergesChoice = { ...mergesPresets.paper, level: 'characters', criterion: 'score' };
const [choice, setChoice] = createSignal<MergesChoice>(standardChoice);
const [ownText, setOwnText] = createSignal('');
const [runs, setRuns] = createSignal<Readonly<Partial<Record<MergeLearner, MergeRun>>>>({});
const [segments, setSegments] = createSignal<Readonly<Partial<Record<MergeLearner, Segmentation>>>>({});
const [place, setPlace] = createSignal(0);
const [running, setRunning] = createSignal(false);
const [playing, setPlaying] = createSignal(false);
const [error, setError] = createSignal('');
let ticking: ReturnType<typeof setInterval> | undefined;

const fail = (reason: unknown): void => {
  batch(() => {
    setRunning(false);
    setError(messageOf(reason));
  });
};
const train = latest(fail);
const cut = latest(fail);

const count = (): number => Math.max(0, ...mergeLearners.map((one) => runs()[one]?.merges.length ?? 0));
const learned = (): MergeLearner[] => mergeLearners.filter((one) => runs()[one]?.result !== undefined);

/** The tokenizer of a learner at the present place. */
const current = (learner: MergeLearner): LearnedTokenizer => ({
  learner,
  merges: Math.min(place(), runs()[learner]?.merges.length ?? 0),
});

const segment = (): void => {
  const text = choice().watched;
  void cut(async (signal) => {
    const found: Partial<Record<MergeLearner, Segmentation>> = {};
    for (const learner of learned())
      found[learner] = await client('segment', { ...current(learner), text }, { signal });
    setSegments(found);
  });
};

const remember = (): void => {
  const { corpus, watched, vocabularySize, level, criterion, leastCount } = choice();
  const own = corpus === 'own' && ownText().length <= mostInAddress ? ownText() : '';
  updateAddress({
    ...{ corpus, watch: watched, v: String(vocabularySize), level, by: criterion },
    ...{ least: String(leastCount), own, k: place() === count() ? '' : String(place()) },
  });
};

const corpusOf = (corpus: MergeCorpus): CorpusSource => {
  if (corpus === 'own') return { kind: 'text', text: ownText() };
  if (corpus === 'paper') return { kind: 'text', text: paperText };
  return { kind: 'address', url: new URL(corpusFiles[corpus].train, document.baseURI).href };
};

const learn = async (learner: MergeLearner, signal: AbortSignal): Promise<void> => {
  const { corpus, vocabularySize, level, criterion, leastCount } = choice();
  const options = { vocabularySize, level, criterion, leastCount };
  const change = (next: (before: MergeRun) => MergeRun): void => {
    const before = runs()[learner] ?? { merges: [], total: 0, words: 0, result: undefined };
    setRuns({ ...runs(), [learner]: next(before) });
  };
  const result = await client(
    'learnMerges',
    { learner, corpus: corpusOf(corpus), options },
    {
      signal,
      onEvent: ({ merges, total, words }) =>
        batch(() => {
          change((before) => ({ merges: [...before.merges, ...merges], total, words, result: undefined }));
          setPlace(count());
        }),
    },
  );
  change((before) => ({ ...before, result }));
};

const start = (wished?: number): void => {
  halt();
  batch(() => {
    setRuns({});
    setSegments({});
    setPlace(0);
    setRunning(true);
    setError('');
  });
  void train(async (signal) => {
    await Promise.all(mergeLearners.map((learner) => learn(learner, signal)));
    batch(() => {
      setRunning(false);
      setPlace(Math.min(wished ?? count(), count()));
    });
    segment();
    remember();
  });
};

const halt = (): void => {
  clearInterval(ticking);
  setPlaying(false);
};

const fromAddress = (): MergesChoice => ({
  corpus: choiceInAddress('corpus', mergeCorpora, choice().corpus),
  watched: currentAddress().values.get('watch') ?? choice().watched,
  vocabularySize: choiceInAddress<number>('v', vocabularySizes, choice().vocabularySize),
  level: choiceInAddress('level', ['characters', 'bytes'] as const, choice().level),
  criterion: choiceInAddress('by', ['score', 'count'] as const, choice().criterion),
  leastCount: choiceInAddress<number>('least', leastCounts, choice().leastCount),
});

const move = (next: number): void => {
  setPlace(Math.max(0, Math.min(count(), next)));
  segment();
};

/** The part. */
export const mergesState = {
  ...{ choice, ownText, runs, segments, place, count, running, playing, error, learned, current },
  enter(): void {
    const own = currentAddress().values.get('own');
    const wished = currentAddress().values.get('k');
    batch(() => {
      if (own !== undefined) setOwnText(own);
      const next = fromAddress();
      setChoice(next.corpus === 'own' && ownText() === '' ? { ...next, ...mergesPresets.paper } : next);
    });
    if (learned().length === 0) start(wished === undefined ? undefined : Number(wished));
    else segment();
  },
  leave(): void {
    halt();
    train.cancel();
    cut.cancel();
    setRunning(false);
  },
  change(changes: Partial<MergesChoice>): void {
    const again = Object.keys(changes).some((key) => key !== 'watched');
    setChoice({ ...choice(), ...changes });
    if (again) start();
    else segment();
    remember();
  },
  /** A text of the reader's own; it is learned from when the button says so, or at once. */
  write(next: string, atOnce = false): void {
    batch(() => {
      setOwnText(next);
      setChoice({ ...choice(), corpus: 'own' });
    });
    if (atOnce) start();
    remember();
  },
  start: () => start(),
  stop(): void {
    train.cancel();
    setRunning(false);
  },
  move(next: number): void {
    halt();
    move(next);
    remember();
  },
  play(): void {
    halt();
    if (place() === count()) move(0);
    setPlaying(true);
    const step = Math.max(1, Math.round(count() / beats));
    ticking = setInterval(() => {
      move(place() + step);
      if (place() === count()) mergesState.pause();
    }, beat);
  },
  pause(): void {
    halt();
    remember();
  },
  async save(learner: MergeLearner): Promise<void> {
    try {
      const json = await client('tokenizerJson', current(learner));
      saveFile('tokenizer.json', new Blob([json], { type: 'application/json' }));
    } catch (reason) {
      fail(reason);
    }
  },
} as const;
