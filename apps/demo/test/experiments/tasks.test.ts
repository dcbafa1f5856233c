import { random } from '@heed/tensor';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterOf, idsOf, vocabularySize } from '../../src/experiments/task.ts';
import { tasks } from '../../src/experiments/tasks.ts';

describe.each(Object.values(tasks))('the task $name', (task) => {
  it('answers every example that it draws as it drew it, with characters of its alphabet and no longer than it says', () => {
    forAll([fc.nat(100_000)], (seed) => {
      const { source, target } = task.draw(random(seed));
      expect(task.answer(source)).toBe(target);
      expect(target.length).toBeLessThanOrEqual(task.longest);
      for (const text of [source, target])
        expect(
          idsOf(task, text)
            .map((id) => characterOf(task, id))
            .join(''),
        ).toBe(text);
    });
  });
  it('gives ids below the size of its vocabulary, and refuses other characters by name', () => {
    const ids = idsOf(task, task.alphabet);
    expect(new Set(ids).size).toBe(task.alphabet.length);
    expect(Math.max(...ids)).toBe(vocabularySize(task) - 1);
    expect(() => idsOf(task, 'é')).toThrow('"é"');
  });
  it('has an answer to the example on its picture', () => {
    expect(task.answer(task.probe)).toBeDefined();
  });
  it('has no answer to what is none of its inputs', () => {
    for (const text of [
      '',
      'A',
      '   ',
      '31 february 2000',
      '0.1.2000',
      '1.13.2000',
      'a'.repeat(30),
      '1 march 1949',
      '2050/1/1',
    ])
      expect(task.answer(text)).toBeUndefined();
  });
});

it('reversing twice gives the word back', () => {
  forAll([fc.nat(100_000)], (seed) => {
    const { source, target } = tasks.reverse.draw(random(seed));
    expect(tasks.reverse.answer(target)).toBe(source);
  });
});

it('knows leap years', () => {
  expect(tasks.dates.answer('29 feb 2000')).toBe('2000-02-29');
  expect(tasks.dates.answer('29 feb 2001')).toBeUndefined();
  expect(tasks.dates.answer('may 9, 1999')).toBe('1999-05-09');
});
