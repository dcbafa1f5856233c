// Packing of right operands: from wherever they lie into panels at an address, a slab at a time where they must be copied first.

import { copyIn, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';
import { packRightColumnsKernel, packRightRowsKernel } from './kernels/packRight.ts';
import { tileColumns } from './kernels/tile.ts';
import type { ProductCall } from './productCall.ts';

/** A packed right operand: its address, bytes from panel to panel and from batch to batch (0: the same for all). */
export interface PackedRight {
  readonly address: number;
  readonly panel: number;
  readonly batch: number;
}

const slabBytes = 2 ** 20; // copied at a time: stays in the second-level cache until it is packed

/** Bytes of one packed matrix. */
export const packedBytes = ({ columns, depth }: ProductCall): number =>
  Math.ceil(columns / tileColumns) * tileColumns * depth * 4;

/** How many different right operands there are. */
export const rightBatches = ({ right, batches }: ProductCall): number => (right.batch === 0 ? 1 : batches);

/** Packs all right operands of the call to an address. */
export const packRight = (engine: Engine, call: ProductCall, address: number): PackedRight => {
  const { right, rightTransposed, columns, depth } = call;
  const batches = rightBatches(call);
  const packed: PackedRight = {
    address,
    panel: depth * tileColumns * 4,
    batch: right.batch === 0 ? 0 : packedBytes(call),
  };
  const kernel = rightTransposed ? packRightColumnsKernel : packRightRowsKernel;

  /** `count` batches from `batch` on, of each the stored rows first to first + rows, which lie at `source`. */
  const pack = (
    source: { readonly address: number; readonly row: number; readonly batch: number },
    slab: { readonly batch: number; readonly count: number; readonly first: number; readonly rows: number },
  ): void => {
    const panels = Math.ceil((rightTransposed ? slab.rows : columns) / tileColumns);
    const chunksPerBatch = Math.min(panels, engine.threads === 1 ? 1 : 4 * engine.threads);
    const panelsPerChunk = Math.ceil(panels / chunksPerBatch);
    // Stored rows are columns of the product, 8 to a panel, or k-steps, 8 numbers each.
    const into = rightTransposed ? (slab.first / tileColumns) * packed.panel : slab.first * tileColumns * 4;
    engine.run({
      kernel,
      values: {
        source: source.address,
        sourceBatch: 4 * source.batch,
        sourceRow: 4 * source.row,
        packed: address + slab.batch * packed.batch + into,
        packedBatch: packed.batch,
        packedPanel: packed.panel,
        depth: rightTransposed ? depth : slab.rows,
        columns: rightTransposed ? slab.rows : columns,
        panelsPerChunk,
        chunksPerBatch: Math.ceil(panels / panelsPerChunk),
      },
      chunks: slab.count * Math.ceil(panels / panelsPerChunk),
      scratch: 0,
      work: slab.count * slab.rows * (rightTransposed ? depth : columns),
    });
  };

  const storedRows = rightTransposed ? columns : depth;
  const width = rightTransposed ? depth : columns;
  const resident = residentAddress(engine, right.array);
  if (resident !== undefined) {
    const source = { address: resident + 4 * right.offset, row: right.row, batch: right.batch };
    pack(source, { batch: 0, count: batches, first: 0, rows: storedRows });
    return packed;
  }

  const limit = Math.min(slabBytes, engine.stack.available() / 4) / 4;
  const mark = engine.stack.mark();
  const slabRows = Math.min(
    storedRows,
    Math.max(tileColumns, Math.floor(limit / width / tileColumns) * tileColumns),
  );
  const slabBatches =
    slabRows < storedRows ? 1 : Math.max(1, Math.min(batches, Math.floor(limit / (storedRows * width))));
  const slab = engine.stack.allocate(4 * slabRows * width * slabBatches);
  for (let batch = 0; batch < batches; batch += slabBatches)
    for (let first = 0; first < storedRows; first += slabRows) {
      const count = Math.min(slabBatches, batches - batch);
      const rows = Math.min(slabRows, storedRows - first);
      for (let i = 0; i < count; i++) {
        const offset = right.offset + (batch + i) * right.batch + first * right.row;
        copyIn(
          engine,
          { array: right.array, offset, rows, row: right.row, width },
          slab + 4 * i * rows * width,
        );
      }
      pack({ address: slab, row: width, batch: rows * width }, { batch, count, first, rows });
    }
  engine.stack.release(mark);
  return packed;
};
