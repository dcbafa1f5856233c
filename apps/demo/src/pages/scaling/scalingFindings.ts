// What the measurements of scores say, in sentences. Pure: numbers in, texts of a language out.

import { fixed, magnitude, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { type ScalingPoint, type ScalingWay, scalingDepths } from '../../experiments/scalingOptions.ts';
import type { ScalingTexts } from '../../i18n/scalingEn.ts';

const size = (value: number): string => (value < 9.95 ? fixed(value) : value.toFixed(0));

/** The findings at a depth. */
export const scalingFindings = (
  words: ScalingTexts,
  points: readonly ScalingPoint[],
  depth: number,
): Finding[] => {
  const of = (way: ScalingWay, at = depth): ScalingPoint | undefined =>
    points.find((point) => point.way === way && point.depth === at);
  const deepest = scalingDepths.at(-1) ?? depth;
  const [right, t5, wrong] = [of('scaled'), of('t5'), of('unscaled')];
  const [rightEnd, wrongEnd] = [of('scaled', deepest), of('unscaled', deepest)];
  if (!right || !t5 || !wrong || !rightEnd || !wrongEnd) return [];
  const sizes = ({ variance, largest }: ScalingPoint) => ({
    variance: size(variance),
    largest: percent(largest),
  });
  const less = right.atScores.median / wrong.atScores.median;
  const leastRatio = 1.1;
  const gradient = [
    words.verdictGradient(depth, magnitude(wrong.atScores.median), magnitude(right.atScores.median)),
    less < leastRatio ? words.verdictNotYet : words.verdictLess(magnitude(less)),
    depth === deepest
      ? ''
      : words.verdictVanishes(deepest, magnitude(rightEnd.atScores.median / wrongEnd.atScores.median)),
  ].join('');
  return [
    words.verdictSaturation(depth, sizes(wrong), sizes(right)),
    gradient,
    words.verdictT5(fixed(t5.variance), fixed(right.variance)),
    words.verdictMean(magnitude(wrong.atInput.mean), magnitude(right.atInput.mean)),
    words.verdictRange(`${fixed(100 * wrong.withinNotesRange, 1)}\u202f%`, size(3 * Math.sqrt(depth))),
  ].map((text) => ({ text }));
};
