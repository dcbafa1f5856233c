// The explorer: what each head looks at, and which numbers make a weight. Two questions about one sentence.

import type { JSX } from 'solid-js';
import { explorerState } from './explorerState.ts';
import { HeadsPart } from './HeadsPart.tsx';
import { NeuronPart } from './NeuronPart.tsx';

/** The page. */
export const ExplorerPage = (): JSX.Element => {
  const state = explorerState();
  return (
    <>
      <HeadsPart state={state} />
      <NeuronPart state={state} />
    </>
  );
};
