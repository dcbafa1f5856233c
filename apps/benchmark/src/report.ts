// The report: Markdown tables of what was measured. Pure text, no measuring here.

import type { Absence } from './contender.ts';
import { ours } from './engines.ts';
import type { GoalResult } from './goals.ts';
import type { Machine } from './machine.ts';
import type { CaseResult, ContenderResult } from './result.ts';
import { median, ratioOf } from './statistics.ts';
import type { AttentionMemory } from './suites/attentionMemory.ts';
import type { MemoryResult } from './suites/memory.ts';
import type { StartupResult } from './suites/startup.ts';
import type { StsResult } from './suites/sts.ts';

/** Everything that a run found out. */
export interface Findings {
  readonly machine: Machine;
  /** What the weights of the suite `encoder` are. */
  readonly weights: string;
  readonly cases: readonly CaseResult[];
  /** Which kinds of SIMD were asked for and not measured, and why. */
  readonly absences: readonly Absence[];
  readonly memory: readonly MemoryResult[];
  /** Default: not measured. */
  readonly attentionMemory?: readonly AttentionMemory[];
  readonly startup: StartupResult | undefined;
  readonly sts: readonly StsResult[];
  readonly goals: readonly GoalResult[];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${head.join(' | ')} |`,
  `|${head.map((_, column) => (column === 0 ? ' --- ' : ' ---: ')).join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

const significant = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

const spread = (numerator: readonly number[], denominator: readonly number[]): string => {
  const { value, lowest, highest } = ratioOf(numerator, denominator);
  return `${value.toFixed(2)} (${lowest.toFixed(2)}–${highest.toFixed(2)})`;
};

const contenderRow = (
  { name, times, error }: ContenderResult,
  { operations, contenders }: CaseResult,
): string[] => {
  const milliseconds = median(times);
  const own = contenders.find((one) => one.name === ours);
  const first = own === undefined || name === ours ? '' : spread(times, own.times);
  return [
    name,
    significant(milliseconds),
    operations === undefined ? '' : (operations / milliseconds / 1e6).toFixed(1),
    first,
    name === ours ? '' : error.toExponential(1),
    String(times.length),
  ];
};

const caseSection = (one: CaseResult): string[] => {
  const { suite, name, conditions, contenders, failure, absences } = one;
  const title = `### ${suite}: ${name} · ${conditions.simd} SIMD · ${conditions.threads} ${conditions.threads === 1 ? 'thread' : 'threads'}`;
  const missing = absences.map((absence) => `Not here: ${absence.name} (${absence.reason}).`);
  const body =
    failure === undefined
      ? table(
          ['engine', 'median ms', 'GFLOP/s', `time ÷ ${ours}'s (spread of rounds)`, 'difference', 'rounds'],
          contenders.map((contender) => contenderRow(contender, one)),
        )
      : [
          `**No times: ${failure}.**`,
          ...contenders.map(
            ({ name: contender, error }) => `${contender}: difference ${error.toExponential(1)}.`,
          ),
        ];
  return [title, '', ...body, ...(missing.length === 0 ? [] : ['', missing.join(' ')]), ''];
};

const startupSection = (startup: StartupResult | undefined): string[] => {
  if (startup === undefined) return [];
  const { own, peer, difference, note } = startup;
  const rows = [
    [ours, significant(median(own)), '', String(own.length)],
    ...(peer.length === 0
      ? []
      : [['transformers.js', significant(median(peer)), spread(peer, own), String(peer.length)]]),
  ];
  const compared =
    peer.length === 0
      ? ''
      : ` The two embeddings differ by at most ${difference.toExponential(1)} of the largest value.`;
  return [
    '### startup: import to first embedding, MiniLM',
    '',
    ...table(['engine', 'median ms', `time ÷ ${ours}'s (spread)`, 'processes'], rows),
    '',
    `${note}${compared}`,
    '',
  ];
};

const memorySection = (memory: readonly MemoryResult[]): string[] => {
  if (memory.length === 0) return [];
  const rows = memory.map(({ name, megabytes }) => [name, megabytes?.toFixed(0) ?? 'did not finish']);
  return [
    '### memory: largest resident size of a process that trains',
    '',
    ...table(['engine', 'MB'], rows),
    '',
  ];
};

const attentionMemorySection = (found: readonly AttentionMemory[]): string[] => {
  if (found.length === 0) return [];
  const rows = found.flatMap(({ name, results }) =>
    results.map((one) => [`${name}, ${one.name}`, one.megabytes?.toFixed(0) ?? 'did not finish']),
  );
  return [
    '### attention: memory of one call beyond its inputs and output, resident',
    '',
    ...table(['call', 'MB'], rows),
    '',
  ];
};

const stsSection = (sts: readonly StsResult[]): string[] => {
  if (sts.length === 0) return [];
  const rows = sts.map(({ model, part, pairs, measured, published, reason }) => [
    `${model}, ${part}`,
    reason ?? String(pairs),
    reason === undefined ? measured.toFixed(3) : '',
    published.toFixed(3),
  ]);
  return [
    '### sts: STS-B, Spearman × 100 of the cosine of the vectors',
    '',
    ...table(['model', 'pairs', 'Heed', 'expected'], rows),
    '',
  ];
};

const goalSection = (goals: readonly GoalResult[]): string[] => {
  if (goals.length === 0) return [];
  const rows = goals.map(({ name, simd, atLeast, measured, range: [low, high] }) => [
    `${name}${simd === undefined ? '' : `, ${simd} SIMD`}`,
    `≥ ${atLeast}`,
    measured.toFixed(2),
    low === high ? '' : `${low.toFixed(2)}–${high.toFixed(2)}`,
    measured >= atLeast ? 'met' : '**missed**',
  ]);
  return [
    '### Goals',
    '',
    "Speed of ours as a multiple of the other's.",
    '',
    ...table(['goal', 'asked', 'measured (mean of cases)', 'range', ''], rows),
    '',
  ];
};

/** The whole report as Markdown. */
export const report = ({
  machine,
  weights,
  cases,
  absences,
  memory,
  attentionMemory = [],
  startup,
  sts,
  goals,
}: Findings): string =>
  [
    '## Benchmark',
    '',
    `${machine.processor}, ${machine.processors} processors, ${machine.platform}; Node ${machine.node} (V8 ${machine.v8}); commit ${machine.commit}; ${machine.date}; load before the start ${machine.load.toFixed(2)}.`,
    ...(cases.some(({ suite }) => suite === 'encoder') ? ['', `Weights of the encoder: ${weights}.`] : []),
    ...absences.flatMap(({ name, reason }) => ['', `Not measured: ${name} (${reason}).`]),
    '',
    ...goalSection(goals),
    ...cases.flatMap(caseSection),
    ...memorySection(memory),
    ...attentionMemorySection(attentionMemory),
    ...startupSection(startup),
    ...stsSection(sts),
  ].join('\n');
