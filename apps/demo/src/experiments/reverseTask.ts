// Reversing a string: the plainest task that needs attention, because the first character asked for is the last one read.

import type { Random } from '@heed/tensor';
import type { Example, Task } from './task.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz';
const shortest = 3;
const longest = 10;

const reversed = (text: string): string => Array.from(text).reverse().join('');

/** Strings of 3 to 10 letters, backwards. */
export const reverseTask: Task = {
  name: 'reverse',
  alphabet,
  longest,
  probe: 'attention',
  draw(source: Random): Example {
    const length = shortest + source.integer(longest - shortest + 1);
    const text = Array.from({ length }, () => alphabet[source.integer(alphabet.length)]).join('');
    return { source: text, target: reversed(text) };
  },
  answer: (text) =>
    text.length > 0 && text.length <= longest && Array.from(text).every((letter) => alphabet.includes(letter))
      ? reversed(text)
      : undefined,
};
