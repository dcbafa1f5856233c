// What a run of tiles says, in sentences. Pure: numbers in, texts of a language out.

import { fixed, grouped, magnitude } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { FlashRun } from '../../experiments/flashOptions.ts';
import type { FlashTexts } from '../../i18n/flashEn.ts';

/** The findings. */
export const tilesFindings = ({ tiles: words }: FlashTexts, run: FlashRun | undefined): Finding[] => {
  const [error, noted, last] = [run?.errors.at(-1), run?.blockSumErrors.at(-1), run?.steps.at(-1)];
  if (run === undefined || error === undefined || noted === undefined || last === undefined) return [];
  const skipped = run.steps.filter((step) => step.skipped).length;
  const visited = run.steps.length - skipped;
  const blocks = Math.ceil(run.options.length / run.options.blockKeys);
  const [flash, standard] = [last.moved.main, run.standard.main];
  const texts = [
    words.verdictExact(visited, magnitude(error.largest), grouped(run.onChip), grouped(run.matrix)),
    blocks === 1
      ? words.verdictOneBlock
      : words.verdictNotes(magnitude(noted.largest), magnitude(run.meanError)),
    flash < standard
      ? words.verdictLess(grouped(flash), grouped(standard), fixed(standard / flash, 1))
      : words.verdictMore(grouped(flash), grouped(standard)),
  ];
  if (skipped > 0) texts.push(words.verdictSkipped(skipped, run.steps.length));
  if (run.overflowing > 0) texts.push(words.verdictOverflow(run.overflowing, run.options.length));
  return texts.map((text) => ({ text }));
};
