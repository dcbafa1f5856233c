// What the present run says, in sentences. Pure: numbers in, texts of a language out.

import { duration, fixed, grouped, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { Examination } from '../../experiments/trainer.ts';
import type { Texts } from '../../i18n/en.ts';

/** What the findings are about. */
export interface TrainFacts {
  readonly step: number;
  readonly milliseconds: number;
  readonly examination: Examination | undefined;
  /** Number of different characters, the end included. */
  readonly characters: number;
  /** The head that has found the mirrored places best; only for reversal. */
  readonly mirror: { readonly layer: number; readonly head: number; readonly alignment: number } | undefined;
  /** The head whose looks are the most certain. */
  readonly sharp: { readonly layer: number; readonly head: number; readonly sharpness: number } | undefined;
  /** What the map shows. */
  readonly probe: string;
}

/** A map with less than this looks like noise. */
const leastAlignment = 0.5;

/** The findings. */
export const trainFindings = (
  { train, look }: Texts,
  { step, milliseconds, examination, characters, mirror, sharp, probe }: TrainFacts,
): Finding[] => {
  if (step === 0 || examination === undefined)
    return [{ text: train.verdictUntrained(fixed(Math.log(characters)), characters) }];
  const findings: Finding[] = [
    {
      text: train.verdictExact(
        percent(examination.exact),
        examination.examples,
        grouped(step),
        duration(milliseconds),
      ),
    },
  ];
  if (mirror !== undefined)
    findings.push({
      text:
        mirror.alignment >= leastAlignment
          ? train.verdictMirror(
              percent(mirror.alignment),
              look.head(mirror.layer + 1, mirror.head + 1),
              probe,
            )
          : train.verdictNone,
    });
  if (sharp !== undefined)
    findings.push({
      text: train.verdictSharp(percent(sharp.sharpness), look.head(sharp.layer + 1, sharp.head + 1)),
    });
  return findings;
};
