// What the table of granularities says, in sentences. Pure: numbers in, texts of a language out.

import { fixed, magnitude, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { Granularity, GranularityRow } from '../../experiments/granularityRow.ts';
import type { TokensTexts } from '../../i18n/tokensEn.ts';

/** How many times the pairs of attention one row needs of another: the square of the lengths. */
export const attentionRatio = (row: GranularityRow, of: GranularityRow): number =>
  (row.report.length.mean / of.report.length.mean) ** 2;

/** The subwords over characters, from which the shortest that knows most is named. */
const subwords: readonly Granularity[] = ['bpe', 'wordPiece', 'unigram', 'bytes'];

/** The findings, when all rows are there. */
export const granularityFindings = (
  words: TokensTexts['granularity'],
  rows: readonly GranularityRow[],
): Finding[] => {
  const of = (name: Granularity): GranularityRow | undefined =>
    rows.find(({ granularity }) => granularity === name);
  const [characters, whole, bytes] = [of('characters'), of('words'), of('bytes')];
  const between = rows
    .filter(({ granularity }) => subwords.includes(granularity))
    .toSorted((a, b) => a.report.length.mean - b.report.length.mean)[0];
  if (characters === undefined || whole === undefined || bytes === undefined || between === undefined)
    return [];
  const length = ({ report }: GranularityRow): string => fixed(report.length.mean, 1);
  const oov = ({ report }: GranularityRow): string => percent(report.oovRate);
  return [
    words.verdictEnds({
      ...{ characterLength: length(characters), wordLength: length(whole) },
      ...{ characterOov: oov(characters), wordOov: oov(whole) },
      ratio: magnitude(attentionRatio(characters, whole)),
    }),
    words.verdictBetween(
      words.names[between.granularity],
      ...([length(between), oov(between), magnitude(attentionRatio(between, whole))] as const),
    ),
    words.verdictBytes(oov(bytes), fixed(bytes.report.fertility)),
  ].map((text) => ({ text }));
};
