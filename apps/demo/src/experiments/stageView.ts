// What the five stages of a tokenizer make of a text, as cells with their places in it. The stages themselves are in @heed/tokenizers.

import type { ExplainedPiece, ExplainedStage, Tokenizer } from '@heed/tokenizers';

/** A part of what a stage gives, and the range [start, end) of the text that it comes from. */
export interface StageCell {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly id?: number;
}

/** One stage. */
export interface StageCells {
  readonly stage: ExplainedStage['stage'];
  readonly cells: readonly StageCell[];
}

/** A text through all stages. */
export interface StageView {
  /** What the stages were given: the text as far as it is looked at. */
  readonly source: string;
  readonly stages: readonly StageCells[];
  /** UTF-16 units of the text that are not looked at. */
  readonly left: number;
  /** Code points. */
  readonly characters: number;
  /** Tokens of the model, without what the post-processor adds. */
  readonly tokens: number;
  readonly unknown: number;
  /** The id that stands for what the vocabulary lacks. */
  readonly unknownId: number | undefined;
  /** Tokens that the post-processor added. */
  readonly added: number;
  /** The text that the ids give back, special tokens left out. */
  readonly decoded: string;
}

/** UTF-16 units that are looked at: more would be no picture. */
export const mostUnits = 1200;

/** The first part of a text that ends between two code points. */
const firstPart = (text: string): string => {
  if (text.length <= mostUnits) return text;
  const split = (text.codePointAt(mostUnits - 1) ?? 0) > 0xffff;
  return text.slice(0, split ? mostUnits - 1 : mostUnits);
};

/** A piece of normalized text, code point by code point, each with the range that it comes from. */
const characterCells = ({ text, start, end, characters, id }: ExplainedPiece): StageCell[] => {
  if (characters === undefined || id !== undefined)
    return [{ text, start, end, ...(id === undefined ? {} : { id }) }];
  const cells: StageCell[] = [];
  let at = 0;
  for (const character of text) {
    const range = characters.subarray(2 * at, 2 * (at + character.length));
    cells.push({ text: character, start: Math.min(...range), end: Math.max(...range) });
    at += character.length;
  }
  return cells;
};

const pieceCell = ({ text, start, end, id }: ExplainedPiece): StageCell => ({
  ...{ text, start, end },
  ...(id === undefined ? {} : { id }),
});

/** A text through the stages of a tokenizer. */
export const stageView = (tokenizer: Tokenizer, text: string): StageView => {
  const part = firstPart(text);
  const { source, stages, encoding } = tokenizer.explain(part);
  const tokens = stages.find(({ stage }) => stage === 'model')?.pieces ?? [];
  let characters = 0;
  for (const _ of source) characters += 1;
  return {
    source,
    stages: stages.map(({ stage, pieces }) => ({
      stage,
      cells: stage === 'normalizer' ? pieces.flatMap(characterCells) : pieces.map(pieceCell),
    })),
    left: text.length - part.length,
    characters,
    tokens: tokens.length,
    unknown: tokens.filter(({ id }) => id !== undefined && id === tokenizer.unknownId).length,
    unknownId: tokenizer.unknownId,
    added: encoding.length - tokens.length,
    decoded: tokenizer.decode(encoding.ids, { skipSpecialTokens: true }),
  };
};
