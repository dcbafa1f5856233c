// Right operands of products: packed from wherever they lie into panels at an address, a slab at a time where they must be copied
// first; or as they came, for products of few rows.

import { copyIn, residentAddress } from './areas.ts';
import type { Engine } from './engine.ts';
import { packRightColumnsKernel, packRightRowsKernel } from './kernels/packRight.ts';
import type { ProductCall } from './productCall.ts';

/**
 * A right operand in the engine: its address, bytes from panel to panel, from k to k + 1, from batch to batch (0: the same for all);
 * `row` is 0, or where [columns, depth] lies as it came the bytes from one stored row to the next.
 */
export interface RightOperand {
  readonly address: number;
  readonly panel: number;
  readonly step: number;
  readonly batch: number;
  readonly row: number;
}

const slabBytes = 2 ** 20; // copied at a time: stays in the second-level cache until it is packed

/** Bytes of one packed matrix. */
export const packedBytes = ({ panelColumns }: Engine, { columns, depth }: ProductCall): number =>
  Math.ceil(columns / panelColumns) * panelColumns * depth * 4;

/** The one packed matrix of a call, at an address. */
export const packedAt = (
  { panelColumns }: Engine,
  { depth }: ProductCall,
  address: number,
): RightOperand => ({
  ...{ address, panel: depth * panelColumns * 4, step: panelColumns * 4, batch: 0, row: 0 },
});

/** How many different right operands there are. */
export const rightBatches = ({ right, batches }: ProductCall): number => (right.batch === 0 ? 1 : batches);

/** Packs all right operands of the call to an address. */
export const packRight = (engine: Engine, call: ProductCall, address: number): RightOperand => {
  const { right, rightTransposed, columns, depth } = call;
  const { panelColumns } = engine;
  const batches = rightBatches(call);
  const packed: RightOperand = {
    ...packedAt(engine, call, address),
    batch: right.batch === 0 ? 0 : packedBytes(engine, call),
  };
  const kernel = rightTransposed ? packRightColumnsKernel : packRightRowsKernel;

  /** `count` batches from `batch` on, of each the stored rows first to first + rows, which lie at `source`. */
  const pack = (
    source: { readonly address: number; readonly row: number; readonly batch: number },
    slab: { readonly batch: number; readonly count: number; readonly first: number; readonly rows: number },
  ): void => {
    const panels = Math.ceil((rightTransposed ? slab.rows : columns) / panelColumns);
    const chunksPerBatch = Math.min(panels, engine.threads === 1 ? 1 : 4 * engine.threads);
    const panelsPerChunk = Math.ceil(panels / chunksPerBatch);
    // Stored rows are columns of the product, some to a panel, or k-steps, a panel's width each.
    const into = rightTransposed ? (slab.first / panelColumns) * packed.panel : slab.first * packed.step;
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
    Math.max(panelColumns, Math.floor(limit / width / panelColumns) * panelColumns),
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

/** All right operands of the call as they came; copied to the stack if they lie elsewhere. */
export const rightAsItCame = (engine: Engine, call: ProductCall): RightOperand => {
  const { right, rightTransposed, columns, depth } = call;
  const { array, offset } = right;
  const [rows, width] = rightTransposed ? [columns, depth] : [depth, columns];
  const resident = residentAddress(engine, array);
  const row = 4 * (resident === undefined ? width : right.row);
  const lying = rightTransposed
    ? { panel: engine.panelColumns * row, step: 4, row }
    : { panel: engine.panelColumns * 4, step: row, row: 0 };
  if (resident !== undefined) return { ...lying, address: resident + 4 * offset, batch: 4 * right.batch };
  const batches = rightBatches(call);
  const address = engine.stack.allocate(4 * batches * rows * width);
  for (let batch = 0; batch < batches; batch++)
    copyIn(
      engine,
      { array, offset: offset + batch * right.batch, rows, row: right.row, width },
      address + 4 * batch * rows * width,
    );
  return { ...lying, address, batch: right.batch === 0 ? 0 : 4 * rows * width };
};
