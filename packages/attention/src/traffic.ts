// traffic: the bytes that attention moves at each level of memory and the floating-point operations it does, counted step by step from the algorithms:
// standard attention, which stores its [queries, keys] matrices, and FlashAttention. A model of transfers, not a measurement. Derivation: README.

import { flashPasses } from './flashTraffic.ts';
import { standardPasses } from './standardTraffic.ts';

/** What is computed. */
export interface TrafficProblem {
  readonly batch: number;
  readonly heads: number;
  /** Default: heads. */
  readonly kvHeads?: number;
  readonly queries: number;
  /** Default: queries. */
  readonly keys?: number;
  readonly depth: number;
  /** Default: depth. */
  readonly valueDepth?: number;
  /** Of queries, keys, values, scores and their gradients. Default 2 (float16); running maxima and sums always have 4. */
  readonly bytesPerElement?: number;
  /** Whether a mask is added to the scores: a pass over them in standard attention, nothing in flash. Default false. */
  readonly mask?: boolean;
  /** Whether weights are dropped: two passes and a byte a weight in standard attention; flash draws again. Default false. */
  readonly dropout?: boolean;
  /** Share of the tiles that flash visits under a mask, up to 1: about a half where it is causal. Default 1. */
  readonly visited?: number;
}

/** Where it is computed. */
export interface TrafficHardware {
  /** Memory beside the arithmetic units of one processor. */
  readonly onChipBytes: number;
  /** Keys a tile. Default ⌈onChipBytes / bytesPerElement / (4 · depth)⌉: Dao 2022, algorithm 1, line 1. */
  readonly blockKeys?: number;
  /** Queries a tile. Default the lesser of blockKeys and depth, of the same line. Changes on-chip traffic only. */
  readonly blockQueries?: number;
  /** Bytes a second to and from main memory, and those of all on-chip memories together: for `seconds`. */
  readonly mainBandwidth?: number;
  readonly onChipBandwidth?: number;
  /** Floating-point operations a second: for `seconds`. */
  readonly flopsPerSecond?: number;
}

/** NVIDIA A100 (40 GB, float16): Dao 2022 (arXiv:2205.14135), §2.1; the on-chip bandwidth is that paper's estimate. */
export const a100: TrafficHardware = {
  onChipBytes: 196_608, // 192 KiB a streaming multiprocessor
  mainBandwidth: 1.555e12,
  onChipBandwidth: 19e12,
  flopsPerSecond: 312e12,
};

/** One step of an algorithm, summed over all batches and heads. */
export interface TrafficStep {
  readonly name: string;
  /** Bytes read from and written to main memory. */
  readonly mainBytes: number;
  /** Bytes that tile operations read from and write to on-chip memory. */
  readonly onChipBytes: number;
  /** Operations of matrix products, 2 a multiply-add. */
  readonly productFlops: number;
  /** Operations of everything else, an exponential being one. */
  readonly elementFlops: number;
}

/** Totals of a pass, and its steps. */
export interface PassTraffic extends Omit<TrafficStep, 'name'> {
  readonly steps: readonly TrafficStep[];
  /** Least time: the longest of main traffic, on-chip traffic and arithmetic, as if they overlapped; undefined without speeds. */
  readonly seconds: number | undefined;
}

/** An algorithm's two passes. */
export interface AlgorithmTraffic {
  readonly forward: PassTraffic;
  readonly backward: PassTraffic;
}

/** What `traffic` counts. */
export interface Traffic {
  readonly standard: AlgorithmTraffic;
  readonly flash: AlgorithmTraffic;
  /** Keys and queries a tile, and how many tiles of keys there are. */
  readonly blockKeys: number;
  readonly blockQueries: number;
  readonly keyBlocks: number;
}

/** A problem with its defaults filled in, and its tiles. */
export interface TrafficSizes extends Required<TrafficProblem> {
  readonly blockKeys: number;
  readonly blockQueries: number;
  readonly keyBlocks: number;
}

const checkCounts = (counts: Readonly<Record<string, number>>): void => {
  for (const [name, count] of Object.entries(counts))
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(`traffic: ${name} is ${count}; expected a whole number from 1.`);
};

const sizesOf = (problem: TrafficProblem, hardware: TrafficHardware): TrafficSizes => {
  const { heads, queries, depth, bytesPerElement = 2, visited = 1 } = problem;
  const { kvHeads = heads, keys = queries, valueDepth = depth, mask = false, dropout = false } = problem;
  const { onChipBytes, blockKeys = Math.ceil(onChipBytes / bytesPerElement / (4 * depth)) } = hardware;
  const { blockQueries = Math.min(blockKeys, depth) } = hardware;
  checkCounts({
    batch: problem.batch,
    heads,
    kvHeads,
    queries,
    keys,
    depth,
    valueDepth,
    blockKeys,
    blockQueries,
  });
  checkCounts({ bytesPerElement, onChipBytes, 'heads / kvHeads': heads / kvHeads });
  if (!(visited >= 0 && visited <= 1))
    throw new RangeError(`traffic: visited is ${visited}; expected a share from 0 to 1.`);
  return {
    ...{ batch: problem.batch, heads, kvHeads, queries, keys, depth, valueDepth, bytesPerElement },
    ...{ mask, dropout, visited, blockKeys, blockQueries, keyBlocks: Math.ceil(keys / blockKeys) },
  };
};

const passOf = (steps: readonly TrafficStep[], hardware: TrafficHardware): PassTraffic => {
  const total = (part: Exclude<keyof TrafficStep, 'name'>) =>
    steps.reduce((sum, step) => sum + step[part], 0);
  const { mainBandwidth, onChipBandwidth, flopsPerSecond } = hardware;
  const totals = {
    ...{ mainBytes: total('mainBytes'), onChipBytes: total('onChipBytes') },
    ...{ productFlops: total('productFlops'), elementFlops: total('elementFlops') },
  };
  const times = [
    mainBandwidth && totals.mainBytes / mainBandwidth,
    onChipBandwidth && totals.onChipBytes / onChipBandwidth,
    flopsPerSecond && (totals.productFlops + totals.elementFlops) / flopsPerSecond,
  ].filter((time) => time !== undefined);
  return { ...totals, steps, seconds: times.length === 0 ? undefined : Math.max(...times) };
};

/**
 * Bytes and operations of attention, forward and backward, standard and FlashAttention (Dao 2022, arXiv:2205.14135, algorithms 0 and 1, 3 and 4), step by
 * step. Figure 2 of that paper, GPT-2 medium on an A100: 40.3 GB and 4.4 GB of main memory traffic; this counts 40.3 and 4.6. Its column of
 * operations (66.6 and 75.2 GFLOP) does not follow from the algorithms, which do 825 and 962 in matrix products.
 *
 * @example
 * const { standard, flash } = traffic({ batch: 64, heads: 16, queries: 1024, depth: 64, mask: true, dropout: true }, a100);
 * standard.forward.mainBytes + standard.backward.mainBytes; //=> 40265318400
 */
export const traffic = (problem: TrafficProblem, hardware: TrafficHardware): Traffic => {
  const sizes = sizesOf(problem, hardware);
  const { blockKeys, blockQueries, keyBlocks } = sizes;
  const algorithm = (passes: {
    readonly forward: readonly TrafficStep[];
    readonly backward: readonly TrafficStep[];
  }) => ({
    forward: passOf(passes.forward, hardware),
    backward: passOf(passes.backward, hardware),
  });
  return {
    ...{ standard: algorithm(standardPasses(sizes)), flash: algorithm(flashPasses(sizes)) },
    ...{ blockKeys, blockQueries, keyBlocks },
  };
};
