// The ratios that this project set itself (issues 3 to 6, "Speed"), worked out from the results of one run.

import { jaxName, ours, oursSingle, tensorFlowName, yardstickName } from './engines.ts';
import { pyTorchAttentionName } from './peers/pyTorchAttention.ts';
import { pyTorchName } from './peers/pyTorchTraining.ts';
import {
  aiTokenizerName,
  gptTokenizerName,
  huggingFaceName,
  tiktokenName,
} from './peers/scriptTokenizers.ts';
import { type CaseResult, type Simd, simdFlavours } from './result.ts';
import { mean, ratioOf } from './statistics.ts';
import { attentionName } from './suites/attention.ts';
import { formName, forms } from './suites/attentionForms.ts';
import { type AttentionMemory, explicitShape, longMegabytes, longShape } from './suites/attentionMemory.ts';
import { encoderShapes } from './suites/encoder.ts';
import { int8Name, int8Shapes, oursFloat } from './suites/int8.ts';
import { copyName, layerNames } from './suites/layers.ts';
import { headsShape, modelShapes, shapeName } from './suites/matmul.ts';
import type { MemoryResult } from './suites/memory.ts';
import { recurrentName, recurrentShapes } from './suites/recurrent.ts';
import type { StartupResult } from './suites/startup.ts';
import { oursIds, tokenizerNames } from './suites/tokenizers.ts';
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

const everySimd = (atLeast: number) => ({ plain: atLeast, relaxed: atLeast, wide: atLeast });

/** Goals of attention: of the suite's cases by themselves, one thread. */
const attentionGoals: readonly Goal[] = [
  {
    name: 'flash, 4096 tokens, of PyTorch softmax(QKᵀ)V',
    cases: [attentionName({ length: 4096, causal: false })],
    against: pyTorchAttentionName,
    atLeast: { plain: 1.2, relaxed: 1.6, wide: 3 },
  },
  {
    name: 'flash, 512 to 4096 tokens, of the yardstick',
    cases: [512, 1024, 2048, 4096].map((length) => attentionName({ length, causal: false })),
    against: yardstickName,
    atLeast: everySimd(0.9),
  },
  ...[256, 512, 1024, 2048].map((length) => ({
    name: `flash, ${length} tokens, of our own dense kernel`,
    cases: [formName.dense(length)],
    against: forms.dense,
    atLeast: everySimd(length === 2048 ? 2 : 1),
  })),
  ...[2048, 4096].map((length) => ({
    name: `causal, ${length} tokens, of all keys`,
    cases: [formName.causal(length)],
    against: forms.all,
    atLeast: everySimd(1.8),
  })),
  // Twice the tokens take 2.15 times as long at most.
  ...[8192, 16_384].map((length) => ({
    name: `window of 256 and 16 global, ${length} tokens, of half as many`,
    cases: [formName.window(length)],
    against: forms.half,
    atLeast: everySimd(1 / 2.15),
  })),
  // A backward pass takes three times as long as a forward pass at most: both together four times.
  ...[1024, 2048].map((length) => ({
    name: `forward and backward, ${length} tokens, of forward alone`,
    cases: [formName.backward(length)],
    against: forms.forward,
    atLeast: everySimd(1 / 4),
  })),
  {
    name: '2 key heads, 2048 tokens, of 8', // no slower, but for what rounds differ by
    cases: [formName.heads(2048)],
    against: forms.heads,
    atLeast: everySimd(0.98),
  },
  {
    name: 'one token over a cache of 8192, of onnxruntime-web',
    cases: [formName.cache(8192)],
    against: web,
    atLeast: everySimd(1.5),
  },
].map((goal) => ({ ...goal, suite: 'attention', threads: 1 }));

const encodingGoals = [
  { against: aiTokenizerName, warm: 1, cold: 1.2, vocabularies: ['cl100k'] },
  { against: gptTokenizerName, warm: 1, cold: 1.2, vocabularies: ['cl100k', 'GPT-2'] },
  { against: tiktokenName, warm: 2.5, cold: 2.5, vocabularies: ['cl100k', 'GPT-2'] },
  { against: huggingFaceName, warm: 9, cold: 9, vocabularies: ['cl100k', 'GPT-2'] },
  {
    against: huggingFaceName,
    warm: 3,
    cold: 3,
    vocabularies: ['WordPiece 30k', 'Unigram 32k', 'Unigram 250k'],
  },
];

/** Goals of the tokenizers; they run without SIMD, in the process of the plain kind. */
const tokenizerGoals: readonly Goal[] = [
  ...encodingGoals.flatMap(({ against, vocabularies, ...asked }) =>
    vocabularies.flatMap((vocabulary) =>
      (['warm', 'cold'] as const).map((kind) => ({
        name: `${tokenizerNames[kind](vocabulary)}, of ${against}`,
        cases: [tokenizerNames[kind](vocabulary)],
        against,
        atLeast: { plain: asked[kind] },
      })),
    ),
  ),
  {
    name: 'cl100k with offsets and tokens, of ids only', // at most 1.4 times the time
    cases: [tokenizerNames.offsets],
    against: oursIds,
    atLeast: { plain: 1 / 1.4 },
  },
  ...[tokenizerNames.load, tokenizerNames.loadMerges].map((name) => ({
    name: `${name}, of ${huggingFaceName}`,
    cases: [name],
    against: huggingFaceName,
    atLeast: { plain: 2 },
  })),
].map((goal) => ({ ...goal, suite: 'tokenizers', threads: 1 }));

const goals: readonly Goal[] = [
  ...attentionGoals,
  ...tokenizerGoals,
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
    name: 'training step, 1 thread, of PyTorch',
    suite: 'training',
    cases: [trainingName(trainingShape)],
    threads: 1,
    against: pyTorchName,
    atLeast: { plain: 0.4, relaxed: 0.5, wide: 0.9 },
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

/** Goals of the memory of attention, as how many times what was allowed would hold what was needed. */
const memoryGoals = (found: readonly AttentionMemory[]): GoalResult[] => {
  const of = (shape: string, name: string): number | undefined =>
    found.find((one) => one.name === shape)?.results.find((one) => one.name === name)?.megabytes;
  const [long, own, torch] = [
    of(longShape.name, ours),
    of(explicitShape.name, ours),
    of(explicitShape.name, pyTorchAttentionName),
  ];
  const goal = (name: string, atLeast: number, measured: number): GoalResult => ({
    ...{ name, simd: undefined, atLeast, measured, range: [measured, measured] },
  });
  return [
    ...(long === undefined
      ? []
      : [goal(`memory of attention, ${longShape.name}, of ${longMegabytes} MB`, 1, longMegabytes / long)]),
    ...(own === undefined || torch === undefined
      ? []
      : [goal(`memory of attention, ${explicitShape.name}, of PyTorch's`, 8, torch / own)]),
  ];
};

/** Goals of which all cases were measured in this run. */
export const goalResults = (
  results: readonly CaseResult[],
  {
    startup,
    memory,
    attentionMemory = [],
  }: {
    readonly startup: StartupResult | undefined;
    readonly memory: readonly MemoryResult[];
    readonly attentionMemory?: readonly AttentionMemory[];
  },
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
  const [own, torch] = [ours, pyTorchName].map(
    (contender) => memory.find(({ name }) => name === contender)?.megabytes,
  );
  if (own !== undefined && torch !== undefined) {
    const measured = torch / own;
    found.push({
      name: 'memory of a training step, of PyTorch',
      ...{ simd: undefined, atLeast: 1.67, measured, range: [measured, measured] as const },
    });
  }
  found.push(...memoryGoals(attentionMemory));
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
