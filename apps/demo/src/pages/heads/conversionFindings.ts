// What conversions of a trained layer cost, in sentences. Pure: numbers in, texts of a language out.

import { percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { ConversionPoint, Pooling } from '../../experiments/headConversionWays.ts';
import type { HeadsTexts } from '../../i18n/headsEn.ts';

/** The findings, once the conversions that are done at once are done. */
export const conversionFindings = (
  { conversion: words }: HeadsTexts,
  points: readonly ConversionPoint[],
  { heads, kvHeads, ready }: { readonly heads: number; readonly kvHeads: number; readonly ready: boolean },
): Finding[] => {
  const error = (by: Pooling, left: number): number =>
    points.find((point) => point.by === by && point.kvHeads === left)?.error ?? 0;
  if (!ready) return [{ text: words.verdictWait }];
  const own = points.filter((point) => point.kvHeads === kvHeads);
  const best = own.reduce(
    (least, point) => (point.error < least.error ? point : least),
    own[0] as ConversionPoint,
  ); // all are there
  return [
    best.by === 'mean'
      ? words.verdictMean(heads, kvHeads, percent(best.error))
      : words.verdictHalf(
          { heads, kvHeads, mean: percent(error('mean', kvHeads)) },
          percent(best.error),
          words.ways[best.by],
        ),
    words.verdictSame(heads, percent(error('mean', heads))),
    words.verdictOne(percent(error('mean', 1)), percent(error('first', 1)), percent(error('random', 1))),
  ].map((text) => ({ text }));
};
