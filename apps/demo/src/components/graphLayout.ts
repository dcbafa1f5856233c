// Where the boxes of a small graph of operations stand: what is computed later stands further on, and given numbers stand right before
// their first use. No crossing-free layout of any graph: made for expressions of about ten boxes.

import type { Expression } from '../experiments/expressions.ts';

/** Place of a box, in levels and lanes from 0. */
export interface GraphPlace {
  readonly name: string;
  readonly level: number;
  readonly lane: number;
}

/** All places, and how many levels and lanes there are. */
export interface GraphLayout {
  readonly places: ReadonlyMap<string, GraphPlace>;
  readonly levels: number;
  readonly lanes: number;
}

/** The layout. Operations stand in the first lane where they can, what is given below. */
export const graphLayout = ({ leaves, operations }: Expression): GraphLayout => {
  const level = new Map<string, number>();
  for (const { name } of leaves) level.set(name, 0);
  for (const { name, inputs } of operations)
    level.set(name, 1 + Math.max(...inputs.map((input) => level.get(input) ?? 0)));
  for (const { name } of leaves) {
    const uses = operations
      .filter(({ inputs }) => inputs.includes(name))
      .map((user) => level.get(user.name) ?? 1);
    level.set(name, Math.min(...uses) - 1);
  }
  const filled = new Map<number, number>();
  const places = new Map<string, GraphPlace>();
  for (const { name } of [...operations, ...leaves]) {
    const own = level.get(name) ?? 0;
    const lane = filled.get(own) ?? 0;
    filled.set(own, lane + 1);
    places.set(name, { name, level: own, lane });
  }
  return {
    places,
    levels: 1 + Math.max(...level.values()),
    lanes: Math.max(...filled.values()),
  };
};
