// What the page on scaling shows: depth, keys and seed; every depth measured, and one looked at closely.

import { batch, createSignal } from 'solid-js';
import {
  type ScalingOptions,
  type ScalingPoint,
  type ScalingView,
  type ScalingWay,
  scalingDepths,
  scalingKeys,
  standardScaling,
} from '../../experiments/scalingOptions.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { choiceInAddress, updateAddress } from '../../state/address.ts';

/** Seeds to choose from. */
export const scalingSeeds = [1, 2, 3, 4, 5] as const;

/** Where a gradient is measured, and over queries how. */
export const gradientPlaces = ['scores', 'input'] as const;
export const gradientStatistics = ['median', 'mean'] as const;

/** All that the reader chooses. */
export interface ScalingChoice extends ScalingOptions {
  readonly depth: number;
  readonly place: (typeof gradientPlaces)[number];
  readonly statistic: (typeof gradientStatistics)[number];
}

/** What the page opens with: a head of BERT. */
const standardChoice: ScalingChoice = {
  ...{ ...standardScaling, depth: 64 },
  ...{ place: 'scores', statistic: 'median' },
};

/** Choices that make a point in one click. */
export const scalingPresets = {
  bert: { depth: 64, keys: 64 },
  small: { depth: 8, keys: 64 },
  wide: { depth: 1024, keys: 64 },
  few: { depth: 64, keys: 16 },
} as const satisfies Record<string, Partial<ScalingChoice>>;

const [choice, setChoice] = createSignal<ScalingChoice>(standardChoice);
const [points, setPoints] = createSignal<readonly ScalingPoint[]>([]);
const [views, setViews] = createSignal<readonly ScalingView[]>([]);
const [error, setError] = createSignal('');

const fail = (reason: unknown): void => {
  setError(messageOf(reason));
};
const look = latest(fail);
const measure = latest(fail);

const lookClosely = (): void => {
  const { depth, keys, seed } = choice();
  void look(async (signal) => {
    const answer = await client('scalingViews', { depth, options: { keys, seed } }, { signal });
    batch(() => {
      setViews(answer);
      setError('');
    });
  });
};

const measureAll = (): void => {
  const { keys, seed } = choice();
  void measure(async (signal) => {
    const fresh: ScalingPoint[] = [];
    await client('scaling', { keys, seed }, { signal, onEvent: (point) => fresh.push(point) });
    setPoints(fresh);
  });
};

const fromAddress = (): ScalingChoice => {
  return {
    depth: choiceInAddress<number>('d', scalingDepths, standardChoice.depth),
    keys: choiceInAddress<number>('keys', scalingKeys, standardChoice.keys),
    seed: choiceInAddress<number>('seed', scalingSeeds, standardChoice.seed),
    place: choiceInAddress('at', gradientPlaces, standardChoice.place),
    statistic: choiceInAddress('of', gradientStatistics, standardChoice.statistic),
  };
};

/** The measurements. */
export const scalingState = {
  ...{ choice, points, views, error },
  /** The point of a way; at the chosen depth, or another. Undefined until it is measured. */
  point: (way: ScalingWay, depth: number = choice().depth): ScalingPoint | undefined =>
    points().find((point) => point.way === way && point.depth === depth),
  enter(): void {
    if (points().length === 0) setChoice(fromAddress());
    lookClosely();
    measureAll();
  },
  leave(): void {
    look.cancel();
    measure.cancel();
  },
  change(changes: Partial<ScalingChoice>): void {
    const [before, next] = [choice(), { ...choice(), ...changes }];
    setChoice(next);
    updateAddress({
      ...{ d: String(next.depth), keys: String(next.keys), seed: String(next.seed) },
      ...{ at: next.place, of: next.statistic },
    });
    const redraws = next.keys !== before.keys || next.seed !== before.seed;
    if (redraws || next.depth !== before.depth) lookClosely();
    if (redraws) measureAll();
  },
} as const;
