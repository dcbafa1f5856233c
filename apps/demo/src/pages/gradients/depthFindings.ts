// What the curves by depth say, in sentences. Pure: numbers in, texts of a language out.

import { fixed, grouped, magnitude } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type {
  DepthCurve,
  DepthLaw,
  DepthOptions,
  EmbeddingVariance,
} from '../../experiments/depthOptions.ts';
import type { GradientsTexts } from '../../i18n/gradientsEn.ts';

/** What the findings are about. */
export interface DepthFacts {
  readonly options: DepthOptions;
  readonly curves: readonly DepthCurve[];
  /** 0.02 with the other choice of residual path. */
  readonly other: DepthCurve | undefined;
  readonly embedding: EmbeddingVariance | undefined;
}

/** The findings. */
export const depthFindings = (
  { depth: words }: GradientsTexts,
  { options, curves, other, embedding }: DepthFacts,
): Finding[] => {
  const of = (law: DepthLaw): DepthCurve | undefined => curves.find((curve) => curve.law === law);
  const [kaiming, bert, xavier] = [of('kaiming'), of('bert'), of('xavier')];
  if (kaiming === undefined || bert === undefined || xavier === undefined) return [];
  const depth = kaiming.signal.length;
  const top = (curve: DepthCurve): string => magnitude(curve.signal.at(-1) ?? 0);
  const arriving = (curve: DepthCurve): string => magnitude(curve.gradient[0] ?? 0);
  const findings: Finding[] = [
    { text: words.verdictSignal(depth, top(kaiming), top(bert)) },
    { text: words.verdictGradient(arriving(kaiming), arriving(bert)) },
  ];
  if (other !== undefined)
    findings.push({
      text: options.residual
        ? words.verdictResidual(arriving(bert), arriving(other))
        : words.verdictResidual(arriving(other), arriving(bert)),
    });
  if (options.activation === 'relu' && !options.residual && options.norm === 'none') {
    const ratio = ((xavier.signal.at(-1) ?? 0) / (xavier.signal[0] ?? 1)) ** (2 / (depth - 1));
    findings.push({ text: words.verdictXavier(fixed(ratio)) });
  }
  if (embedding !== undefined)
    findings.push({
      text: words.verdictEmbedding(
        grouped(embedding.vocabulary),
        embedding.width,
        fixed(embedding.xavierScaled, 3),
        fixed(embedding.normalScaled),
      ),
    });
  return findings;
};
