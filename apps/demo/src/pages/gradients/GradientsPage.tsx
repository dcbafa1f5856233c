// The third page: how a net learns. Four questions, each with its picture and its numbers.

import type { JSX } from 'solid-js';
import { DepthPart } from './DepthPart.tsx';
import { GraphPart } from './GraphPart.tsx';
import { LearnPart } from './LearnPart.tsx';
import { NormsPart } from './NormsPart.tsx';

/** The page. */
export const GradientsPage = (): JSX.Element => (
  <>
    <LearnPart />
    <GraphPart />
    <NormsPart />
    <DepthPart />
  </>
);
