// What the two trainings say, in sentences. Pure: numbers in, texts of a language out.

import type { Merge } from '@heed/tokenizers';
import { duration, fixed, grouped, magnitude } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import { visibleText } from '../../components/visibleText.ts';
import { type MergeLearner, mergeLearners, type Segmentation } from '../../experiments/mergeTraining.ts';
import type { TokensTexts } from '../../i18n/tokensEn.ts';
import type { MergeRun } from './mergesState.ts';

/** What the findings are about. */
export interface MergesFacts {
  readonly runs: Readonly<Partial<Record<MergeLearner, MergeRun>>>;
  readonly segments: Readonly<Partial<Record<MergeLearner, Segmentation>>>;
  readonly watched: string;
  readonly place: number;
  readonly criterion: 'score' | 'count';
}

/** A pair as it is written: 'e + s'. */
export const pairText = ({ left, right }: Merge): string => `${visibleText(left)} + ${visibleText(right)}`;

/** A piece without its marks, in lower case. */
const bare = (token: string): string => token.replace(/^(##|[▁Ġ])/u, '').toLowerCase();

const cutOf = ({ tokens }: Segmentation): string => tokens.map(visibleText).join('|');

/** The first word of a text, which a sentence can show whole. */
const firstWord = (text: string): string => text.split(/\s/u)[0] ?? '';

const firstWordCut = (segmentation: Segmentation, text: string): string => {
  const end = firstWord(text).length;
  const count = segmentation.tokens.filter((_, index) => (segmentation.offsets[2 * index] ?? 0) < end).length;
  return cutOf({ ...segmentation, tokens: segmentation.tokens.slice(0, count) });
};

/** The findings. */
export const mergesFindings = (words: TokensTexts['merges'], facts: MergesFacts): Finding[] => {
  const { runs, segments, criterion, watched } = facts;
  const [bpe, own] = [runs.bpe, runs.wordPiece];
  if (bpe?.result === undefined || own?.result === undefined) return [];
  const [first, ownFirst] = [bpe.merges[0], own.merges[0]];
  const findings: string[] = [];
  if (first === undefined) findings.push(words.full(grouped(bpe.result.vocabularySize)));
  else if (ownFirst === undefined) findings.push(words.verdictOne(pairText(first), grouped(first.count)));
  else if (criterion === 'score')
    findings.push(
      words.verdictFirst(
        ...([pairText(first), grouped(first.count), pairText(ownFirst)] as const),
        ...([grouped(ownFirst.count), magnitude(ownFirst.score)] as const),
      ),
    );
  else
    findings.push(
      words.verdictFirstCount(
        ...([pairText(first), grouped(first.count), pairText(ownFirst), grouped(ownFirst.count)] as const),
      ),
    );
  if (segments.bpe !== undefined && segments.wordPiece !== undefined && watched !== '')
    findings.push(
      words.verdictCut(
        grouped(facts.place),
        firstWord(watched),
        firstWordCut(segments.bpe, watched),
        firstWordCut(segments.wordPiece, watched),
      ),
    );
  if (first !== undefined && ownFirst !== undefined) {
    const pieces = new Set(own.merges.map(({ token }) => bare(token)));
    const made = new Set(bpe.merges.map(({ token }) => bare(token)));
    const shared = [...made].filter((piece) => pieces.has(piece)).length;
    findings.push(words.verdictShared(grouped(shared), grouped(made.size)));
  }
  for (const learner of mergeLearners) {
    const result = runs[learner]?.result;
    if (result === undefined) continue;
    const [size, time] = [grouped(result.vocabularySize), duration(result.milliseconds)];
    const each = fixed(result.characters / Math.max(1, result.tokens));
    findings.push(words.verdictTokens(words.names[learner], each, size, time));
  }
  return findings.map((text) => ({ text }));
};
