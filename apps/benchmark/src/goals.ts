// The ratios that this project set itself (issues 3 and 4, "Speed"), worked out from the results of one run.

import { jaxName, ours, oursSingle, tensorFlowName, yardstickName } from './engines.ts';
import { type CaseResult, type Simd, simdFlavours } from './result.ts';
import { mean, ratioOf } from './statistics.ts';
import { encoderShapes } from './suites/encoder.ts';
import { int8Name, int8Shapes, oursFloat } from './suites/int8.ts';
import { copyName, layerNames } from './suites/layers.ts';
import { headsShape, modelShapes, shapeName } from './suites/matmul.ts';
import { type MemoryResult, pyTorchMegabytes } from './suites/memory.ts';
import { recurrentName, recurrentShapes } from './suites/recurrent.ts';
import type { StartupResult } from './suites/startup.ts';
import { trainingName, trainingShape } from './suites/training.ts';

/** One goal and what was measured. */
export interface GoalResult {
  readonly name: string;
  readonly simd: Simd | undefined;
  readonly atLeast: number;
  /** Mean over the goal's cases. */
  readonly measured: number;
  /** Smallest and largest of the cases' ratios. */
  readonly range: readonly [number, number];
}

interface Goal {
  readonly name: string;
  readonly suite: string;
  readonly cases: readonly string[];
  readonly threads: number;
  /** Time of this contender over ours. */
  readonly against: string;
  /** By kind of SIMD; left out where there is no goal. */
  readonly atLeast: Readonly<Partial<Record<Simd, number>>>;
}

const products = modelShapes.map(shapeName);
const [, eight, mixed] = encoderShapes.map(({ name }) => name) as [string, string, string]; // three shapes
const web = 'onnxruntime-web';

const goals: readonly Goal[] = [
  {
    name: 'matmul, 1 thread, of onnxruntime-web',
    suite: 'matmul',
    cases: products,
    threads: 1,
    against: web,
    atLeast: { plain: 1.4, relaxed: 1.8 },
  },
  {
    name: 'matmul, 1 thread, of TensorFlow.js',
    suite: 'matmul',
    cases: products,
    threads: 1,
    against: tensorFlowName,
    atLeast: { plain: 1.3 },
  },
  {
    name: 'matmul, 1 thread, of onnxruntime-node',
    suite: 'matmul',
    cases: products,
    threads: 1,
    against: 'onnxruntime-node',
    atLeast: { wide: 0.9 },
  },
  {
    name: 'matmul of 12 heads, 1 thread, of onnxruntime-web',
    suite: 'matmul',
    cases: [shapeName(headsShape)],
    threads: 1,
    against: web,
    atLeast: { plain: 1.2, relaxed: 1.2 },
  },
  {
    name: 'linear with 8-bit weights, 1 thread, of float32 weights',
    suite: 'matmul',
    cases: int8Shapes.map(int8Name),
    threads: 1,
    against: oursFloat,
    atLeast: { plain: 1.8 },
  },
  {
    name: `encoder ${eight}, 1 thread, of onnxruntime-web`,
    suite: 'encoder',
    cases: [eight],
    threads: 1,
    against: web,
    atLeast: { plain: 1.35, relaxed: 1.7 },
  },
  {
    name: `encoder ${mixed}, 1 thread, of onnxruntime-web's padded batches`,
    suite: 'encoder',
    cases: [mixed],
    threads: 1,
    against: web,
    atLeast: { plain: 2.4, relaxed: 3.2 },
  },
  {
    name: 'training step of GRU and LSTM, 1 thread, of TensorFlow.js',
    suite: 'recurrent',
    cases: recurrentShapes.map(recurrentName),
    threads: 1,
    against: tensorFlowName,
    atLeast: { plain: 5 },
  },
  {
    name: 'training step, 1 thread, of jax-js',
    suite: 'training',
    cases: [trainingName(trainingShape)],
    threads: 1,
    against: jaxName,
    atLeast: { plain: 1.5, relaxed: 1.5 },
  },
  {
    name: 'training step, 2 threads, of jax-js with its one',
    suite: 'training',
    cases: [trainingName(trainingShape)],
    threads: 2,
    against: jaxName,
    atLeast: { plain: 2.8, relaxed: 2.8 },
  },
  {
    name: 'training step, 1 thread, of TensorFlow.js',
    suite: 'training',
    cases: [trainingName(trainingShape)],
    threads: 1,
    against: tensorFlowName,
    atLeast: { plain: 15, relaxed: 15 },
  },
  {
    name: 'training step, 2 threads of 1',
    suite: 'training',
    cases: [trainingName(trainingShape)],
    threads: 2,
    against: oursSingle,
    atLeast: { plain: 1.7, relaxed: 1.7 },
  },
  ...layerNames.map((name) => ({
    name: `${name}, of a plain copy of the same bytes`,
    suite: 'layers',
    cases: [name],
    threads: 1,
    against: copyName,
    atLeast: { plain: 0.4, relaxed: 0.4 },
  })),
  {
    name: 'matmul 1024³, 2 threads of 1',
    suite: 'matmul',
    cases: ['1024 × 1024 × 1024'],
    threads: 2,
    against: oursSingle,
    atLeast: { plain: 1.8, relaxed: 1.8, wide: 1.8 },
  },
  {
    name: `encoder ${eight}, 2 threads of 1`,
    suite: 'encoder',
    cases: [eight],
    threads: 2,
    against: oursSingle,
    atLeast: { plain: 1.75, relaxed: 1.75 },
  },
  {
    name: 'matmul, 1 thread, of the yardstick',
    suite: 'matmul',
    cases: products,
    threads: 1,
    against: yardstickName,
    atLeast: { plain: 0.95, relaxed: 0.95, wide: 0.95 },
  },
  {
    name: 'encoder, 1 thread, of the yardstick',
    suite: 'encoder',
    cases: encoderShapes.map(({ name }) => name),
    threads: 1,
    against: yardstickName,
    atLeast: { plain: 0.9, relaxed: 0.9, wide: 0.9 },
  },
];

