// Bytes and operations of standard attention and FlashAttention on chosen hardware, by the library's `traffic`: one problem, and sweeps over
// its length and its tiles. Counts, not measurements.

import { type AlgorithmTraffic, a100, type Traffic, type TrafficHardware, traffic } from '@heed/attention';

/** Hardware to choose from, and the bytes of an element there: float16 on GPUs, float32 on the CPU. */
export const machines = {
  a100: { hardware: a100, bytesPerElement: 2 },
  /** H100 SXM: shared memory, bandwidths of Shah 2024 (arXiv:2407.08608), table 1; 989 TFLOP/s of dense float16, NVIDIA's data sheet. */
  h100: {
    hardware: {
      onChipBytes: 233_472, // 228 KiB a streaming multiprocessor
      ...{ mainBandwidth: 3.35e12, onChipBandwidth: 31e12, flopsPerSecond: 989e12 },
    },
    bytesPerElement: 2,
  },
  /**
   * A laptop: AMD Ryzen 7 7840U, 8 cores of Zen 4 at 3.3 GHz with 1 MiB of second-level cache each. Two channels of DDR5-5600 are
   * 2 · 8 · 5.6e9 bytes a second; two products with sum of 8 floats a cycle are 8 · 3.3e9 · 32 operations.
   */
  laptop: {
    hardware: { onChipBytes: 1_048_576, mainBandwidth: 89.6e9, flopsPerSecond: 845e9 },
    bytesPerElement: 4,
  },
} as const satisfies Record<string, { readonly hardware: TrafficHardware; readonly bytesPerElement: number }>;

/** One of the machines. */
export type MachineName = keyof typeof machines;

/** No mask; a mask that standard attention adds to its scores, flash visiting all tiles; a causal one of which flash skips empty tiles. */
export const maskUses = ['none', 'added', 'causal'] as const;

/** One of them. */
export type MaskUse = (typeof maskUses)[number];

/** A problem, and where it runs. */
export interface BytesOptions {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly depth: number;
  readonly mask: MaskUse;
  readonly dropout: boolean;
  readonly machine: MachineName;
  /** Keys a tile; undefined: as many as algorithm 1 of the paper takes, ⌈M / 4d⌉. */
  readonly blockKeys: number | undefined;
}

/** GPT-2 medium on an A100, figure 2 of Dao 2022: its bytes fit a mask, dropout and no tile skipped. Forward and backward; gigabytes are 10⁹ bytes. */
export const paperProblem = {
  ...{ batch: 64, heads: 16, length: 1024, depth: 64, mask: 'added', dropout: true },
  ...{ machine: 'a100', blockKeys: undefined },
} as const satisfies BytesOptions;

/** What the paper prints for it. */
export const paperFigures = {
  standardBytes: 40.3e9,
  flashBytes: 4.4e9,
  standardFlops: 66.6e9,
  flashFlops: 75.2e9,
};

/** Share of the (row, block of keys) pairs that a causal mask lets be seen, queries and keys being as many. */
export const causalShare = (
  length: number,
  { blockQueries, blockKeys }: { readonly blockQueries: number; readonly blockKeys: number },
): number => {
  let visited = 0;
  for (let start = 0; start < length; start += blockQueries) {
    const end = Math.min(length, start + blockQueries);
    visited += (end - start) * Math.ceil(end / blockKeys);
  }
  return visited / (length * Math.ceil(length / blockKeys));
};

/** What `traffic` counts. */
export const bytesOf = (options: BytesOptions): Traffic => {
  const { batch, heads, length, depth, mask, dropout, blockKeys } = options;
  const { hardware, bytesPerElement } = machines[options.machine];
  const tiled = blockKeys === undefined ? hardware : { ...hardware, blockKeys };
  const problem = { batch, heads, queries: length, depth, bytesPerElement, dropout, mask: mask !== 'none' };
  const all = traffic(problem, tiled);
  return mask === 'causal' ? traffic({ ...problem, visited: causalShare(length, all) }, tiled) : all;
};

/** Both passes together. */
export const bothPasses = ({ forward, backward }: AlgorithmTraffic) => ({
  mainBytes: forward.mainBytes + backward.mainBytes,
  onChipBytes: forward.onChipBytes + backward.onChipBytes,
  productFlops: forward.productFlops + backward.productFlops,
  elementFlops: forward.elementFlops + backward.elementFlops,
  /** Undefined where the machine's speeds are not known. */
  seconds:
    forward.seconds === undefined || backward.seconds === undefined
      ? undefined
      : forward.seconds + backward.seconds,
});

/** Lengths to choose from, and of the sweep. */
export const lengths = [128, 256, 512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] as const;

/** Keys a tile of the sweep. */
export const tileSizes = [16, 32, 64, 128, 256, 384, 512, 1024] as const;

/** Main memory traffic by length. */
export const bytesByLength = (
  options: BytesOptions,
): { readonly length: number; readonly standard: number; readonly flash: number }[] =>
  lengths.map((length) => {
    const { standard, flash } = bytesOf({ ...options, length });
    return { length, standard: bothPasses(standard).mainBytes, flash: bothPasses(flash).mainBytes };
  });

/** Main memory traffic of flash by keys a tile; `fits` says whether keys, values, queries and output of a tile have room on chip. */
export const bytesByTile = (
  options: BytesOptions,
): { readonly blockKeys: number; readonly flash: number; readonly fits: boolean }[] =>
  tileSizes
    .filter((blockKeys) => blockKeys <= options.length)
    .map((blockKeys) => ({
      blockKeys,
      flash: bothPasses(bytesOf({ ...options, blockKeys }).flash).mainBytes,
      fits: blockKeys <= bytesOf({ ...options, blockKeys: undefined }).blockKeys,
    }));
