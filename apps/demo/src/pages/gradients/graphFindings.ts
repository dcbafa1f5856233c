// What the expression says, in sentences. Pure: numbers in, texts of a language out.

import { fixed, magnitude } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { BackwardGraph } from '../../experiments/backwardGraph.ts';
import type { ExpressionName } from '../../experiments/expressions.ts';
import type { GradientsTexts } from '../../i18n/gradientsEn.ts';

/** More error than this, as a share of the larger of 1 and the derivative, is no rounding: what `gradientCheck` allows. */
const tolerance = 1e-3;

/** The findings. */
export const graphFindings = (
  { graph: words }: GradientsTexts,
  name: ExpressionName,
  graph: BackwardGraph,
): Finding[] => {
  const steepest = [...graph.leaves].sort((a, b) => Math.abs(b.gradient) - Math.abs(a.gradient))[0];
  const parts = graph.passed.filter(({ to }) => to === 'w').map(({ gradient }) => gradient);
  const findings: Finding[] = [
    {
      text:
        graph.error <= tolerance
          ? words.verdict(graph.leaves.length, magnitude(graph.error))
          : words.verdictKink(magnitude(graph.error)),
    },
  ];
  if (steepest !== undefined)
    findings.push({ text: words.verdictSteepest(steepest.name, fixed(steepest.gradient)) });
  if (name === 'shared' && parts.length === 2)
    findings.push({
      text: words.verdictShared(
        fixed(parts[0] ?? 0),
        fixed(parts[1] ?? 0),
        fixed((parts[0] ?? 0) + (parts[1] ?? 0)),
      ),
    });
  if (name === 'relu' && (graph.values.z ?? 0) < 0) findings.push({ text: words.verdictShut });
  return findings;
};
