// What the part on sizes shows: a stack of layers, and the decoding speeds that were measured. Counts are made on the page, speeds in the Worker.

import { batch, createMemo, createRoot, createSignal } from 'solid-js';
import { divisorsOf, type HeadsOptions, headCounts } from '../../experiments/headCounts.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import type { DecodeTiming } from '../../protocol.ts';
import { choiceInAddress, currentAddress, updateAddress } from '../../state/address.ts';
import { sizesPresets } from './sizesPresets.ts';

/** Numbers to choose from; heads and kvHeads also have to divide. */
export const sizeChoices = {
  width: [256, 384, 512, 768, 1024, 2048, 4096, 6144, 8192],
  heads: [1, 2, 4, 8, 12, 16, 24, 32, 48, 64],
  layers: [1, 2, 4, 6, 8, 12, 16, 24, 32, 40, 48, 64, 80],
  context: [256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072],
  bytes: [1, 2, 4],
} as const satisfies Partial<Record<keyof HeadsOptions, readonly number[]>>;

/** Times that are taken of each number of heads. */
export const repeats = 7;
/** Bytes of the largest cache that is measured: several lie side by side. */
const mostBytes = 64 * 2 ** 20;
/** Context that is measured at most: longer ones take long to fill. */
const mostContext = 8192;

const [options, setOptions] = createSignal<HeadsOptions>(sizesPresets.llama3);
const [times, setTimes] = createSignal<readonly DecodeTiming[]>([]);
const [running, setRunning] = createSignal(false);
const [error, setError] = createSignal('');

const nearestOf = (list: readonly number[], wanted: number): number =>
  list.reduce(
    (best, value) => (Math.abs(value - wanted) < Math.abs(best - wanted) ? value : best),
    list[0] ?? 1,
  );

/** Query heads that divide a width into heads of 8 numbers at least. */
export const headsOf = (width: number): number[] =>
  sizeChoices.heads.filter((heads) => width % heads === 0 && width / heads >= 8);

/** The nearest that fits together. */
const fitted = (wanted: HeadsOptions): HeadsOptions => {
  const heads = nearestOf(headsOf(wanted.width), wanted.heads);
  return { ...wanted, heads, kvHeads: nearestOf(divisorsOf(heads), wanted.kvHeads) };
};

const fromAddress = (): HeadsOptions => {
  const known = (name: keyof typeof sizeChoices): number =>
    choiceInAddress<number>(name, sizeChoices[name], sizesPresets.llama3[name]);
  const kvHeads = Number(currentAddress().values.get('kv') ?? sizesPresets.llama3.kvHeads);
  return fitted({
    ...{ width: known('width'), heads: known('heads'), kvHeads: Number.isFinite(kvHeads) ? kvHeads : 1 },
    ...{ layers: known('layers'), context: known('context'), bytes: known('bytes') },
  });
};

const time = latest((reason) => {
  batch(() => {
    setRunning(false);
    setError(messageOf(reason));
  });
});

const forget = (): void => {
  time.cancel();
  batch(() => {
    setRunning(false);
    setTimes([]);
    setError('');
  });
};

/** Key heads that are compared: all, the chosen number, one. */
export const compared = ({ heads, kvHeads }: HeadsOptions): number[] => [...new Set([heads, kvHeads, 1])];

/** Tokens in the cache that is measured. */
export const measuredContext = ({ width, context }: HeadsOptions): number => {
  const fits = 2 ** Math.floor(Math.log2(mostBytes / (8 * width)));
  return Math.min(context, fits, mostContext);
};

const computed = createRoot(() => ({
  counts: createMemo(() => headCounts(options())),
  all: createMemo(() => headCounts({ ...options(), kvHeads: options().heads })),
}));

/** The stack. */
export const sizesState = {
  ...{ options, times, running, error, ...computed },
  /** Median milliseconds a token with so many key heads; undefined until all are taken. */
  median(kvHeads: number): number | undefined {
    const own = times()
      .filter((timing) => timing.kvHeads === kvHeads)
      .map(({ milliseconds }) => milliseconds)
      .sort((a, b) => a - b);
    return own.length < repeats ? undefined : own[(repeats - 1) / 2];
  },
  enter(): void {
    setOptions(fromAddress());
  },
  leave: forget,
  stop: forget,
  change(changes: Partial<HeadsOptions>): void {
    const next = fitted({ ...options(), ...changes });
    forget();
    setOptions(next);
    updateAddress({
      ...{ width: String(next.width), heads: String(next.heads), kv: String(next.kvHeads) },
      ...{ layers: String(next.layers), context: String(next.context), bytes: String(next.bytes) },
    });
  },
  measure(): void {
    forget();
    setRunning(true);
    const { width, heads } = options();
    const input = {
      ...{ heads, kvHeads: compared(options()), depth: width / heads },
      ...{ context: measuredContext(options()), repeats },
    };
    void time(async (signal) => {
      await client('decodeTime', input, {
        signal,
        onEvent: (timing) => setTimes((before) => [...before, timing]),
      });
      setRunning(false);
    });
  },
} as const;
