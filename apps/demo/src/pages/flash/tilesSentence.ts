// The tile at work in one sentence: for those who read it, and for screen readers. Pure.

import { magnitude } from '../../components/formatNumber.ts';
import type { FlashStep, Interval } from '../../experiments/flashOptions.ts';
import type { FlashTexts } from '../../i18n/flashEn.ts';

/** First and last of an interval. */
export const intervalText = ([start, end]: Interval): string =>
  end - start === 1 ? `${start}` : `${start}–${end - 1}`;

/** The sentence. */
export const tilesSentence = ({ tiles: words }: FlashTexts, step: FlashStep | undefined): string => {
  if (step === undefined) return words.start;
  const [queries, keys] = [intervalText(step.queries), intervalText(step.keys)];
  if (step.skipped) return words.skipped(queries, keys);
  const had = step.rescale.filter((factor) => !Number.isNaN(factor));
  if (had.length === 0) return words.at(queries, keys) + words.firstVisit;
  const risen = had.filter((factor) => factor < 1);
  return words.at(queries, keys) + words.rises(risen.length, had.length, magnitude(Math.min(...risen)));
};
