// Times one case: outputs first, then rounds in which every contender has its turn, each round in another order, so that what
// disturbs the machine disturbs all of them.

import { setTimeout as pause } from 'node:timers/promises';
import { largestDifference } from './compare.ts';
import type { Absence, BenchmarkCase, Contender } from './contender.ts';
import type { CaseResult, Conditions, ContenderResult } from './result.ts';

/** How a case is timed. */
export interface MeasureOptions {
  readonly suite: string;
  readonly conditions: Conditions;
  /** Turns of each contender. */
  readonly rounds: number;
}

/** Shortest turn: a run that is quicker is repeated, so that the clock's grain (5 µs) and one interruption do not show. */
const turnMilliseconds = 40;
/** Contenders this many times slower than the quickest get `slowRounds` turns only: their ratio is coarse anyway. */
const slowFactor = 6;
const slowRounds = 3;
/** Pause before each turn, in which the waiting threads of the engine before fall asleep. */
const restMilliseconds = 5;

const timeTurn = async (contender: Contender, repeats: number): Promise<number> => {
  await pause(restMilliseconds);
  const start = performance.now();
  for (let i = 0; i < repeats; i++) await contender.run();
  return (performance.now() - start) / repeats;
};

interface Entry {
  readonly contender: Contender;
  readonly error: number;
  readonly first: number;
  readonly times: number[];
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ');

/**
 * Runs every contender twice (compilers warm up), compares its output with that of the first one. A peer that breaks (some have not
 * the memory for the largest cases) drops out; where ours breaks, the case does.
 */
const warmUp = async (contenders: readonly Contender[]): Promise<{ entries: Entry[]; broken: Absence[] }> => {
  const entries: Entry[] = [];
  const broken: Absence[] = [];
  let expected: Float32Array | undefined;
  for (const contender of contenders)
    try {
      await contender.run();
      const first = await timeTurn(contender, 1);
      const output = contender.output();
      expected ??= output.slice();
      entries.push({ contender, error: largestDifference(expected, output), first, times: [] });
    } catch (error) {
      if (expected === undefined) throw error;
      broken.push({ name: contender.name, reason: messageOf(error) });
    }
  return { entries, broken };
};

const timeRounds = async (entries: readonly Entry[], rounds: number): Promise<void> => {
  const quickest = Math.min(...entries.map(({ first }) => first));
  for (let round = 0; round < rounds; round++)
    for (let place = 0; place < entries.length; place++) {
      const entry = entries[(place + round) % entries.length] as Entry; // modulo length
      if (round >= slowRounds && entry.first > slowFactor * quickest) continue;
      const repeats = Math.max(1, Math.min(100, Math.ceil(turnMilliseconds / entry.first)));
      entry.times.push(await timeTurn(entry.contender, repeats));
    }
};

/**
 * Prepares, compares and times one case. Never throws for what an engine does: a difference beyond the tolerance or an error of ours
 * becomes the result's `failure`, and then there are no times; a peer that breaks is listed as absent.
 */
export const measure = async (
  benchmark: BenchmarkCase,
  { suite, conditions, rounds }: MeasureOptions,
): Promise<CaseResult> => {
  const { name, operations, tolerance, absences } = benchmark;
  const base = { suite, name, conditions, operations, absences };
  let contenders: readonly Contender[] = [];
  try {
    contenders = await benchmark.prepare();
    const { entries, broken } = await warmUp(contenders);
    const wrong = entries.filter(({ error }) => !(error <= tolerance));
    if (wrong.length === 0) await timeRounds(entries, Math.min(rounds, benchmark.rounds ?? rounds));
    const differing = wrong
      .map(({ contender, error }) => `${contender.name} differs from ours by ${error.toExponential(1)}`)
      .join('; ');
    return {
      ...base,
      absences: [...absences, ...broken],
      contenders: entries.map(
        ({ contender, error, times }): ContenderResult => ({ name: contender.name, times, error }),
      ),
      failure: wrong.length === 0 ? undefined : `${differing}; allowed is ${tolerance.toExponential(0)}`,
    };
  } catch (error) {
    return { ...base, contenders: [], failure: messageOf(error) };
  } finally {
    for (const contender of contenders) await contender.dispose?.();
  }
};
