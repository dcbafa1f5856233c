import { expect, it } from 'vitest';
import { calledNames } from '../../src/components/calledNames.ts';

it('names that are called, in the order of the list; what is only part of a longer name is not', () => {
  expect(calledNames('add(mul(a, b), c)', ['add', 'mul', 'sub'])).toBe('add, mul');
  expect(calledNames('kaimingNormal(); adamW(w)', ['normal', 'adam', 'adamW'])).toBe('adamW');
});
