// What a mask does, in sentences. Pure: numbers in, texts of a language out.

import { duration, grouped, magnitude, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { MaskElements, MaskTiles } from '../../experiments/maskFacts.ts';
import type { MasksTexts } from '../../i18n/masksEn.ts';
import type { MaskTiming } from '../../protocol.ts';

/** What the findings are about. */
export interface MaskFindingFacts {
  readonly elements: MaskElements;
  readonly tiles: MaskTiles;
  readonly tile: number;
  readonly depth: number;
  /** Tokens that the last query has heard of after that many layers. */
  readonly reached: number;
  /** Layers after which no token hears of more. */
  readonly settled: number;
  /** Medians; undefined before measuring. */
  readonly measured: MaskTiming | undefined;
  readonly studiedLength: number;
  /** Of the kernel's own tiles at that length. */
  readonly kernelVisited: number;
  /** Ranges of keys that a row sees at that length. */
  readonly ranges: number;
  readonly difference: number | undefined;
}

/** A factor with two digits: '1.8', '12'. */
const times = (value: number): string => magnitude(value);

/** Most ranges of keys a row that the engine takes. */
const engineRanges = 8;

/** The findings. */
export const maskFindings = (words: MasksTexts, facts: MaskFindingFacts): Finding[] => {
  const { elements, tiles, tile, depth, measured } = facts;
  const total = tiles.rows * tiles.columns;
  const visited = tiles.some + tiles.all;
  const findings: Finding[] = [];
  if (elements.count === 0) findings.push({ text: words.verdictNoTiles });
  else
    findings.push({
      text:
        visited === total
          ? words.verdictAllTiles(total, tile)
          : words.verdictTiles(visited, total, tile, percent(tiles.visited), times(1 / tiles.visited)),
    });
  if (measured !== undefined) {
    const faster = measured.full / measured.masked;
    const sentence = faster >= 1 ? words.verdictMeasured : words.verdictSlower;
    findings.push({
      text: sentence(
        grouped(facts.studiedLength),
        duration(measured.full),
        duration(measured.masked),
        times(Math.max(faster, 1 / faster)),
        times(1 / facts.kernelVisited),
      ),
    });
    if (facts.ranges > engineRanges) findings.push({ text: words.verdictRanges(facts.ranges) });
  }
  if (facts.difference !== undefined) findings.push({ text: words.verdictSame(magnitude(facts.difference)) });
  findings.push({
    text: words.verdictDensity(
      grouped(elements.count),
      grouped(elements.length ** 2),
      percent(elements.count / elements.length ** 2),
    ),
  });
  findings.push({
    text: elements.future === 0 ? words.verdictNoLeak : words.verdictLeak(grouped(elements.future)),
  });
  const [empty] = elements.emptyRows;
  if (empty !== undefined) findings.push({ text: words.verdictEmpty(elements.emptyRows.length, empty) });
  findings.push({
    text: `${words.verdictReach(depth, facts.reached, elements.length)}${depth >= facts.settled ? words.verdictSettled(facts.settled) : words.verdictEnd}`,
  });
  return findings;
};
