// What fewer key heads save, in sentences. Pure: numbers in, texts of a language out.

import { bytes, duration, grouped, percent, significant } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { type HeadCounts, type HeadsOptions, kindOf } from '../../experiments/headCounts.ts';
import type { HeadsTexts } from '../../i18n/headsEn.ts';

/** Numbers that the findings are about. */
export interface SizesNumbers {
  readonly counts: HeadCounts;
  /** With as many key heads as query heads. */
  readonly all: HeadCounts;
  /** Median milliseconds a token, of the chosen number of key heads and of all; undefined until measured. */
  readonly own: number | undefined;
  readonly ownAll: number | undefined;
}

/** Tokens a second from milliseconds a token. */
export const tokensPerSecond = (milliseconds: number): number => Number((1000 / milliseconds).toPrecision(2));

/** The findings. */
export const sizesFindings = (
  { sizes: words }: HeadsTexts,
  options: HeadsOptions,
  { counts, all, own, ownAll }: SizesNumbers,
): Finding[] => {
  const kind = words.named(words.kinds[kindOf(options)], options.kvHeads);
  const context = grouped(options.context);
  const factor = options.heads / options.kvHeads;
  const token = ({ tokenSeconds }: HeadCounts): string => duration(1000 * tokenSeconds);
  const saves = factor > 1;
  return [
    saves
      ? words.verdictSaves(kind, bytes(counts.cacheBytes), bytes(all.cacheBytes), String(factor), context)
      : words.verdictMha(kind, bytes(counts.cacheBytes), context),
    ...(saves
      ? [
          words.verdictParameters(
            percent(1 - counts.parameters / all.parameters),
            percent(1 - counts.key / all.key),
          ),
        ]
      : []),
    words.verdictToken(bytes(counts.tokenBytes), token(counts), token(all)),
    own === undefined || ownAll === undefined || !saves
      ? words.verdictNotMeasured
      : words.verdictMeasured(
          grouped(tokensPerSecond(own)),
          grouped(tokensPerSecond(ownAll)),
          significant(Number((ownAll / own).toPrecision(2))),
          kind,
        ),
  ].map((text) => ({ text }));
};
