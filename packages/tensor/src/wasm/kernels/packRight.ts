// Packing of the right operand into the order in which a tile reads it: panels of 8 columns, in each for every k the 8 numbers
// side by side, [panel][depth][8]. Columns that are missing in the last panel are zeros. Copies only.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { defineKernel, type KernelSpec, type RecordLocals } from './record.ts';
import { tileColumns } from './tile.ts';
import { type Rows4, transpose } from './transpose.ts';

/**
 * Chunk = (batch, run of panels). `depth` × `columns` numbers of a source whose rows lie `sourceRow` bytes apart go to panels
 * that lie `packedPanel` bytes apart (which may be more than depth · 32: a slab of a larger operand).
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
  chunk: Local<'i32'>,
): { first: Local<'i32'>; end: Local<'i32'> } => {
  const batch = f.let(i32.div(chunk, fields.chunksPerBatch));
  f.set(fields.source, i32.add(fields.source, i32.mul(batch, fields.sourceBatch)));
  f.set(fields.packed, i32.add(fields.packed, i32.mul(batch, fields.packedBatch)));
  const width = f.let(i32.mul(fields.panelsPerChunk, tileColumns));
  const first = f.let(i32.mul(i32.remainder(chunk, fields.chunksPerBatch), width));
  const end = f.let(i32.add(first, width));
  f.set(end, i32.min(end, fields.columns));
  const panel = i32.mul(i32.div(first, tileColumns), fields.packedPanel);
  f.set(fields.packed, i32.add(fields.packed, panel));
  return { first, end };
};

const rowsAtATime = 16; // k-rows copied for all panels before the next: two panels share each line of 64 bytes, so it is read once

/** Kernel 'packRightRows': from a source [depth, columns]. */
export const definePackRightRows = (module: ModuleBuilder): void => {
  defineKernel(module, packRightRowsKernel, (f, fields, { chunk }) => {
    const { source, sourceRow, packed, packedPanel, depth } = fields;
    const { first, end } = locate(f, fields, chunk);
    const from = f.local('i32');
    const to = f.local('i32');
    const panel = f.local('i32');
    const stop = f.local('i32');
    const width = f.local('i32');
    f.set(source, i32.add(source, i32.shiftLeft(first, 2)));
    f.for(0, depth, rowsAtATime, (k) => {
      const rows = f.let(i32.sub(depth, k));
      f.if(i32.greater(rows, rowsAtATime), () => f.set(rows, rowsAtATime));
      f.set(panel, i32.add(packed, i32.mul(k, 4 * tileColumns)));
      f.for(first, end, tileColumns, (column) => {
        f.set(from, i32.add(source, i32.mul(k, sourceRow), i32.shiftLeft(i32.sub(column, first), 2)));
        f.set(to, panel);
        f.set(stop, i32.add(to, i32.mul(rows, 4 * tileColumns)));
        f.set(width, i32.sub(end, column));
        f.if(
          i32.atLeast(width, tileColumns),
          () =>
            f.while(i32.less(to, stop), () => {
              f.store(to, v128.load(from));
              f.store(to, v128.load(from, 16), 16);
              f.set(from, i32.add(from, sourceRow));
              f.set(to, i32.add(to, 4 * tileColumns));
            }),
          () =>
            f.while(i32.less(to, stop), () => {
              for (let j = 0; j < tileColumns; j++)
                f.if(
                  i32.greater(width, j),
                  () => f.store(to, f32.load(from, 4 * j), 4 * j),
                  () => f.store(to, constant('f32', 0), 4 * j),
                );
              f.set(from, i32.add(from, sourceRow));
              f.set(to, i32.add(to, 4 * tileColumns));
            }),
        );
        f.set(panel, i32.add(panel, packedPanel));
      });
    });
  });
};

/** Kernel 'packRightColumns': from a source [columns, depth], as weights lie: eight rows are read side by side. */
export const definePackRightColumns = (module: ModuleBuilder): void => {
  defineKernel(module, packRightColumnsKernel, (f, fields, { chunk }) => {
    const { source, sourceRow, packed, packedPanel, depth } = fields;
    const { first, end } = locate(f, fields, chunk);
    const pointers = Array.from({ length: tileColumns }, () => f.local('i32'));
    const lead = pointers[0] as Local<'i32'>; // tileColumns > 0
    const to = f.local('i32');
    const stop = f.local('i32');
    f.for(first, end, tileColumns, (column) => {
      // Missing columns read the last one again; what they bring is overwritten by zeros below.
      const last = f.let(i32.sub(end, column));
      f.set(last, i32.sub(last, 1));
      pointers.forEach((pointer, j) => {
        const row = f.let(i32.add(column, last));
        f.if(i32.less(j, last), () => f.set(row, i32.add(column, j)));
        f.set(pointer, i32.add(source, i32.mul(row, sourceRow)));
      });
      f.set(to, packed);
      f.set(stop, i32.add(lead, i32.shiftLeft(i32.and(depth, -4), 2)));
      f.while(i32.less(lead, stop), () => {
        for (const half of [0, 4]) {
          const rows = pointers
            .slice(half, half + 4)
            .map((pointer) => v128.load(pointer)) as unknown as Rows4<Value<'v128'>>; // four of eight
          transpose(f, rows).forEach((values, k) => f.store(to, values, 4 * (tileColumns * k + half)));
        }
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 16));
        f.set(to, i32.add(to, 16 * tileColumns));
      });
      f.set(stop, i32.add(stop, i32.shiftLeft(i32.and(depth, 3), 2)));
      f.while(i32.less(lead, stop), () => {
        pointers.forEach((pointer, j) => f.store(to, f32.load(pointer), 4 * j));
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 4));
        f.set(to, i32.add(to, 4 * tileColumns));
      });
      f.if(i32.less(last, tileColumns - 1), () => {
        f.set(stop, to);
        f.set(to, packed);
        f.while(i32.less(to, stop), () => {
          for (let j = 1; j < tileColumns; j++)
            f.if(i32.less(last, j), () => f.store(to, constant('f32', 0), 4 * j));
          f.set(to, i32.add(to, 4 * tileColumns));
        });
      });
      f.set(packed, i32.add(packed, packedPanel));
    });
  });
};