const timesOf = ({ contenders }: CaseResult, name: string): readonly number[] =>
  contenders.find((one) => one.name === name)?.times ?? [];

/** Goals of which all cases were measured in this run. */
export const goalResults = (
  results: readonly CaseResult[],
  {
    startup,
    memory,
  }: { readonly startup: StartupResult | undefined; readonly memory: readonly MemoryResult[] },
): GoalResult[] => {
  const found: GoalResult[] = [];
  for (const simd of simdFlavours)
    for (const { name, suite, cases, threads, against, atLeast } of goals) {
      const wanted = atLeast[simd];
      if (wanted === undefined) continue;
      const own = results.filter(
        (one) =>
          one.suite === suite &&
          one.conditions.simd === simd &&
          one.conditions.threads === threads &&
          cases.includes(one.name),
      );
      const ratios = own
        .map((one) => ratioOf(timesOf(one, against), timesOf(one, ours)).value)
        .filter(Number.isFinite);
      if (ratios.length === cases.length)
        found.push({
          name,
          simd,
          atLeast: wanted,
          measured: mean(ratios),
          range: [Math.min(...ratios), Math.max(...ratios)],
        });
    }
  const own = memory.find(({ name }) => name === ours)?.megabytes;
  if (own !== undefined) {
    const measured = pyTorchMegabytes / own;
    found.push({
      name: `memory of a training step, of PyTorch's ${pyTorchMegabytes} MB`,
      ...{ simd: undefined, atLeast: 1.67, measured, range: [measured, measured] as const },
    });
  }
  if (startup !== undefined && startup.peer.length > 0) {
    const { value, lowest, highest } = ratioOf(startup.peer, startup.own);
    found.push({
      name: 'import to first embedding, of transformers.js',
      simd: undefined,
      atLeast: 2,
      measured: value,
      range: [lowest, highest],
    });
  }
  return found;
};
