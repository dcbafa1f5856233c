// The page on FlashAttention: how it goes tile by tile, and what that saves on real machines.

import type { JSX } from 'solid-js';
import { BytesPart } from './BytesPart.tsx';
import { TilesPart } from './TilesPart.tsx';

/** The page. */
export const FlashPage = (): JSX.Element => (
  <>
    <TilesPart />
    <BytesPart />
  </>
);
