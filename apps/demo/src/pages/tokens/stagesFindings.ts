// What the stages made of a text, in sentences. Pure: numbers in, texts of a language out.

import { fixed, grouped, percent } from '../../components/formatNumber.ts';
import type { Finding } from '../../components/Verdict.tsx';
import type { StageView } from '../../experiments/stageView.ts';
import type { TokensTexts } from '../../i18n/tokensEn.ts';

/** More of a text is no quotation. */
const mostQuoted = 80;

const quoted = (text: string): string => {
  const characters = [...text];
  return characters.length <= mostQuoted ? text : `${characters.slice(0, mostQuoted).join('')} …`;
};

/** Characters that are not those of the text. */
const changedCharacters = ({ source, stages }: StageView): number =>
  stages
    .filter(({ stage }) => stage === 'normalizer')
    .flatMap(({ cells }) => cells)
    .filter(({ text, start, end, id }) => id === undefined && text !== source.slice(start, end)).length;

/** The findings. */
export const stagesFindings = (words: TokensTexts['stages'], name: string, view: StageView): Finding[] => {
  const { characters, tokens, unknown, decoded, source } = view;
  if (tokens === 0) return [{ text: words.verdictNothing }];
  const changed = changedCharacters(view);
  return [
    words.verdictTokens(name, grouped(characters), grouped(tokens), fixed(characters / tokens, 1)),
    unknown === 0 ? words.verdictNoUnknown : words.verdictUnknown(unknown, percent(unknown / tokens)),
    changed === 0 ? words.verdictUnchanged : words.verdictNormalized(changed),
    decoded === source ? words.verdictSame : words.verdictDifferent(quoted(decoded)),
  ].map((text) => ({ text }));
};
