// What the counts of bytes say, in sentences. Pure: numbers in, texts of a language out.

import type { Traffic } from '@heed/attention';
import { bytes, duration, fixed, percent, quantity } from '../../components/formatNumber.ts';
import { presetOf } from '../../components/presetOf.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { type BytesOptions, bothPasses, machines, paperProblem } from '../../experiments/attentionBytes.ts';
import type { FlashTexts } from '../../i18n/flashEn.ts';

/** Whether it is the problem of the paper's figure. */
export const isPaperProblem = (options: BytesOptions): boolean =>
  presetOf({ paperProblem }, options) !== undefined;

/** The findings. */
export const bytesFindings = (
  { bytes: words }: FlashTexts,
  options: BytesOptions,
  { standard, flash }: Pick<Traffic, 'standard' | 'flash'>,
): Finding[] => {
  const [slow, fast] = [bothPasses(standard), bothPasses(flash)];
  const machine = words.machines[options.machine];
  const [a, b] = [bytes(slow.mainBytes), bytes(fast.mainBytes)];
  const texts = [
    fast.mainBytes < slow.mainBytes
      ? words.verdictLess(machine, a, b, fixed(slow.mainBytes / fast.mainBytes, 1))
      : words.verdictMore(machine, a, b),
  ];
  const { flopsPerSecond } = machines[options.machine].hardware;
  const least = ({ seconds, productFlops, elementFlops }: typeof slow) =>
    seconds !== undefined &&
    flopsPerSecond !== undefined && {
      time: duration(1000 * seconds),
      share: percent((productFlops + elementFlops) / flopsPerSecond / seconds),
    };
  const [slowTime, fastTime] = [least(slow), least(fast)];
  if (slowTime && fastTime) texts.push(words.verdictTime(slowTime, fastTime));
  if (isPaperProblem(options))
    texts.push(
      words.verdictPaper(a, b),
      words.verdictFlops(words.flops(quantity(slow.productFlops)), words.flops(quantity(fast.productFlops))),
    );
  return texts.map((text) => ({ text }));
};
