// Whole numbers brought into the engine: tables of tasks, ranges of keys, words of bits.

import type { Engine } from './engine.ts';

/** Copies numbers to a new place on the stack. */
export const placeIntegers = (engine: Engine, numbers: ArrayLike<number>): number => {
  const address = engine.stack.allocate(4 * numbers.length);
  engine.memory.views().i32.set(numbers, address / 4);
  return address;
};
