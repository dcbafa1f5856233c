// What moving a sentence and reordering its words say, in sentences. Pure: numbers in, texts of a language out.

import { magnitude, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { Encoding } from '../../experiments/positionOptions.ts';
import type { PositionView } from '../../experiments/positionView.ts';
import type { PositionsTexts } from '../../i18n/positionsEn.ts';

const relative: readonly Encoding[] = ['shaw', 'transformerXl', 't5', 'rope', 'alibi'];

/** Below this a change is rounding of float32. */
const rounding = 1e-4;

/** A share in per cent; what is only rounding by its order. */
export const shareText = (share: number): string => (share < rounding ? magnitude(share) : percent(share));

/** The findings. */
export const placeFindings = (
  { place: words }: PositionsTexts,
  { options, changes }: PositionView,
): Finding[] => {
  const of = (encoding: Encoding) => changes.find((change) => change.encoding === encoding);
  const [own, none] = [of(options.encoding), of('none')];
  if (own === undefined || none === undefined) return [];
  const { shift, encoding, order } = options;
  const name = words.presetNames[encoding];
  const texts: string[] = [];
  if (shift === 0) texts.push(words.verdictStill);
  else {
    if (encoding === 'none') texts.push(words.verdictNone(shift));
    else if (own.movedMost === 0) texts.push(words.verdictExact(name, shift));
    else if (own.moved < rounding) texts.push(words.verdictStays(name, shift, magnitude(own.movedMost)));
    else texts.push(words.verdictMoves(name, shift, percent(own.moved), magnitude(own.movedMost)));
    const most = Math.max(...relative.map((one) => of(one)?.movedMost ?? 0));
    texts.push(
      words.verdictAll(
        percent(of('sinusoidal')?.moved ?? 0),
        percent(of('learned')?.moved ?? 0),
        magnitude(most),
      ),
    );
  }
  if (encoding === 'none') texts.push(words.verdictOrderNone(magnitude(none.reordered)));
  else if (own.reordered < rounding && order === 'reversed')
    texts.push(words.verdictMirror(magnitude(own.reordered)));
  else texts.push(words.verdictOrder(magnitude(none.reordered), name, percent(own.reordered)));
  return texts.map((text) => ({ text }));
};
