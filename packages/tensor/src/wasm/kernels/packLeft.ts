// Packing of the left operand into the order in which a tile reads it: tiles of 4 rows, in each for every k the 4 numbers side
// by side, [tile][depth][4]. Rows that are missing in the last tile are zeros. Copies only: 2 × 4 bytes a number.

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { type Rows4, transpose } from './transpose.ts';

const parameters = { source: 'i32', sourceRow: 'i32', rows: 'i32', depth: 'i32', packed: 'i32' } as const;

/** Packs a matrix of `rows` × `depth`; consecutive rows of the source lie `sourceRow` bytes apart. */
export type PackLeft = Callable<typeof parameters, undefined>;

/** From a source [rows, depth]. */
export const definePackLeft = (module: ModuleBuilder): PackLeft =>
  module.define('packLeft', { parameters }, (f, { source, sourceRow, rows, depth, packed }) => {
    const pointers = Array.from({ length: 4 }, () => f.local('i32')) as unknown as Rows4<Local<'i32'>>; // length 4
    const end = f.local('i32');
    const body = f.local('i32');
    f.set(body, i32.shiftLeft(i32.and(depth, -4), 2));
    f.while(i32.greater(rows, 0), () => {
      // Missing rows read the first row again; what they bring is overwritten by zeros below.
      pointers.forEach((pointer, i) => {
        f.set(pointer, source);
        if (i > 0) f.if(i32.greater(rows, i), () => f.set(pointer, i32.add(source, i32.mul(sourceRow, i))));
      });
      f.set(end, i32.add(pointers[0], body));
      f.while(i32.below(pointers[0], end), () => {
        transpose(
          f,
          pointers.map((pointer) => v128.load(pointer)) as unknown as Rows4<Value<'v128'>>,
        ).forEach((column, k) => f.store(packed, column, 16 * k));
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 16));
        f.set(packed, i32.add(packed, 64));
      });
      f.set(end, i32.add(end, i32.shiftLeft(i32.and(depth, 3), 2)));
      f.while(i32.below(pointers[0], end), () => {
        pointers.forEach((pointer, i) => f.store(packed, f32.load(pointer), 4 * i));
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 4));
        f.set(packed, i32.add(packed, 16));
      });
      f.if(i32.less(rows, 4), () => {
        const tile = f.let(i32.sub(packed, i32.shiftLeft(depth, 4)));
        f.while(i32.below(tile, packed), () => {
          for (let i = 1; i < 4; i++)
            f.if(i32.atMost(rows, i), () => f.store(tile, constant('i32', 0), 4 * i));
          f.set(tile, i32.add(tile, 16));
        });
      });
      f.set(source, i32.add(source, i32.shiftLeft(sourceRow, 2)));
      f.set(rows, i32.sub(rows, 4));
    });
  });

/** From a source [depth, rows]: already side by side, so each k of a tile is one copy of 16 bytes. */
export const definePackLeftTransposed = (module: ModuleBuilder): PackLeft =>
  module.define('packLeftTransposed', { parameters }, (f, { source, sourceRow, rows, depth, packed }) => {
    const pointer = f.local('i32');
    const end = f.local('i32');
    f.while(i32.greater(rows, 0), () => {
      f.set(pointer, source);
      f.set(end, i32.add(packed, i32.shiftLeft(depth, 4)));
      f.if(
        i32.atLeast(rows, 4),
        () =>
          f.while(i32.below(packed, end), () => {
            f.store(packed, v128.load(pointer));
            f.set(pointer, i32.add(pointer, sourceRow));
            f.set(packed, i32.add(packed, 16));
          }),
        () =>
          f.while(i32.below(packed, end), () => {
            f.store(packed, v128.loadLow(pointer));
            for (let i = 1; i < 3; i++)
              f.if(i32.greater(rows, i), () => f.store(packed, f32.load(pointer, 4 * i), 4 * i));
            f.set(pointer, i32.add(pointer, sourceRow));
            f.set(packed, i32.add(packed, 16));
          }),
      );
      f.set(source, i32.add(source, 16));
      f.set(rows, i32.sub(rows, 4));
    });
  });
