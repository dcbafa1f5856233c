// The command line: which suites, under which conditions, against whom.

import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { jaxName, tensorFlowName } from './engines.ts';
import { type TimedSuite, timedSuites } from './job.ts';
import { onnxPackages } from './peers/onnxRuntime.ts';
import { scriptTokenizers } from './peers/scriptTokenizers.ts';
import { type Simd, simdFlavours } from './result.ts';

/** One of the suites. */
export type Suite = TimedSuite | 'memory' | 'startup' | 'sts';

/** All suites, in the order in which they run. */
export const suites: readonly Suite[] = [...timedSuites, 'memory', 'startup', 'sts'];

/** Name of the peer of the suite `startup`. */
export const transformersName = 'transformers.js';

/** All peers. */
export const peerNames: readonly string[] = [
  ...onnxPackages,
  tensorFlowName,
  jaxName,
  transformersName,
  ...scriptTokenizers,
];

/** What the command was asked for. */
export interface Options {
  readonly suites: readonly Suite[];
  readonly threads: readonly number[];
  readonly simd: readonly Simd[];
  readonly rounds: number;
  readonly peers: readonly string[];
  /** File for the report; undefined: printed only. */
  readonly out: string | undefined;
  readonly minilm: string;
  readonly shared: string;
  readonly yardstick: string;
  /** A Python with PyTorch, for a row of the suite `attention`. */
  readonly python: string | undefined;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage: string = `npm run bench -- [options]
  --suite LIST      of ${suites.join(', ')}; default matmul,encoder
  --threads LIST    counts of threads; default 1,2 (1 where there is one processor)
  --simd LIST       of ${simdFlavours.join(', ')}; default all. relaxed passes --experimental-wasm-relaxed-simd to Node 20, wide
                    --experimental-wasm-revectorize to Node 24 and later; earlier ones leave it out
  --rounds N        turns of each engine in a case; default 7
  --peers LIST      of ${peerNames.join(', ')}, or none; default all
  --out FILE        writes the report (Markdown) to a file too
  --minilm DIR      folder of all-MiniLM-L6-v2; default .weights/minilm
  --shared DIR      folder with data (for sts, tokenizers) and yardstick; default ../shared
  --yardstick DIR   default SHARED/yardstick
  --python FILE     a Python with PyTorch, for its rows of training, memory and attention; default none`;

const listOf = <T extends string>(option: string, text: string, allowed: readonly T[]): T[] => {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.filter((word) => !(allowed as readonly string[]).includes(word));
  if (unknown.length > 0)
    throw new RangeError(
      `--${option}: ${unknown.map((word) => JSON.stringify(word)).join(', ')}; expected a list of ${allowed.join(', ')}, with commas.`,
    );
  return allowed.filter((word) => words.includes(word));
};

const countOf = (option: string, text: string, most: number): number => {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new RangeError(`--${option}: ${JSON.stringify(text)}; expected a whole number from 1 to ${most}.`);
  return count;
};

/** Reads the arguments; relative folders are relative to where the command was typed. What is not understood is an error that says what is. */
export const readOptions = (
  args: readonly string[],
  { root, cwd }: { readonly root: string; readonly cwd: string },
): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{
        suite: { type: 'string', default: 'matmul,encoder' },
        simd: { type: 'string', default: simdFlavours.join(',') },
        rounds: { type: 'string', default: '7' },
      },
      ...{
        threads: { type: 'string', default: os.availableParallelism() > 1 ? '1,2' : '1' },
        peers: { type: 'string', default: peerNames.join(',') },
      },
      ...{
        out: { type: 'string' },
        minilm: { type: 'string' },
        shared: { type: 'string' },
        yardstick: { type: 'string' },
        python: { type: 'string' },
      },
      help: { type: 'boolean', default: false },
    },
  });
  const folder = (given: string | undefined, usual: string): string =>
    given === undefined ? usual : path.resolve(cwd, given);
  const shared = folder(values.shared ?? process.env.HEED_SHARED, path.resolve(root, '../shared'));
  return {
    suites: listOf('suite', values.suite, suites),
    threads: [...new Set(values.threads.split(',').map((word) => countOf('threads', word, 64)))],
    simd: listOf<Simd>('simd', values.simd, simdFlavours),
    rounds: countOf('rounds', values.rounds, 1000),
    peers: values.peers === 'none' ? [] : listOf('peers', values.peers, peerNames),
    out: values.out === undefined ? undefined : path.resolve(cwd, values.out),
    minilm: folder(values.minilm, path.join(root, '.weights/minilm')),
    shared,
    yardstick: folder(values.yardstick, path.join(shared, 'yardstick')),
    python: values.python === undefined ? undefined : path.resolve(cwd, values.python),
    help: values.help,
  };
};
