// selectBatch: the mask of some batch rows of another mask, as beams choose them.

import { tensorOf } from '@heed/tensor';
import type { Mask } from './mask.ts';

type Keep = Extract<Mask, { kind: 'keep' }>;

/** Rows of a tensor's batch axis, where it has one that is not broadcast. */
const selectTensor = ({ tensor }: Keep, rows: readonly number[]): Mask => {
  const [batch, ...rest] = tensor.shape;
  if (tensor.rank < 4 || batch === 1) return { kind: 'keep', tensor };
  const size = rest.reduce((a, b) => a * b, 1);
  const data = new Uint8Array(rows.length * size);
  for (const [target, row] of rows.entries())
    data.set(tensor.data.subarray(row * size, (row + 1) * size), target * size);
  return { kind: 'keep', tensor: tensorOf('bool', [rows.length, ...rest], data) };
};

/** One of a list a batch. */
const pick = <T>(list: readonly T[], rows: readonly number[]): T[] =>
  rows.map((row) => {
    if (!(row in list)) throw new RangeError(`selectBatch: row ${row} of a mask of ${list.length} batches.`);
    return list[row] as T; // just checked
  });

/**
 * A mask whose batch b sees what batch rows[b] of the given mask sees; repeats allowed.
 *
 * @example
 * selectBatch(padding([5, 3]), [1, 1]); // padding([3, 3])
 */
export const selectBatch = (mask: Mask, rows: readonly number[]): Mask => {
  switch (mask.kind) {
    case 'padding':
      return { kind: 'padding', lengths: pick(mask.lengths, rows) };
    case 'global':
      return mask.positions.length === 1 ? mask : { kind: 'global', positions: pick(mask.positions, rows) };
    case 'keep':
      return selectTensor(mask, rows);
    case 'where': {
      const { predicate } = mask;
      return {
        kind: 'where',
        predicate: (place) => predicate({ ...place, batch: rows[place.batch] as number }),
      }; // a row each
    }
    case 'and':
    case 'or':
      return { kind: mask.kind, parts: mask.parts.map((part) => selectBatch(part, rows)) };
    case 'not':
      return { kind: 'not', part: selectBatch(mask.part, rows) };
    case 'window':
    case 'dilated':
    case 'firstKeys':
    case 'blocks':
    case 'documents':
      return mask;
    default:
      return mask satisfies never;
  }
};
