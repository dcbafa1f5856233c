// What the present maps say, in sentences. Pure: numbers in, texts of a language out.

import { fixed, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { indexOfLargest } from '../../experiments/attentionStatistics.ts';
import type { HeadMap, HeadPlace } from '../../experiments/headMaps.ts';
import type { Texts } from '../../i18n/en.ts';

/** Column means: how much of all attention each token gets, 0 … 1. */
const shareOfTokens = (weights: Float32Array, n: number): number[] =>
  Array.from({ length: n }, (_, key) => {
    let sum = 0;
    for (let query = 0; query < n; query++) sum += weights[query * n + key] as number; // inside n × n
    return sum / n;
  });

/** What the findings are about. */
export interface AttentionFacts {
  readonly map: HeadMap;
  readonly maps: readonly HeadMap[];
  readonly tokens: readonly string[];
}

/** Findings about one head among all; `show` goes to another one. */
export const attentionFindings = (
  { look }: Texts,
  { map, maps, tokens }: AttentionFacts,
  show: (place: HeadPlace) => void,
): Finding[] => {
  const n = tokens.length;
  const name = ({ layer, head }: HeadPlace): string => look.headInline(layer + 1, head + 1);
  const { entropy } = map.statistics;
  const shares = shareOfTokens(map.weights, n);
  const favourite = indexOfLargest(shares);
  const most = (measure: (own: HeadMap) => number): HeadMap => maps[indexOfLargest(maps.map(measure))] ?? map;
  const neighbour = most(({ statistics }) => statistics.before + statistics.after);
  const focused = most(({ statistics }) => -statistics.entropy);
  const action = (place: HeadMap): Finding['action'] =>
    place.layer === map.layer && place.head === map.head
      ? undefined
      : { label: look.show, run: () => show({ layer: place.layer, head: place.head }) };
  return [
    {
      text: look.verdictEntropy(
        look.head(map.layer + 1, map.head + 1),
        fixed(entropy, 1),
        fixed(Math.log2(Math.max(1, n)), 1),
        fixed(2 ** entropy, 1),
      ),
    },
    { text: look.verdictMost(tokens[favourite] ?? '', percent(shares[favourite] ?? 0)) },
    {
      text: look.verdictNeighbour(
        name(neighbour),
        percent(neighbour.statistics.before + neighbour.statistics.after),
      ),
      action: action(neighbour),
    },
    {
      text: look.verdictFocused(name(focused), fixed(focused.statistics.entropy, 1)),
      action: action(focused),
    },
  ];
};
