// Packing of the right operand into the order in which a tile reads it: panels of 8 columns (16 for wide tiles), in each for every k
// the numbers side by side, [panel][depth][8]. Columns that are missing in the last panel are zeros. Copies only.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { defineKernel, type KernelSpec, type RecordLocals } from './record.ts';
import type { Target } from './target.ts';
import { panelColumns } from './tile.ts';
import { type Rows4, transpose } from './transpose.ts';

/**
 * Chunk = (batch, run of panels). `depth` × `columns` numbers of a source whose rows lie `sourceRow` bytes apart go to panels
 * that lie `packedPanel` bytes apart (which may be more than a panel's own bytes: a slab of a larger operand).
 */
const packRightRecord = {
  source: 'i32',
  sourceBatch: 'i32',
  sourceRow: 'i32',
  packed: 'i32',
  packedBatch: 'i32',
  packedPanel: 'i32',
  depth: 'i32',
  columns: 'i32',
  panelsPerChunk: 'i32',
  chunksPerBatch: 'i32',
} as const;

/** Packs a source [depth, columns]. */
export const packRightRowsKernel: KernelSpec<typeof packRightRecord> = {
  name: 'packRightRows',
  layout: packRightRecord,
};
/** Packs a source [columns, depth], as weights lie. */
export const packRightColumnsKernel: KernelSpec<typeof packRightRecord> = {
  name: 'packRightColumns',
  layout: packRightRecord,
};

type Fields = RecordLocals<typeof packRightRecord>;

/** Moves source and packed to the batch of the chunk; gives its first column and the end of its columns. */
const locate = (
  f: FunctionBuilder,
  fields: Fields,
  { chunk, across }: { readonly chunk: Local<'i32'>; readonly across: number },
): { first: Local<'i32'>; end: Local<'i32'> } => {
  const batch = f.let(i32.div(chunk, fields.chunksPerBatch));
  f.set(fields.source, i32.add(fields.source, i32.mul(batch, fields.sourceBatch)));
  f.set(fields.packed, i32.add(fields.packed, i32.mul(batch, fields.packedBatch)));
  const width = f.let(i32.mul(fields.panelsPerChunk, across));
  const first = f.let(i32.mul(i32.remainder(chunk, fields.chunksPerBatch), width));
  const end = f.let(i32.add(first, width));
  f.set(end, i32.min(end, fields.columns));
  const panel = i32.mul(i32.div(first, across), fields.packedPanel);
  f.set(fields.packed, i32.add(fields.packed, panel));
  return { first, end };
};

const rowsAtATime = 16; // k-rows copied for all panels before the next: two panels of 8 share each line of 64 bytes, so it is read once

/** Kernel 'packRightRows': from a source [depth, columns]. */
export const definePackRightRows = (module: ModuleBuilder, target: Target): void => {
  const across = panelColumns(target);
  defineKernel(module, packRightRowsKernel, (f, fields, { chunk }) => {
    const { source, sourceRow, packed, packedPanel, depth } = fields;
    const { first, end } = locate(f, fields, { chunk, across });
    const from = f.local('i32');
    const to = f.local('i32');
    const panel = f.local('i32');
    const stop = f.local('i32');
    const width = f.local('i32');
    f.set(source, i32.add(source, i32.shiftLeft(first, 2)));
    f.for(0, depth, rowsAtATime, (k) => {
      const rows = f.let(i32.sub(depth, k));
      f.if(i32.greater(rows, rowsAtATime), () => f.set(rows, rowsAtATime));
      f.set(panel, i32.add(packed, i32.mul(k, 4 * across)));
      f.for(first, end, across, (column) => {
        f.set(from, i32.add(source, i32.mul(k, sourceRow), i32.shiftLeft(i32.sub(column, first), 2)));
        f.set(to, panel);
        f.set(stop, i32.add(to, i32.mul(rows, 4 * across)));
        f.set(width, i32.sub(end, column));
        f.if(
          i32.atLeast(width, across),
          () =>
            f.while(i32.below(to, stop), () => {
              for (let j = 0; j < 4 * across; j += 16) f.store(to, v128.load(from, j), j);
              f.set(from, i32.add(from, sourceRow));
              f.set(to, i32.add(to, 4 * across));
            }),
          () =>
            f.while(i32.below(to, stop), () => {
              for (let j = 0; j < across; j++)
                f.if(
                  i32.greater(width, j),
                  () => f.store(to, f32.load(from, 4 * j), 4 * j),
                  () => f.store(to, constant('f32', 0), 4 * j),
                );
              f.set(from, i32.add(from, sourceRow));
              f.set(to, i32.add(to, 4 * across));
            }),
        );
        f.set(panel, i32.add(panel, packedPanel));
      });
    });
  });
};

