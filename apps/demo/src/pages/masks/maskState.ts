// What the mask studio shows: the composition, its sizes, and the times that were measured.

import { type Mask, maskToJson } from '@heed/attention';
import { random } from '@heed/tensor';
import { batch, createMemo, createSignal } from 'solid-js';
import { maskCost } from '../../experiments/maskCost.ts';
import { maskElements, maskReach, maskTiles, mostRanges } from '../../experiments/maskFacts.ts';
import { maskOf } from '../../experiments/maskParts.ts';
import { formatMask, type MaskSpec, MaskTextError, parseMask } from '../../experiments/maskSpec.ts';
import { randomMask } from '../../experiments/randomMask.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import type { MaskTiming } from '../../protocol.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';
import { type PresetMask, presetMasks } from './presets.ts';

/** Tokens to choose from: 5 is the notes' own picture. */
export const lengths = [5, 8, 12, 16, 24, 32, 48, 64, 96, 128] as const;
/** Sides of a tile. */
export const tileSides = [1, 2, 4, 8, 16] as const;
/** Layers of a stack. */
export const depths = [1, 2, 3, 4, 5, 6, 7, 8] as const;
/** Pairs of times that are taken. */
export const repeats = 5;
/** What True means in print. */
export type PrintShow = 'hidden' | 'kept';

/** About so many tokens are measured and counted: enough for the kernel's tiles of 64 to matter. */
const studied = 2048;
/** The tile of the flash kernel of this page. */
const kernelTile = 64;
/** What the cost is counted for. */
const counted = { heads: 8, depth: 64 } as const;
/** What is measured: fewer heads, so that a phone is done in seconds. */
const measured = { heads: 2, depth: 64 } as const;

const first = presetMasks.causal;
const [text, setText] = createSignal(first.text);
const [spec, setSpec] = createSignal<MaskSpec>(parseMask(first.text));
const [problem, setProblem] = createSignal<MaskTextError>();
const [length, setLength] = createSignal<number>(first.length);
const [tile, setTile] = createSignal<number>(first.tile);
const [depth, setDepth] = createSignal<number>(first.depth);
const [show, setShow] = createSignal<PrintShow>('hidden');
const [times, setTimes] = createSignal<readonly MaskTiming[]>([]);
const [difference, setDifference] = createSignal<number>();
const [running, setRunning] = createSignal(false);
const [error, setError] = createSignal('');

const measure = latest((reason) => {
  batch(() => {
    setRunning(false);
    setError(messageOf(reason));
  });
});

const forget = (): void => {
  measure.cancel();
  batch(() => {
    setRunning(false);
    setTimes([]);
    setDifference(undefined);
    setError('');
  });
};

const remember = (): void =>
  updateAddress({
    mask: formatMask(spec()),
    n: String(length()),
    tile: String(tile()),
    layers: String(depth()),
    show: show() === 'kept' ? 'kept' : '',
  });

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return (
    ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) /
    2
  );
};

/** How many times as long the studied sequence is. */
const factor = (): number => Math.round(studied / length());
const studiedLength = (): number => factor() * length();
const studiedMask = (): Mask => maskOf(spec(), { length: studiedLength(), factor: factor() });

/** Everything that follows from the composition; made inside the page, so that it ends with it. */
export const maskFacts = () => {
  const mask = createMemo(() => maskOf(spec(), { length: length() }));
  const elements = createMemo(() => maskElements(mask(), length()));
  const enlarged = createMemo(studiedMask);
  return {
    mask,
    elements,
    tiles: createMemo(() => maskTiles(mask(), length(), { queries: tile(), keys: tile() })),
    reach: createMemo(() => maskReach(elements())),
    cost: createMemo(() => maskCost(enlarged(), { length: studiedLength(), ...counted })),
    /** Ranges of keys a row at that length, of rows here and there: all of them would take long. */
    ranges: createMemo(() => {
      const [own, rows] = [studiedLength(), 16];
      const queries = Array.from({ length: rows }, (_, index) => Math.floor(((index + 0.5) * own) / rows));
      return mostRanges(enlarged(), own, queries);
    }),
    /** The tiles that the kernel of this page reads at the studied length. */
    kernelTiles: createMemo(() =>
      maskTiles(enlarged(), studiedLength(), { queries: kernelTile, keys: kernelTile }),
    ),
  };
};

/** All that `maskFacts` gives. */
export type MaskFacts = ReturnType<typeof maskFacts>;

const known = <Value extends number>(values: readonly Value[], name: string): Value | undefined =>
  values.find((value) => String(value) === currentAddress().values.get(name));

/** The studio. */
export const maskState = {
  ...{ text, spec, problem, length, tile, depth, show, times, difference, running, error },
  ...{ factor, studiedLength },
  /** Medians of what was measured; undefined before. */
  medians: (): MaskTiming | undefined =>
    times().length === 0
      ? undefined
      : {
          full: median(times().map(({ full }) => full)),
          masked: median(times().map(({ masked }) => masked)),
        },
  enter(): void {
    const { values } = currentAddress();
    const wished = values.get('mask');
    batch(() => {
      setLength(known(lengths, 'n') ?? length());
      setTile(known(tileSides, 'tile') ?? tile());
      setDepth(known(depths, 'layers') ?? depth());
      if (values.get('show') === 'kept') setShow('kept');
      if (wished !== undefined) maskState.write(wished);
    });
  },
  leave: (): void => {
    measure.cancel();
    setRunning(false);
  },
  /** What the reader types: it counts as soon as it can be read. */
  write(next: string): void {
    setText(next);
    try {
      const found = parseMask(next);
      forget();
      batch(() => {
        setSpec(found);
        setProblem(undefined);
      });
      remember();
    } catch (reason) {
      if (!(reason instanceof MaskTextError)) throw reason;
      setProblem(reason);
    }
  },
  change(next: MaskSpec): void {
    forget();
    batch(() => {
      setSpec(next);
      setText(formatMask(next));
      setProblem(undefined);
    });
    remember();
  },
  /** The composition and its sizes, as presets have them. */
  options: (): PresetMask => ({
    text: formatMask(spec()),
    length: length(),
    tile: tile(),
    depth: depth(),
  }),
  take(options: PresetMask): void {
    batch(() => {
      setLength(options.length);
      setTile(options.tile);
      setDepth(options.depth);
      maskState.change(parseMask(options.text));
    });
  },
  surprise(): void {
    const seed = crypto.getRandomValues(new Uint32Array(1))[0] ?? 1;
    maskState.change(randomMask(random(seed), length()));
  },
  setLength(next: number): void {
    forget();
    setLength(next);
    remember();
  },
  setTile(next: number): void {
    setTile(next);
    remember();
  },
  setDepth(next: number): void {
    setDepth(next);
    remember();
  },
  setShow(next: PrintShow): void {
    setShow(next);
    remember();
  },
  measure(): void {
    forget();
    setRunning(true);
    const mask = maskToJson(studiedMask());
    void measure(async (signal) => {
      const input = { mask, length: studiedLength(), ...measured, repeats };
      const found = await client('maskTime', input, {
        signal,
        onEvent: (pair) => setTimes((all) => [...all, pair]),
      });
      batch(() => {
        setDifference(found);
        setRunning(false);
      });
    });
  },
  stop: (): void => {
    measure.cancel();
    setRunning(false);
  },
} as const;
