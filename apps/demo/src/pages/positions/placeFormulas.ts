// Each encoding's score as a formula, with the numbers of the layer at hand. Pure.

import { formulaText } from '../../components/formulaText.ts';
import { type Encoding, positionSizes, shawReach, t5Buckets } from '../../experiments/positionOptions.ts';
import type { PositionView } from '../../experiments/positionView.ts';

const { width, depth } = positionSizes;
const root = `\\sqrt{${depth}}`;

const scores: Readonly<Record<Encoding, readonly string[]>> = {
  none: [`s_{ij} = \\frac{q_i \\cdot k_j}{${root}}`],
  sinusoidal: [
    `x_i = w_i + \\text{PE}_i, \\quad \\text{PE}_{i,2c} = \\sin\\frac{i}{10000^{2c/${width}}}`,
    '\\text{PE}_i \\cdot \\text{PE}_j = \\sum_c \\cos((i - j) \\, \\omega_c)',
    `s_{ij} = \\frac{(w_i + \\text{PE}_i) W_q \\cdot (w_j + \\text{PE}_j) W_k}{${root}}`,
  ],
  learned: ['x_i = w_i + p_i', `s_{ij} = \\frac{(w_i + p_i) W_q \\cdot (w_j + p_j) W_k}{${root}}`],
  shaw: [
    `s_{ij} = \\frac{q_i \\cdot (k_j + a_{r})}{${root}}, \\quad r = \\operatorname{clip}(j - i, \\pm ${shawReach})`,
  ],
  transformerXl: [`s_{ij} = \\frac{(q_i + u) \\cdot k_j + (q_i + v) \\cdot W_r R_{i-j}}{${root}}`],
  t5: [
    `s_{ij} = \\frac{q_i \\cdot k_j}{${root}} + b_{h, \\, \\text{bucket}(j - i)}, \\quad ${t5Buckets.buckets} \\text{ buckets}`,
  ],
  rope: [
    `s_{ij} = \\frac{(R_i q_i) \\cdot (R_j k_j)}{${root}} = \\frac{q_i \\cdot R_{j-i} k_j}{${root}}`,
    `\\omega_c = 10000^{-2c/${depth}}`,
  ],
  alibi: [
    `s_{ij} = \\frac{q_i \\cdot k_j}{${root}} - m_h \\, |j - i|, \\quad m = \\tfrac14, \\tfrac1{16}, \\tfrac1{64}, \\tfrac1{256}`,
  ],
};

/** The formulas of an encoding, and a score of the first and second word before and after the move. */
export const placeFormulas = (view: PositionView | undefined, head: number): string[] => {
  if (view === undefined) return [];
  const { words, encoding, shift } = view.options;
  const at = head * words.length ** 2 + Math.min(1, words.length - 1);
  const pair = `${formulaText(words[0] ?? '')}, ${formulaText(words[1] ?? words[0] ?? '')}`;
  const value = (scores: Float32Array): string => (scores[at] ?? 0).toFixed(4);
  return [
    ...scores[encoding],
    `s(${pair}) = ${value(view.before)} \\to ${value(view.after)} \\quad (+${shift})`,
  ];
};
