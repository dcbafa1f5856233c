// What the neuron view says of one query and one key, in sentences. Pure: numbers in, texts of a language out.

import { fixed, magnitude, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { leadOf, lifts, type NeuronView } from '../../experiments/neuronView.ts';
import type { ExplorerTexts } from '../../i18n/explorerEn.ts';

/** What the findings are about. */
export interface NeuronFacts {
  readonly view: NeuronView;
  readonly tokens: readonly string[];
  readonly query: number;
  readonly key: number;
  /** The model's own weights of this row, [n]. */
  readonly row: Float32Array;
}

/** The largest weight of softmax over scores. */
const largestWeight = (scores: readonly number[]): number => {
  const most = Math.max(...scores);
  return 1 / scores.reduce((sum, score) => sum + Math.exp(score - most), 0);
};

/** The findings. */
export const neuronFindings = (
  { neuron: words, heads: { comma } }: ExplorerTexts,
  { view, tokens, query, key, row }: NeuronFacts,
): Finding[] => {
  const depth = view.query.length;
  const { lead, half } = leadOf(view, key);
  const sentence = lead > 0 ? words.verdict : words.verdictBelow;
  const strongest = lifts(view, key)
    .slice(0, Math.min(half, 6))
    .map(({ dimension }) => dimension);
  const error = view.weights.reduce((most, weight, j) => Math.max(most, Math.abs(weight - (row[j] ?? 0))), 0);
  return [
    {
      text: sentence(
        tokens[query] ?? '',
        tokens[key] ?? '',
        percent(view.weights[key] ?? 0),
        fixed(view.scores[key] ?? 0),
        fixed(Math.abs(lead)),
      ),
    },
    ...(half > 0
      ? [
          {
            text: words.verdictHalf(
              half,
              depth,
              `${strongest.join(comma)}${half > strongest.length ? `${comma}…` : ''}`,
            ),
          },
        ]
      : []),
    {
      text: words.verdictScale(depth, percent(largestWeight(view.scores)), percent(largestWeight(view.dots))),
    },
    { text: words.verdictExact(magnitude(error)) },
  ];
};
