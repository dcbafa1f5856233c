// `npm run bench`: installs the peers, runs each suite in processes of its own, prints the report.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Absence } from './contender.ts';
import { hasMinilm } from './encoderModel.ts';
import { goalResults } from './goals.ts';
import { timedSuites } from './job.ts';
import { describeMachine } from './machine.ts';
import { type Options, readOptions, transformersName, usage } from './options.ts';
import { installPeers } from './peers/installPeers.ts';
import { type Findings, report } from './report.ts';
import type { CaseResult } from './result.ts';
import { spawnJob, withoutSimd } from './spawnJob.ts';
import { measureAttentionMemory } from './suites/attentionMemory.ts';
import { measureMemory } from './suites/memory.ts';
import { measureStartup } from './suites/startup.ts';
import { measureSts } from './suites/sts.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const measureCases = async ({ suites, simd, threads, ...rest }: Options): Promise<CaseResult[]> => {
  const results: CaseResult[] = [];
  const here = simd.filter((flavour) => withoutSimd(flavour) === undefined);
  for (const suite of timedSuites.filter((one) => suites.includes(one)))
    for (const flavour of suite === 'tokenizers' ? here.slice(0, 1) : here)
      for (const count of suite === 'tokenizers' ? [1] : threads)
        results.push(
          ...(await spawnJob({ ...rest, suite, conditions: { simd: flavour, threads: count } }, progress)),
        );
  return results;
};

const run = async (options: Options): Promise<Findings> => {
  const { suites, peers, rounds, minilm, shared } = options;
  const machine = describeMachine(root);
  if (peers.length > 0 && suites.some((suite) => suite !== 'sts') && !installPeers(root))
    progress('The peers could not be installed; they are left out.');
  const cases = await measureCases(options);
  const absences = options.simd
    .map((flavour) => ({ name: `${flavour} SIMD`, reason: withoutSimd(flavour) }))
    .filter((absence): absence is Absence => absence.reason !== undefined);
  const memory = suites.includes('memory')
    ? await measureMemory({ peers, python: options.python, progress })
    : [];
  const attentionMemory = suites.includes('attention')
    ? await measureAttentionMemory({ python: options.python, progress })
    : [];
  const startup = suites.includes('startup')
    ? await measureStartup({ minilm, rounds, withPeer: peers.includes(transformersName), progress })
    : undefined;
  const sts = suites.includes('sts') ? await measureSts({ minilm, shared, progress }) : [];
  const weights = hasMinilm(minilm)
    ? 'those of all-MiniLM-L6-v2'
    : 'random ones of its shape (tooling/scripts/weights.sh brings the real ones)';
  const goals = goalResults(cases, { startup, memory, attentionMemory });
  return { machine, weights, cases, absences, memory, attentionMemory, startup, sts, goals };
};

const main = async (): Promise<number> => {
  // npm and pnpm start this in the app's folder; INIT_CWD is where the command was typed.
  const options = readOptions(process.argv.slice(2), { root, cwd: process.env.INIT_CWD ?? process.cwd() });
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const findings = await run(options);
  const text = report(findings);
  console.log(text);
  if (options.out !== undefined) writeFileSync(options.out, `${text}\n`);
  return findings.cases.some(({ failure }) => failure !== undefined) ? 1 : 0;
};

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
