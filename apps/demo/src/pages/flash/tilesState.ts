// What the part on tiles shows: the attention that is cut, the run of it, and the tile at which one looks.

import { batch, createSignal } from 'solid-js';
import {
  type FlashOptions,
  type FlashRun,
  type FlashStep,
  flashChoices,
  flashOrders,
  standardFlash,
} from '../../experiments/flashOptions.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** Runs that make a point in one click. */
export const tilePresets = {
  first: standardFlash,
  second: { ...standardFlash, order: 'queries' },
  causal: { ...standardFlash, order: 'queries', causal: true },
  large: { ...standardFlash, spread: 100 },
  uneven: { ...standardFlash, length: 24, blockQueries: 16, blockKeys: 5 },
} as const satisfies Record<string, FlashOptions>;

/** A tile every so many milliseconds. */
const beat = 600;

/** How much of the run is shown when the page opens: tiles behind, at work and ahead. */
const openingShare = 0.65;

const [options, setOptions] = createSignal<FlashOptions>(standardFlash);
const [run, setRun] = createSignal<FlashRun>();
const [shown, setShown] = createSignal(-1);
const [playing, setPlaying] = createSignal(false);
const [error, setError] = createSignal('');

const ask = latest((reason) => setError(messageOf(reason)));
let clock: ReturnType<typeof setInterval> | undefined;

const pause = (): void => {
  clearInterval(clock);
  setPlaying(false);
};

const count = (): number => run()?.steps.length ?? 0;

const compute = (): void => {
  const asked = options();
  void ask(async (signal) => {
    const answer = await client('flashTiles', asked, { signal });
    batch(() => {
      const before = count();
      setRun(answer);
      setError('');
      const { length } = answer.steps;
      if (shown() < 0) setShown(Math.round(openingShare * length));
      else if (before > 0)
        setShown(Math.round((shown() / before) * length)); // as far along as before
      else setShown(Math.min(shown(), length));
    });
  });
};

const names = {
  length: 'n',
  depth: 'd',
  blockQueries: 'bq',
  blockKeys: 'bk',
  spread: 'spread',
  seed: 'seed',
};
type Chosen = keyof typeof names;

const fromAddress = (): FlashOptions => {
  const { values } = currentAddress();
  const chosen = (name: Chosen): number =>
    (flashChoices[name] as readonly number[]).find((known) => String(known) === values.get(names[name])) ??
    standardFlash[name];
  return {
    ...{ length: chosen('length'), depth: chosen('depth'), spread: chosen('spread'), seed: chosen('seed') },
    ...{ blockQueries: chosen('blockQueries'), blockKeys: chosen('blockKeys') },
    causal: values.get('causal') === 'on',
    order: flashOrders.find((name) => name === values.get('outer')) ?? standardFlash.order,
  };
};

const show = (step: number): void => {
  const next = Math.max(0, Math.min(count(), step));
  setShown(next);
  updateAddress({ step: String(next) });
};

/** The run. */
export const tilesState = {
  ...{ options, run, playing, error, pause, count },
  /** Tiles that are done. */
  shown: (): number => Math.max(0, shown()),
  /** The tile at work, and what came of it; undefined before the first. */
  step: (): FlashStep | undefined => run()?.steps[shown() - 1],
  enter(): void {
    if (run() === undefined) {
      setOptions(fromAddress());
      const step = Number(currentAddress().values.get('step') || Number.NaN); // '' is no number
      if (Number.isInteger(step) && step >= 0) setShown(step);
    }
    compute();
  },
  leave(): void {
    pause();
    ask.cancel();
  },
  change(changes: Partial<FlashOptions>): void {
    const next = { ...options(), ...changes };
    pause();
    setOptions(next);
    updateAddress({
      ...Object.fromEntries(
        (Object.keys(names) as Chosen[]).map((name) => [names[name], String(next[name])]),
      ),
      ...{ causal: next.causal ? 'on' : 'off', outer: next.order },
    });
    compute();
  },
  /** To a tile, at the reader's wish: playing ends. */
  jump(step: number): void {
    pause();
    show(step);
  },
  play(): void {
    pause();
    if (shown() >= count()) show(0);
    setPlaying(true);
    clock = setInterval(() => {
      show(shown() + 1);
      if (shown() >= count()) pause();
    }, beat);
  },
} as const;
