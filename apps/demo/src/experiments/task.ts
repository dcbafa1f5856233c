// Task: what the small transformer is to learn: short strings in, short strings out, characters as tokens.

import type { Random } from '@heed/tensor';

/** One string and the answer to it. */
export interface Example {
  readonly source: string;
  readonly target: string;
}

/** A task that makes its own examples, with an answer for every input it takes. */
export interface Task {
  readonly name: 'reverse' | 'dates';
  /** All characters that sources and targets are made of. */
  readonly alphabet: string;
  /** Most characters of a target. */
  readonly longest: number;
  /** What the picture shows first. */
  readonly probe: string;
  draw(source: Random): Example;
  /** The right answer, or undefined where the text is no input of this task. */
  answer(text: string): string | undefined;
}

/** Ids: 0 is left for padding; start and end come before the characters. */
export const start = 1;
export const end = 2;
const firstCharacter = 3;

/** Number of ids. */
export const vocabularySize = ({ alphabet }: Task): number => firstCharacter + alphabet.length;

/** Ids of a text of the alphabet's characters; a RangeError names those that are none. */
export const idsOf = ({ alphabet, name }: Task, text: string): number[] =>
  Array.from(text, (character) => {
    const index = alphabet.indexOf(character);
    if (index < 0)
      throw new RangeError(
        `${name}: ${JSON.stringify(character)} is not among its characters (${alphabet}).`,
      );
    return firstCharacter + index;
  });

/** The character of an id; empty for padding, start and end. */
export const characterOf = ({ alphabet }: Task, id: number): string => alphabet[id - firstCharacter] ?? '';
