// checkMask: whether a mask fits the sizes of an attention, asked once at the door.

import type { Mask } from './mask.ts';
import type { MaskSizes } from './tiles.ts';

const checkBlocks = (mask: Extract<Mask, { kind: 'blocks' }>, { queries, keys }: MaskSizes): void => {
  const { size, table } = mask;
  const rows = Math.ceil(queries / size);
  const columns = Math.ceil(keys / size);
  if (table.length !== rows || table.some((row) => row.length !== columns))
    throw new RangeError(
      `blocks: a table of ${table.length} × ${table[0]?.length ?? 0} blocks of ${size} for ${queries} queries and ${keys} keys; expected ${rows} × ${columns}.`,
    );
};

const checkTensor = ({ tensor }: Extract<Mask, { kind: 'keep' }>, sizes: MaskSizes): void => {
  const full = [sizes.batch, sizes.heads, sizes.queries, sizes.keys];
  const fits =
    tensor.rank <= 4 &&
    tensor.shape.every((extent, axis) => extent === 1 || extent === full[4 - tensor.rank + axis]);
  if (!fits)
    throw new RangeError(
      `mask: ${tensor} does not broadcast to [batch, heads, queries, keys] = [${full.join(', ')}].`,
    );
};

/** Throws a clear error where a mask does not fit the sizes. */
export const checkMask = (mask: Mask, sizes: MaskSizes): void => {
  const { batch, queries, keys } = sizes;
  switch (mask.kind) {
    case 'padding':
      if (mask.lengths.length !== batch || mask.lengths.some((length) => length > keys))
        throw new RangeError(
          `padding: lengths [${mask.lengths.join(', ')}] for ${batch} batches of ${keys} keys; expected one length a batch, at most ${keys}.`,
        );
      return;
    case 'documents':
      if (mask.queryIds.length !== queries || mask.keyIds.length !== keys)
        throw new RangeError(
          `documents: ${mask.queryIds.length} query ids and ${mask.keyIds.length} key ids for ${queries} queries and ${keys} keys; expected one id each.`,
        );
      return;
    case 'global':
      if (mask.positions.length !== 1 && mask.positions.length !== batch)
        throw new RangeError(
          `global: positions of ${mask.positions.length} batches for ${batch}; expected one list for all, or one a batch.`,
        );
      return;
    case 'blocks':
      checkBlocks(mask, sizes);
      return;
    case 'keep':
      checkTensor(mask, sizes);
      return;
    case 'and':
    case 'or':
      for (const part of mask.parts) checkMask(part, sizes);
      return;
    case 'not':
      checkMask(mask.part, sizes);
      return;
    case 'window':
    case 'dilated':
    case 'firstKeys':
    case 'where':
      return;
    default:
      mask satisfies never;
  }
};