const panelParameters = {
  source: 'i32',
  sourceRow: 'i32',
  columns: 'i32',
  depth: 'i32',
  packed: 'i32',
} as const;

/** Packs one panel from a source [columns, depth] whose rows lie `sourceRow` bytes apart. columns ≥ 1; missing ones are zeros. */
export type PackPanel = Callable<typeof panelParameters, undefined>;

/** Function 'packPanel': as many stored rows as the panel has columns are read side by side, four numbers of each at a time. */
export const definePackPanel = (module: ModuleBuilder, target: Target): PackPanel =>
  module.define('packPanel', { parameters: panelParameters }, (f, given) => {
    const { source, sourceRow, columns, depth, packed } = given;
    const across = panelColumns(target);
    const pointers = Array.from({ length: across }, () => f.local('i32'));
    const lead = pointers[0] as Local<'i32'>; // across > 0
    // Missing columns read the last one again; what they bring is overwritten by zeros below.
    const last = f.let(i32.sub(columns, 1));
    pointers.forEach((pointer, j) => {
      const row = f.let(last);
      f.if(i32.less(j, last), () => f.set(row, j));
      f.set(pointer, i32.add(source, i32.mul(row, sourceRow)));
    });
    const to = f.let(packed);
    const stop = f.let(i32.add(lead, i32.shiftLeft(i32.and(depth, -4), 2)));
    f.while(i32.below(lead, stop), () => {
      for (let first = 0; first < across; first += 4) {
        const rows = pointers
          .slice(first, first + 4)
          .map((pointer) => v128.load(pointer)) as unknown as Rows4<Value<'v128'>>; // four of all
        transpose(f, rows).forEach((values, k) => f.store(to, values, 4 * (across * k + first)));
      }
      for (const pointer of pointers) f.set(pointer, i32.add(pointer, 16));
      f.set(to, i32.add(to, 16 * across));
    });
    f.set(stop, i32.add(stop, i32.shiftLeft(i32.and(depth, 3), 2)));
    f.while(i32.below(lead, stop), () => {
      pointers.forEach((pointer, j) => f.store(to, f32.load(pointer), 4 * j));
      for (const pointer of pointers) f.set(pointer, i32.add(pointer, 4));
      f.set(to, i32.add(to, 4 * across));
    });
    f.if(i32.less(last, across - 1), () => {
      f.set(stop, to);
      f.set(to, packed);
      f.while(i32.below(to, stop), () => {
        for (let j = 1; j < across; j++)
          f.if(i32.less(last, j), () => f.store(to, constant('f32', 0), 4 * j));
        f.set(to, i32.add(to, 4 * across));
      });
    });
  });

/** Kernel 'packRightColumns': from a source [columns, depth], as weights lie. */
export const definePackRightColumns = (module: ModuleBuilder, target: Target, packPanel: PackPanel): void => {
  const across = panelColumns(target);
  defineKernel(module, packRightColumnsKernel, (f, fields, { chunk }) => {
    const { source, sourceRow, packed, packedPanel, depth } = fields;
    const { first, end } = locate(f, fields, { chunk, across });
    f.for(first, end, across, (column) => {
      const columns = f.let(i32.sub(end, column));
      f.if(i32.greater(columns, across), () => f.set(columns, across));
      f.call(packPanel, {
        source: i32.add(source, i32.mul(column, sourceRow)),
        sourceRow,
        columns,
        depth,
        packed,
      });
      f.set(packed, i32.add(packed, packedPanel));
    });
  });
};
