// The best choices from several lists together, where scores add up.

/** One entry of each list, by position, and the sum of their scores. */
export interface Combination {
  readonly choices: readonly number[];
  readonly score: number;
}

/**
 * The `count` combinations with the highest sums, best first. Each list is sorted, best first; of no lists there is one combination, of
 * an empty list none.
 *
 * Time: lists × count × log² count.
 *
 * @example bestCombinations([[0, -3], [0, -1]], 3).map(({ choices }) => choices); //=> [[0, 0], [0, 1], [1, 0]]
 */
export function bestCombinations(lists: readonly (readonly number[])[], count: number): Combination[] {
  // The chosen positions as a chain from the last list to the first.
  interface Link {
    readonly score: number;
    readonly choice: number;
    readonly before: Link | undefined;
  }
  let best: Link[] = [{ score: 0, choice: -1, before: undefined }];
  for (const list of lists) {
    const next: Link[] = [];
    // What has i better or equal ones before it and j on the other side is at best number (i + 1) · (j + 1).
    for (const [i, before] of best.entries())
      for (let j = 0; j < list.length && (i + 1) * (j + 1) <= count; j++)
        next.push({ score: before.score + (list[j] ?? 0), choice: j, before });
    best = next.sort((a, b) => b.score - a.score).slice(0, count);
  }
  return best.map((link) => {
    const choices: number[] = [];
    for (let at: Link | undefined = link; at?.before !== undefined; at = at.before) choices.push(at.choice);
    return { choices: choices.reverse(), score: link.score };
  });
}
