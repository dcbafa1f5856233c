// The tokenizer workbench: stages of a text, merges as they are learned, granularities compared. What was dropped on the page ends up here.

import { createEffect, type JSX } from 'solid-js';
import { droppedTokens, takeDropped } from '../../model/droppedTokenizer.ts';
import { GranularityPart } from './GranularityPart.tsx';
import { MergesPart } from './MergesPart.tsx';
import { mergesState } from './mergesState.ts';
import { StagesPart } from './StagesPart.tsx';
import { stagesState } from './stagesState.ts';

/** Comes last, so that its effect runs when the parts have been entered. */
const Dropped = (): JSX.Element => {
  createEffect(() => {
    const dropped = droppedTokens();
    if (dropped === undefined) return;
    takeDropped();
    if (dropped.kind === 'tokenizer') stagesState.takeFiles(dropped);
    else mergesState.write(dropped.text, true);
  });
  return null;
};

/** The page. */
export const TokensPage = (): JSX.Element => (
  <>
    <StagesPart />
    <MergesPart />
    <GranularityPart />
    <Dropped />
  </>
);
