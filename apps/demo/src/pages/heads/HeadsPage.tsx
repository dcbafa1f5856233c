// The page on heads: what fewer key and value heads save, and what a trained layer loses by them.

import type { JSX } from 'solid-js';
import { ConversionPart } from './ConversionPart.tsx';
import { SizesPart } from './SizesPart.tsx';

/** The page. */
export const HeadsPage = (): JSX.Element => (
  <>
    <SizesPart />
    <ConversionPart />
  </>
);
