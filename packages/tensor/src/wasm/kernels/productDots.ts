// A chunk of the matrix product that has one or two rows and a right operand [columns, depth] as it came, such as a weight that is
// still being trained: dot products, each number read once and nothing packed.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import type { CopyEdge } from './copyEdge.ts';
import type { DotTile, DotTileSize } from './dotTile.ts';
import type { ProductFields, ProductPlace } from './productRecord.ts';

/** The functions that it calls; the dot tile has the chunk's number of rows. */
export interface ProductDotsParts {
  readonly dots: DotTileSize & { readonly tile: DotTile };
  readonly copyEdge: CopyEdge;
}

/** Computes the chunk, but for bias and activation. */
export const productDots = (
  f: FunctionBuilder,
  { dots, copyEdge }: ProductDotsParts,
  { place, fields, edge }: { place: ProductPlace; fields: ProductFields; edge: Local<'i32'> },
): void => {
  const { left, right, out, columns } = place;
  const { leftRow, rightRow, depth, outRow } = fields;
  const to = f.let(out);
  const from = f.let(right);
  const count = f.let(columns);
  const shared = { left, leftRow, right: from, rightRow, count, depth };
  f.while(i32.greater(count, 0), () => {
    f.if(
      i32.atLeast(count, dots.columns),
      () => f.call(dots.tile, { ...shared, out: to, outRow }),
      () => {
        f.call(dots.tile, { ...shared, out: edge, outRow: 4 * dots.columns });
        f.call(copyEdge, {
          ...{ from: edge, fromRow: 4 * dots.columns, out: to, outRow },
          ...{ rows: dots.rows, columns: count, accumulate: 0 },
        });
      },
    );
    f.set(from, i32.add(from, i32.mul(rightRow, dots.columns)));
    f.set(to, i32.add(to, 4 * dots.columns));
    f.set(count, i32.sub(count, dots.columns));
  });
};
