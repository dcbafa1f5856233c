// Ways to merge key heads that are compared, and what comes of one. Apart from the computation, so that the page can know them without the engine.

import type { HeadPooling } from '@heed/attention';
import { divisorsOf } from './headCounts.ts';

/** Ways that are compared. */
export const poolings = ['mean', 'first', 'random', 'aligned'] as const satisfies readonly HeadPooling[];

/** One of them. */
export type Pooling = (typeof poolings)[number];

/** One conversion. */
export interface Conversion {
  readonly by: Pooling;
  /** Key heads that are left. */
  readonly kvHeads: number;
}

/** What it does. */
export interface ConversionPoint extends Conversion {
  /** Size of the change of the output over the size of the output. */
  readonly error: number;
}

/** Conversions that are done at once, from all heads, which changes nothing, to one. */
export const quickConversions = (heads: number): Conversion[] =>
  poolings
    .filter((by) => by !== 'aligned')
    .flatMap((by) => divisorsOf(heads).map((kvHeads) => ({ kvHeads, by })));

/** Conversions that turn heads, down to so many: seconds each, for wide heads more. */
export const turningConversions = (heads: number, least: number): Conversion[] =>
  divisorsOf(heads)
    .filter((kvHeads) => kvHeads >= least)
    .map((kvHeads) => ({ kvHeads, by: 'aligned' }));
