// What scalings of RoPE cost, in sentences. Pure: numbers in, texts of a language out.

import { fixed, grouped, significant } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { Stretch, StretchLine, StretchOptions } from '../../experiments/ropeStretch.ts';
import type { PositionsTexts } from '../../i18n/positionsEn.ts';

/** The findings. */
export const stretchFindings = (
  { stretch: words }: PositionsTexts,
  { depth, trained, used }: StretchOptions,
  lines: readonly StretchLine[],
): Finding[] => {
  const of = (way: Stretch): Pick<StretchLine, 'unseen' | 'farthest' | 'nearChange'> =>
    lines.find((line) => line.way === way) ?? { unseen: 0, farthest: 1, nearChange: 0 };
  const [none, length] = [of('none'), grouped(trained * used)];
  const near = (way: Stretch): string => significant(Number(of(way).nearChange.toPrecision(2)));
  return [
    none.unseen > 0
      ? words.verdictFirst(length, none.unseen, depth / 2, fixed(none.farthest, 1))
      : words.verdictWithin(length),
    words.verdictLinear(near('linear'), near('yarn')),
    ...(none.unseen > 0
      ? [words.verdictOthers(of('ntk').unseen, of('yarn').unseen, of('llama3').unseen)]
      : []),
    words.verdictDynamic(near('dynamic')),
  ].map((text) => ({ text }));
};
