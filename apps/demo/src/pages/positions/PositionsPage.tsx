// The page on positions: encodings and moved sentences, then RoPE beyond its training.

import type { JSX } from 'solid-js';
import { PlacePart } from './PlacePart.tsx';
import { StretchPart } from './StretchPart.tsx';

/** The page. */
export const PositionsPage = (): JSX.Element => (
  <>
    <PlacePart />
    <StretchPart />
  </>
);
