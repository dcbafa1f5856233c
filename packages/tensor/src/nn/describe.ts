// describe: what a model is made of, for people.

import { countParameters, parameters, placesOf } from './model.ts';

const bytes = 4; // of a float32

/**
 * A line for each parameter (path, shape, number of values, and whether it is frozen, not trained at all, or tied to another), then a line
 * of totals.
 *
 * @example
 * console.log(describe(new Linear(4, 3)));
 * // weight  [3, 4]  12
 * // bias    [3]      3
 * // 15 values in 2 parameters, 60 bytes; 15 of them trainable
 */
export const describe = (model: object): string => {
  const entries = parameters(model);
  const first = new Map([...entries].map(([path, weight]) => [weight, path]));
  const rows = [...placesOf(model)].map(([path, weight]) => {
    const shape = `[${weight.shape.join(', ')}]`;
    if (first.get(weight) !== path) return [path, shape, '', `is ${first.get(weight)}`] as const;
    const note = weight.trainable ? (weight.constant ? 'frozen' : '') : 'not trained';
    return [path, shape, String(weight.size), note] as const;
  });
  const width = (column: 0 | 1 | 2) => Math.max(0, ...rows.map((row) => row[column].length));
  const [paths, shapes, counts] = [width(0), width(1), width(2)];
  const lines = rows.map(([path, shape, count, note]) =>
    `${path.padEnd(paths)}  ${shape.padEnd(shapes)}  ${count.padStart(counts)}  ${note}`.trimEnd(),
  );
  const stored = [...entries.values()].reduce((sum, weight) => sum + weight.size, 0);
  const frozen = [...entries.values()].reduce(
    (sum, weight) => sum + (weight.trainable && weight.constant ? weight.size : 0),
    0,
  );
  const total = `${stored} values in ${entries.size} parameters, ${stored * bytes} bytes; ${countParameters(model) - frozen} of them trainable`;
  return [...lines, total].join('\n');
};
