// The merge of a tile into a row as formulas with the numbers of the tile at work. Pure.

import { scientific } from '../../components/formulaText.ts';
import type { FlashRun } from '../../experiments/flashOptions.ts';

/** TeX, and the row whose numbers are in it: the first that the tile rescales, or else the first of the tile. */
export interface TilesFormulas {
  readonly formulas: readonly string[];
  readonly row: number | undefined;
}

const number = (value: number): string =>
  value !== 0 && (Math.abs(value) < 0.01 || Math.abs(value) >= 1e4) ? scientific(value) : value.toFixed(2);

/** The formulas at a tile. */
export const tilesFormulas = (run: FlashRun | undefined, shown: number): TilesFormulas => {
  const [step, before] = [run?.steps[shown - 1], run?.steps[shown - 2]];
  const output =
    'O^{\\prime} = \\frac{e^{m - m^{\\prime}} \\, \\ell \\, O + \\sum_j e^{s_j - m^{\\prime}} v_j}{\\ell^{\\prime}}';
  const max = 'm^{\\prime} = \\max(m, \\max_j s_j)';
  const sum = '\\ell^{\\prime} = e^{m - m^{\\prime}} \\, \\ell + \\sum_j e^{s_j - m^{\\prime}}';
  if (step === undefined || step.skipped) return { formulas: [max, sum, output], row: undefined };
  const risen = step.rescale.findIndex((factor) => factor < 1);
  const index = Math.max(0, risen);
  const row = step.queries[0] + index;
  const width = step.keys[1] - step.keys[0];
  const added = step.weights
    .slice(index * width, (index + 1) * width)
    .reduce((total, weight) => total + weight, 0);
  const factor = step.rescale[index] ?? Number.NaN;
  const gathered = Number.isNaN(factor) ? '' : `${number(factor)} \\cdot ${number(before?.sum[row] ?? 0)} + `;
  const now = step.max[row] ?? 0;
  return {
    formulas: [
      Number.isFinite(now) ? `${max} = ${number(now)}` : max,
      `\\begin{aligned} ${sum.replace(' = ', ' &= ')} \\\\ &= ${gathered}${number(added)} = ${number(step.sum[row] ?? 0)} \\end{aligned}`,
      output,
      'L = m + \\ln \\ell',
    ],
    row,
  };
};
