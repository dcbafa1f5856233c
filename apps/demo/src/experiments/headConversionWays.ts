// Ways to merge key heads that are compared, and what comes of one. Apart from the computation, so that the page can know them without the engine.

import type { HeadPooling } from '@heed/attention';
import { divisorsOf } from './headCounts.ts';

/** Ways that are compared. */
export const poolings = ['mean', 'first', 'random', 'aligned'] as const satisfies readonly HeadPooling[];

/** One of them. */
export type Pooling = (typeof poolings)[number];

/** What one conversion does. */
export interface ConversionPoint {
  readonly by: Pooling;
  /** Key heads that are left. */
  readonly kvHeads: number;
  /** Size of the change of the output over the size of the output. */
  readonly error: number;
}

/** All conversions of a layer, cheap ones first: turning heads takes its time. To all heads is included: it changes nothing. */
export const conversions = (heads: number): { readonly kvHeads: number; readonly by: Pooling }[] =>
  poolings.flatMap((by) => divisorsOf(heads).map((kvHeads) => ({ kvHeads, by })));
