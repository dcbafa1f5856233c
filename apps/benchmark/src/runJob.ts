// Runs one job: starts its engines, prepares its cases, measures one after the other.

import type { BenchmarkCase } from './contender.ts';
import { minilmEncoder } from './encoderModel.ts';
import { type Engines, startEngines } from './engines.ts';
import type { Job, Message } from './job.ts';
import { measure } from './measure.ts';
import { attentionCases } from './suites/attention.ts';
import { attentionFormCases } from './suites/attentionForms.ts';
import { encoderCases } from './suites/encoder.ts';
import { int8Cases } from './suites/int8.ts';
import { layerCases } from './suites/layers.ts';
import { matmulCases } from './suites/matmul.ts';
import { recurrentCases } from './suites/recurrent.ts';
import { tokenizerCases } from './suites/tokenizers.ts';
import { trainingCases } from './suites/training.ts';

const casesOf = async ({ suite, minilm, shared, peers }: Job, engines: Engines): Promise<BenchmarkCase[]> => {
  switch (suite) {
    case 'matmul':
      return [...matmulCases(engines), ...int8Cases(engines)];
    case 'attention':
      return [...attentionCases(engines), ...attentionFormCases(engines)];
    case 'encoder':
      return encoderCases(engines, await minilmEncoder(minilm));
    case 'recurrent':
      return recurrentCases(engines);
    case 'training':
      return trainingCases(engines);
    case 'layers':
      return layerCases(engines);
    case 'tokenizers':
      return tokenizerCases({ shared, peers });
    default:
      return suite satisfies never;
  }
};

/** Measures all cases of a job and reports each as it is done. */
export const runJob = async (job: Job, report: (message: Message) => void): Promise<void> => {
  const { suite, conditions, rounds } = job;
  const engines = await startEngines(job);
  for (const benchmark of await casesOf(job, engines)) {
    report({
      kind: 'progress',
      text: `${suite} ${benchmark.name}, ${conditions.simd} SIMD, ${conditions.threads} threads`,
    });
    report({ kind: 'result', result: await measure(benchmark, { suite, conditions, rounds }) });
  }
};
