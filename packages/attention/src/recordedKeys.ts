// The keys and values of a cache as tensors with a record of where they came from: what gradients pass through. A cache has them only while it is
// used outside of inference and noGrad, with something that requires a gradient.

import { concat, gather, integers, isRecording, slice, type Tensor, withGrad } from '@heed/tensor';

/** Keys and values, [batch, kvHeads, held rows, depth]. */
export type Recorded = readonly [key: Tensor, value: Tensor];

/** Whether a gradient may be asked for of what is computed from these. */
export const wantsGradient = (...tensors: readonly (Tensor | undefined)[]): boolean =>
  isRecording() && tensors.some((tensor) => tensor?.requiresGradient === true);

const both = ([key, value]: Recorded, change: (x: Tensor) => Tensor): Recorded =>
  withGrad(() => [change(key), change(value)]);

/** With others behind them. What is appended without recording is a constant, and the others keep their record. */
export const appended = ([key, value]: Recorded, [newKey, newValue]: Recorded): Recorded =>
  withGrad(() => [concat([key, newKey], 2), concat([value, newValue], 2)]);

/** Those of some batch rows. */
export const ofBatches = (recorded: Recorded, rows: readonly number[]): Recorded =>
  both(recorded, (x) => gather(x, integers(rows), 0));

/** Without rows from `from` up to `to`. */
export const withoutRows = (recorded: Recorded, from: number, to: number): Recorded =>
  both(recorded, (x) => {
    const end = x.shape[2] as number; // rank 4
    return concat([slice(x, 2, 0, from), slice(x, 2, Math.min(to, end), end)], 2);
  });
