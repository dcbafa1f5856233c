// The training itself, headless: it starts at guessing, learns, is repeatable, and writes what it has learnt.
import { describe, expect, it } from 'vitest';
import { bestAlignedHead } from '../../src/experiments/alignment.ts';
import { standardOptions } from '../../src/experiments/standardOptions.ts';
import { vocabularySize } from '../../src/experiments/task.ts';
import { tasks } from '../../src/experiments/tasks.ts';
import { newTrainer, type TrainerOptions } from '../../src/experiments/trainer.ts';

const small: TrainerOptions = {
  task: 'reverse',
  width: 32,
  heads: 2,
  layers: 1,
  batch: 8,
  learningRate: 3e-3,
  seed: 5,
};

describe.each(['reverse', 'dates'] as const)('training on %s', (task) => {
  it('begins near the loss of guessing and falls well below it', { timeout: 60_000 }, () => {
    const trainer = newTrainer({ ...small, task });
    const losses = Array.from({ length: 120 }, () => trainer.step().loss);
    const guess = Math.log(vocabularySize(tasks[task]));
    expect(losses[0]).toBeGreaterThan(0.7 * guess);
    expect(losses[0]).toBeLessThan(2 * guess);
    expect(losses.slice(-10).reduce((a, b) => a + b) / 10).toBeLessThan(0.85 * guess);
  });
});

it('the same options give the same training, another seed another one', () => {
  const run = (seed: number): number[] => {
    const trainer = newTrainer({ ...small, seed });
    return Array.from({ length: 4 }, () => trainer.step().loss);
  };
  expect(run(5)).toEqual(run(5));
  expect(run(6)).not.toEqual(run(5));
});

it('looks with weights that sum to one in every row of every head', () => {
  const trainer = newTrainer({ ...small, layers: 2 });
  const { maps, source, target } = trainer.look('attention');
  expect(target).toBe('noitnetta');
  expect(maps).toHaveLength(2);
  for (const map of maps) {
    expect(map).toHaveLength(2 * (target.length + 1) * source.length);
    for (let start = 0; start < map.length; start += source.length)
      expect(map.subarray(start, start + source.length).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  }
});

it('writes at most two characters more than its longest answer, each with where it looked', async () => {
  const trainer = newTrainer(small);
  const written = [];
  for await (const event of trainer.write('abc')) written.push(event);
  expect(written.at(-1)?.done).toBe(true);
  expect(written.filter(({ character }) => character !== '').length).toBeLessThanOrEqual(12);
  for (const { maps } of written) expect(maps[0]).toHaveLength(2 * 3);
});

it('examines examples that training never sees', () => {
  const trainer = newTrainer(small);
  const { examples, exact, sample } = trainer.examine();
  expect(examples).toBe(200);
  expect(exact).toBeGreaterThanOrEqual(0);
  for (const { source, target } of sample) expect(tasks.reverse.answer(source)).toBe(target);
});

it('a learning rate of zero changes nothing any more', () => {
  const trainer = newTrainer(small);
  trainer.setLearningRate(0);
  const before = trainer.look('attention').maps[0];
  for (let i = 0; i < 3; i++) trainer.step();
  expect(trainer.look('attention').maps[0]).toEqual(before);
});

it('refuses what is no input of the task', () => {
  expect(() => newTrainer(small).look('UPPER')).toThrow('reverse: "UPPER" is no input of this task');
});

it('with the sizes that the page opens with, 800 steps are enough to reverse 95 of 100 words never seen', {
  timeout: 240_000,
}, () => {
  const trainer = newTrainer(standardOptions);
  for (let step = 0; step < 800; step++) trainer.step();
  expect(trainer.examine().exact).toBeGreaterThanOrEqual(0.95);
  expect(
    bestAlignedHead(trainer.look('attention').maps, { heads: standardOptions.heads, length: 9 }).alignment,
  ).toBeGreaterThan(0.7);
});
