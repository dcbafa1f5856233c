// Where the cells and labels of a matrix lie, in CSS pixels. Pure arithmetic; painting is in paintMatrix.ts.

/** Sizes to fit a matrix into. */
export interface MatrixSpace {
  readonly rows: number;
  readonly columns: number;
  /** Width that is there. */
  readonly width: number;
  /** Width of the widest row label, and of the widest column label (which stands upright). */
  readonly rowLabel: number;
  readonly columnLabel: number;
  /** Largest side of a cell. Default 34. */
  readonly most?: number;
  /** Smallest side of a cell: where more are needed, the frame scrolls. Default 4. */
  readonly least?: number;
  /** Largest share of the width that row labels get. Default 0.3. */
  readonly labelShare?: number;
}

/** A matrix, laid out. */
export interface MatrixGeometry {
  /** Side of a cell: whole pixels, so that edges are crisp. */
  readonly cell: number;
  /** Where the cells begin. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Every how many cells a label is written. */
  readonly every: number;
}

/** A cell. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

const gap = 8;
const lineHeight = 14;

/** Lays a matrix out; it may be wider than the space where there are very many columns (its frame then scrolls). */
export const matrixGeometry = ({
  rows,
  columns,
  width,
  rowLabel,
  columnLabel,
  most = 34,
  least = 4,
  labelShare = 0.3,
}: MatrixSpace): MatrixGeometry => {
  const left = Math.ceil(Math.min(rowLabel, width * labelShare)) + gap;
  const top = Math.ceil(Math.min(columnLabel, 120)) + gap;
  const cell = Math.max(least, Math.min(most, Math.floor((width - left - 1) / Math.max(1, columns))));
  return {
    ...{ cell, left, top },
    width: left + cell * columns + 1,
    height: top + cell * rows + 1,
    every: Math.max(1, Math.ceil(lineHeight / cell)),
  };
};

/** The cell under a point, or undefined outside. */
export const cellAt = (
  { cell, left, top }: MatrixGeometry,
  point: { readonly x: number; readonly y: number },
  size: { readonly rows: number; readonly columns: number },
): Cell | undefined => {
  const row = Math.floor((point.y - top) / cell);
  const column = Math.floor((point.x - left) / cell);
  return row >= 0 && row < size.rows && column >= 0 && column < size.columns ? { row, column } : undefined;
};

/** The neighbour of a cell in the direction of an arrow key; undefined for other keys. */
export const cellBeside = (
  { row, column }: Cell,
  key: string,
  size: { readonly rows: number; readonly columns: number },
): Cell | undefined => {
  const clamp = (value: number, end: number): number => Math.max(0, Math.min(end - 1, value));
  switch (key) {
    case 'ArrowUp':
      return { row: clamp(row - 1, size.rows), column };
    case 'ArrowDown':
      return { row: clamp(row + 1, size.rows), column };
    case 'ArrowLeft':
      return { row, column: clamp(column - 1, size.columns) };
    case 'ArrowRight':
      return { row, column: clamp(column + 1, size.columns) };
    case 'Home':
      return { row, column: 0 };
    case 'End':
      return { row, column: clamp(size.columns, size.columns) };
    default:
      return undefined;
  }
};
