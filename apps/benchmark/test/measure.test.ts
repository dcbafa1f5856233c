import { describe, expect, it } from 'vitest';
import type { BenchmarkCase, Contender } from '../src/contender.ts';
import { measure } from '../src/measure.ts';

const options = { suite: 'test', conditions: { simd: 'plain', threads: 1 }, rounds: 3 } as const;
const caseOf = (...contenders: readonly Contender[]): BenchmarkCase => ({
  name: 'case',
  tolerance: 0.01,
  absences: [],
  prepare: async () => contenders,
});

/** Busy for about a millisecond, so that no turn needs many repeats. */
const work = (): void => {
  for (const end = performance.now() + 1; performance.now() < end; );
};

const engine = (name: string, value: number, log: string[] = []): Contender => ({
  name,
  run: () => {
    log.push(name);
    work();
  },
  output: () => Float32Array.of(value),
  dispose: () => void log.push(`${name} ends`),
});

/** Neighbours that are the same, once. */
const turns = (log: readonly string[]): string[] => log.filter((name, index) => name !== log[index - 1]);

describe('measure', () => {
  it('times each contender once a round, each round beginning with the next one', async () => {
    const log: string[] = [];
    const { contenders, failure } = await measure(
      caseOf(engine('a', 1, log), engine('b', 1, log), engine('c', 1, log)),
      options,
    );
    expect(failure).toBeUndefined();
    expect(contenders.map(({ times }) => times.length)).toEqual([3, 3, 3]);
    expect(contenders.every(({ times }) => times.every((time) => time >= 0.9))).toBe(true);
    // Warm-up a b c, then abc, bca, cab; equal neighbours melt into one.
    expect(turns(log).slice(0, -3).join('')).toBe('abcabcbcacab');
  });
  it('gives no time to a case whose outputs differ, and names who differs', async () => {
    const { contenders, failure } = await measure(caseOf(engine('ours', 1), engine('peer', 1.5)), options);
    expect(failure).toBe('peer differs from ours by 5.0e-1; allowed is 1e-2');
    expect(contenders.map(({ times }) => times)).toEqual([[], []]);
  });
  it('lets a small difference pass and reports it', async () => {
    const { contenders, failure } = await measure(
      caseOf(engine('ours', 1), engine('peer', 1.0078125)),
      options,
    );
    expect([failure, contenders.map(({ error }) => error)]).toEqual([undefined, [0, 0.0078125]]);
  });
  it('goes on without a peer that breaks, and says why; all are freed', async () => {
    const log: string[] = [];
    const broken: Contender = {
      ...engine('peer', 1, log),
      run: () => Promise.reject(new Error('out of\nmemory')),
    };
    const { failure, contenders, absences } = await measure(caseOf(engine('ours', 1, log), broken), options);
    expect([failure, contenders.map(({ name }) => name), absences]).toEqual([
      undefined,
      ['ours'],
      [{ name: 'peer', reason: 'out of memory' }],
    ]);
    expect(log.slice(-2)).toEqual(['ours ends', 'peer ends']);
  });
  it('fails where ours breaks', async () => {
    const broken: Contender = { ...engine('ours', 1), run: () => Promise.reject(new Error('out of memory')) };
    expect(await measure(caseOf(broken, engine('peer', 1)), options)).toMatchObject({
      failure: 'out of memory',
      contenders: [],
    });
  });
});
