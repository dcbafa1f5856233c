// Time from import to the first embedding of MiniLM, in fresh processes: ours from the published folder, transformers.js from the
// same tokenizer and weights, these in an ONNX file of our writing, because it cannot read safetensors.

import { fork } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { largestDifference } from '../compare.ts';
import { hasMinilm, minilmEncoder } from '../encoderModel.ts';
import { encoderGraph } from '../onnx/encoderGraph.ts';
import { writeModel } from '../onnx/writeModel.ts';

/** Milliseconds of each process. */
export interface StartupResult {
  readonly own: readonly number[];
  /** Empty where transformers.js takes no part. */
  readonly peer: readonly number[];
  /** Between the two embeddings, as a part of the largest value. */
  readonly difference: number;
  /** What was done, for people. */
  readonly note: string;
}

/** What the suite needs. */
export interface StartupOptions {
  readonly minilm: string;
  readonly rounds: number;
  readonly withPeer: boolean;
  readonly progress: (text: string) => void;
}

interface Start {
  readonly milliseconds: number;
  readonly embedding: readonly number[];
}

const text = 'Attention is all you need.';
/** As the suite promises at least. */
const leastRounds = 5;
/** Embeddings differ more than this only if they are of different texts or models. */
const tolerance = 1e-3;

const startProcess = (entry: string, folder: string): Promise<Start> =>
  new Promise((resolve, reject) => {
    const child = fork(new URL(`../${entry}.js`, import.meta.url), [folder, text]);
    let found: Start | undefined;
    child.on('message', (message: Start) => {
      found = message;
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      found === undefined
        ? reject(new Error(`startup: ${entry} ended with code ${code} before it had an embedding.`))
        : resolve(found),
    );
  });

/** Lays the model out as transformers.js wants it: NAME/*.json and NAME/onnx/model.onnx. */
const writePeerFolder = async (minilm: string, folder: string): Promise<void> => {
  mkdirSync(path.join(folder, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'tokenizer_config.json'])
    copyFileSync(path.join(minilm, file), path.join(folder, file));
  writeFileSync(
    path.join(folder, 'onnx/model.onnx'),
    await writeModel(encoderGraph(await minilmEncoder(minilm))),
  );
};

/** Starts processes in turn, ours first in one round and second in the next, after one of each that does not count. */
export const measureStartup = async ({
  minilm,
  rounds,
  withPeer,
  progress,
}: StartupOptions): Promise<StartupResult> => {
  if (!hasMinilm(minilm))
    throw new Error(
      `startup: ${minilm} has no model.safetensors; run tooling/scripts/weights.sh, or give --minilm DIR.`,
    );
  const temporary = mkdtempSync(path.join(os.tmpdir(), 'heed-startup-'));
  try {
    const folder = path.join(temporary, 'minilm');
    if (withPeer) await writePeerFolder(minilm, folder);
    const starters = [{ times: [] as number[], start: () => startProcess('startupOwn', minilm) }];
    if (withPeer) starters.push({ times: [], start: () => startProcess('startupPeer', folder) });
    const first: Float32Array[] = [];
    for (const { start } of starters) first.push(Float32Array.from((await start()).embedding));
    const [own, peer] = first;
    const difference = own === undefined || peer === undefined ? 0 : largestDifference(own, peer);
    if (!(difference <= tolerance))
      throw new Error(
        `startup: the two embeddings differ by ${difference.toExponential(1)}; allowed is ${tolerance}.`,
      );
    for (let round = 0; round < Math.max(leastRounds, rounds); round++) {
      progress(`startup, round ${round + 1}`);
      for (const { times, start } of round % 2 === 0 ? starters : starters.toReversed())
        times.push((await start()).milliseconds);
    }
    return {
      own: starters[0]?.times ?? [],
      peer: starters[1]?.times ?? [],
      difference,
      note: 'A process a time, files in the cache of the system. Ours reads model.safetensors; transformers.js (on onnxruntime-node, with its own number of threads) reads the same weights from an ONNX file that the benchmark writes.',
    };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
};
