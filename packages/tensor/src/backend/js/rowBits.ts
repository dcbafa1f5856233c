// Which keys of its range one query row of one head sees: the definition of VisibleBits.

import type { AttentionCall } from '../backend.ts';

/** Whether row `row` of `visible` sees a key, counted from the sequence's first, in a query head. */
export const rowBits = (
  { visibleBits }: Pick<AttentionCall, 'visibleBits'>,
  row: number,
  head: number,
): ((key: number) => boolean) => {
  if (visibleBits === undefined) return () => true;
  const { words, starts } = visibleBits;
  const start = (starts[row] as number) + head * visibleBits.head; // a start a row
  return (key) => (((words[start + (key >> 5)] as number) >>> (key & 31)) & 1) === 1; // inside for keys of the range
};
