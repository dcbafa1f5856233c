// What the comparison of norms says, in sentences. Pure: numbers in, texts of a language out.

import { percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { NormCompany } from '../../experiments/normCompany.ts';
import type { NormOutcome } from '../../experiments/normOptions.ts';
import type { GradientsTexts } from '../../i18n/gradientsEn.ts';

/** Smaller differences of accuracy, of 400 points, tell nothing. */
const telling = 0.04;

/** The findings. */
export const normFindings = (
  { norms: words }: GradientsTexts,
  company: NormCompany | undefined,
  outcomes: readonly NormOutcome[],
): Finding[] => {
  const findings: Finding[] = [];
  const pair = (batch: number): readonly [NormOutcome, NormOutcome] | undefined => {
    const of = (norm: NormOutcome['norm']) =>
      outcomes.find((one) => one.norm === norm && one.batch === batch);
    const [layer, batched] = [of('layer'), of('batch')];
    return layer === undefined || batched === undefined ? undefined : [layer, batched];
  };
  const [small, large] = [pair(4) ?? pair(2), pair(128)];
  const gap = (both: typeof small): number => (both === undefined ? 0 : both[0].accuracy - both[1].accuracy);
  const weakOnlyWhenSmall = gap(small) > telling && gap(large) < telling;
  if (small !== undefined)
    findings.push({
      text: words.verdictTrained(small[0].batch, percent(small[0].accuracy), percent(small[1].accuracy)),
    });
  if (large !== undefined)
    findings.push({
      text: `${words.verdictLarge(large[0].batch, percent(large[0].accuracy), percent(large[1].accuracy))}${weakOnlyWhenSmall ? words.verdictSmall : ''}`,
    });
  if (small !== undefined)
    findings.push({
      text: words.verdictModes(small[1].batch, percent(small[1].accuracy), percent(small[1].batchAccuracy)),
    });
  const [alone, padded] = [company?.byCompany[0], company?.byPadding.at(-1)];
  if (alone !== undefined) findings.push({ text: words.verdictCompany(alone.at, percent(alone.batch)) });
  if (padded !== undefined) findings.push({ text: words.verdictPadding(padded.at, percent(padded.batch)) });
  return findings;
};
