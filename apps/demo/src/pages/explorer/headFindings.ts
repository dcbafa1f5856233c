// What the maps of all heads say, in sentences. Pure: numbers in, texts of a language out.

import { fixed, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { indexOfLargest } from '../../experiments/attentionStatistics.ts';
import type { HeadPlace } from '../../experiments/headMaps.ts';
import {
  type HeadPattern,
  type PatternKind,
  type PatternName,
  shareOn,
} from '../../experiments/headPattern.ts';
import type { Texts } from '../../i18n/en.ts';
import type { NamedMap } from './explorerState.ts';

/** What the findings are about. */
export interface HeadFacts {
  readonly map: NamedMap;
  readonly maps: readonly NamedMap[];
  readonly tokens: readonly string[];
  readonly special: readonly number[];
}

/** A pattern's name; the sink is named after what it is here. */
export const patternName = (
  { heads }: Texts['explorer'],
  name: PatternName,
  special: readonly number[],
): string => (name === 'sink' && special.length > 0 ? heads.sinkSpecial : heads.names[name]);

/** The share that gave a head its name; undefined for names that are not of a place. */
export const shareOfName = ({ name, shares }: HeadPattern): number | undefined =>
  name === 'broad' || name === 'mixed' ? undefined : shares[name];

const counts = (words: Texts['explorer'], { maps, special }: HeadFacts): string => {
  const found = new Map<PatternName, number>();
  for (const { pattern } of maps) found.set(pattern.name, (found.get(pattern.name) ?? 0) + 1);
  return [...found]
    .sort((a, b) => b[1] - a[1])
    .map(([name, count]) => words.heads.counted(count, patternName(words, name, special)))
    .join(words.heads.comma);
};

/** Findings about all heads; `show` goes to one of them. */
export const headFindings = (
  { look, explorer }: Texts,
  facts: HeadFacts,
  show: (place: HeadPlace) => void,
): Finding[] => {
  const { map, maps, tokens, special } = facts;
  const words = explorer.heads;
  const name = ({ layer, head }: HeadPlace): string => look.head(layer + 1, head + 1);
  const inline = ({ layer, head }: HeadPlace): string => look.headInline(layer + 1, head + 1);
  const best = (kind: PatternKind): NamedMap | undefined => {
    const known = maps.filter(({ pattern }) => !Number.isNaN(pattern.shares[kind]));
    return known[indexOfLargest(known.map(({ pattern }) => pattern.shares[kind]))];
  };
  const action = (place: HeadPlace): Finding['action'] =>
    place.layer === map.layer && place.head === map.head
      ? undefined
      : { label: look.show, run: () => show(place) };
  const findings: Finding[] = [];
  const previous = best('previous');
  if (previous !== undefined)
    findings.push({
      text: words.verdictPrevious(
        name(previous),
        percent(previous.pattern.shares.previous),
        percent(previous.pattern.chances.previous),
      ),
      action: action(previous),
    });
  const own = shareOfName(map.pattern);
  findings.push({
    text: words.verdictOwn(
      name(map),
      patternName(explorer, map.pattern.name, special),
      own === undefined ? '' : words.ownShare(percent(own)),
      fixed(map.pattern.entropy, 1),
      fixed(map.pattern.mostEntropy, 1),
    ),
  });
  const sinks = special.length > 0 ? special : [0];
  const onSinks =
    maps.reduce((sum, { weights }) => sum + shareOn(weights, tokens.length, sinks), 0) / maps.length;
  const chance = sinks.length / Math.max(1, tokens.length);
  findings.push({
    text:
      special.length > 0
        ? words.verdictSpecial(percent(onSinks), percent(chance))
        : words.verdictFirst(tokens[0] ?? '', percent(onSinks), percent(chance)),
  });
  const same = best('same');
  findings.push(
    same === undefined
      ? { text: words.verdictNoSame }
      : {
          text: words.verdictSame(
            inline(same),
            percent(same.pattern.shares.same),
            percent(same.pattern.chances.same),
          ),
          action: action(same),
        },
  );
  findings.push({ text: words.verdictCount(counts(explorer, facts)) });
  return findings;
};
