import { describe, expect, it } from 'vitest';
import { ours } from '../src/engines.ts';
import { goalResults } from '../src/goals.ts';
import { pyTorchAttentionName } from '../src/peers/pyTorchAttention.ts';
import { pyTorchName } from '../src/peers/pyTorchTraining.ts';
import { report } from '../src/report.ts';
import type { CaseResult, Simd } from '../src/result.ts';
import { explicitShape, longShape } from '../src/suites/attentionMemory.ts';
import { modelShapes, shapeName } from '../src/suites/matmul.ts';

const machine = {
  processor: 'Abacus',
  processors: 2,
  platform: 'linux x64',
  node: '20.20.0',
  v8: '11.3',
  commit: 'abc1234',
  date: '2026-01-02',
  load: 0.5,
};
const nothing = {
  machine,
  weights: 'those of M',
  cases: [],
  absences: [],
  memory: [],
  startup: undefined,
  sts: [],
  goals: [],
};

const product = (name: string, simd: Simd = 'plain'): CaseResult => ({
  ...{
    suite: 'matmul',
    name,
    conditions: { simd, threads: 1 },
    operations: 2e8,
    absences: [],
    failure: undefined,
  },
  contenders: [
    { name: 'Heed', times: [4, 5, 6], error: 0 },
    { name: 'onnxruntime-web', times: [8, 10, 9], error: 3e-7 },
    { name: 'yardstick', times: [4, 4, 4], error: 3e-7 },
  ],
});

describe('report', () => {
  it('prints machine, medians, rates, ratios of medians with the spread of rounds, and differences', () => {
    const text = report({
      ...nothing,
      cases: [product('1 × 2 × 3')],
      absences: [{ name: 'wide SIMD', reason: 'an old Node' }],
    });
    expect(text).toContain('Not measured: wide SIMD (an old Node).');
    expect(text).toContain(
      'Abacus, 2 processors, linux x64; Node 20.20.0 (V8 11.3); commit abc1234; 2026-01-02',
    );
    expect(text).toContain('### matmul: 1 × 2 × 3 · plain SIMD · 1 thread\n');
    expect(text).toContain('| Heed | 5.00 | 40.0 |  |  | 3 |');
    expect(text).toContain('| onnxruntime-web | 9.00 | 22.2 | 1.80 (1.50–2.00) | 3.0e-7 | 3 |');
  });
  it('says what the weights of the encoder are, where it was measured', () => {
    expect(report({ ...nothing, cases: [{ ...product('x'), suite: 'encoder' }] })).toContain(
      'Weights of the encoder: those of M.',
    );
    expect(report({ ...nothing, cases: [product('x')] })).not.toContain('those of M');
  });
  it('prints no times of a case that failed, but why, and who is not there', () => {
    const failed = {
      ...product('x'),
      failure: 'tfjs-wasm differs from ours by 1.0e+0',
      absences: [{ name: 'tfjs-wasm', reason: 'has one thread in Node' }],
    };
    const text = report({ ...nothing, cases: [failed] });
    expect(text).toContain('**No times: tfjs-wasm differs from ours by 1.0e+0.**');
    expect(text).toContain('Not here: tfjs-wasm (has one thread in Node).');
    expect(text).not.toContain('median');
  });
  it('prints quality beside what is expected, or why it is missing', () => {
    const measured = {
      model: 'M',
      part: 'test',
      pairs: 9,
      measured: 82.0321,
      published: 82.032,
      reason: undefined,
    };
    const text = report({ ...nothing, sts: [measured, { ...measured, reason: 'x is not there' }] });
    expect(text).toContain('| M, test | 9 | 82.032 | 82.032 |');
    expect(text).toContain('| M, test | x is not there |  | 82.032 |');
  });
});

describe('goalResults', () => {
  const all = modelShapes.map((shape) => product(shapeName(shape)));
  const none = { startup: undefined, memory: [] };

  it('means the ratios of a goal over its cases, and says whether it is met', () => {
    const goals = goalResults(all, none);
    expect(goals.map(({ name, measured, atLeast }) => [name, measured, atLeast])).toEqual([
      ['matmul, 1 thread, of onnxruntime-web', 1.8, 1.4],
      ['matmul, 1 thread, of the yardstick', 0.8, 0.95],
    ]);
    const text = report({ ...nothing, goals });
    expect(text).toContain('| matmul, 1 thread, of onnxruntime-web, plain SIMD | ≥ 1.4 | 1.80 |  | met |');
    expect(text).toContain(
      '| matmul, 1 thread, of the yardstick, plain SIMD | ≥ 0.95 | 0.80 |  | **missed** |',
    );
  });
  it('says nothing of a goal whose cases were not all measured', () => {
    expect(goalResults(all.slice(1), none)).toEqual([]);
    expect(
      goalResults([{ ...product(shapeName(modelShapes[0]!)), contenders: [] }, ...all.slice(1)], none),
    ).toEqual([]);
  });
  it('counts memory as that of the other by ours, and prints who did not finish', () => {
    const memory = [
      { name: 'Heed', megabytes: 270.5 },
      { name: 'jax-js', megabytes: undefined },
      { name: pyTorchName, megabytes: 541 },
    ];
    expect(goalResults([], { ...none, memory })).toMatchObject([{ measured: 2, atLeast: 1.67 }]);
    expect(goalResults([], { ...none, memory: memory.slice(0, 2) })).toEqual([]);
    expect(report({ ...nothing, memory })).toContain('| Heed | 271 |\n| jax-js | did not finish |');
  });
  it('counts start-up as the time of the other by ours', () => {
    const startup = { own: [1, 2, 3], peer: [4, 5, 9], difference: 0, note: '' };
    expect(goalResults([], { ...none, startup })).toMatchObject([
      { measured: 2.5, range: [2.5, 4], atLeast: 2 },
    ]);
  });
  it('tells the memory of attention, and says what is missing of it', () => {
    const attentionMemory = [
      { name: longShape.name, results: [{ name: ours, megabytes: 32 }] },
      {
        name: explicitShape.name,
        results: [
          { name: ours, megabytes: 50 },
          { name: pyTorchAttentionName, megabytes: 600 },
        ],
      },
    ];
    const goals = goalResults([], { ...none, attentionMemory });
    expect(goals.map(({ atLeast, measured }) => [atLeast, measured])).toEqual([
      [1, 2],
      [8, 12],
    ]);
    expect(report({ ...nothing, cases: [], attentionMemory })).toContain(
      '| 4096 tokens, 8 heads, PyTorch, explicit | 600 |',
    );
    const alone = attentionMemory.map(({ name, results }) => ({ name, results: results.slice(0, 1) }));
    expect(goalResults([], { ...none, attentionMemory: alone })).toHaveLength(1);
  });
});
