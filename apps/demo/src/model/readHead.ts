// Queries and keys of one head on one text, from the loaded model.

import type { HeadVectors } from '../experiments/neuronView.ts';
import type { Calls } from '../protocol.ts';
import type { LoadedModel } from './readSentences.ts';

/** Runs the text once more, watching this head. */
export const readHead = (
  { extract }: LoadedModel,
  { text, layer, head }: Calls['head']['input'],
): HeadVectors => {
  if (extract === undefined) throw new Error('head: no weights yet; wait for the result of open.');
  const { queries, keys } = extract(text, { output: { projections: true } });
  const [q, k] = [queries?.[layer], keys?.[layer]];
  if (q === undefined || k === undefined)
    throw new RangeError(`head: layer ${layer} of ${queries?.length ?? 0}; expected one from 0.`);
  const [heads, length, depth] = q.shape as [number, number, number]; // rank 3
  if (!(head < heads)) throw new RangeError(`head: head ${head} of ${heads}; expected one from 0.`);
  const range = [head * length * depth, (head + 1) * length * depth] as const;
  return { queries: q.data.slice(...range), keys: k.data.slice(...range), depth };
};
