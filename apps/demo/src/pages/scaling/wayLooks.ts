// How each way of scaling looks in all pictures.

import type { Series } from '../../components/Curves.tsx';
import type { ScalingWay } from '../../experiments/scalingOptions.ts';

/** Colour and dashes. T5's line is dashed, since it lies on the other right one. */
export const wayLooks: Readonly<Record<ScalingWay, Pick<Series, 'tone' | 'dashed'>>> = {
  scaled: { tone: 'key' },
  t5: { tone: 'query', dashed: true },
  unscaled: { tone: 'attention' },
};
