// Paints a matrix on a canvas: one rectangle a cell on whole device pixels, labels that are the tokens, the marked cell's row and column.

import type { Theme } from '../state/preferences.ts';
import { rampColor, rampOffset, rampTable } from './colorRamp.ts';
import type { Cell, MatrixGeometry } from './matrixGeometry.ts';

/** All that a painting shows. */
export interface MatrixPicture {
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [rows, columns] */
  readonly values: Float32Array;
  /** Values that get the ends of the ramp. */
  readonly domain: readonly [number, number];
  readonly geometry: MatrixGeometry;
  readonly theme: Theme;
  readonly marked: Cell | undefined;
}

interface Ink {
  readonly text: string;
  readonly faint: string;
  readonly line: string;
  readonly row: string;
  readonly column: string;
  readonly font: string;
}

const inkOf = (canvas: HTMLCanvasElement): Ink => {
  const style = getComputedStyle(canvas);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: value('--ink-2'),
    faint: value('--ink-3'),
    line: value('--line'),
    row: value('--query'),
    column: value('--key'),
    font: style.fontFamily,
  };
};

/** A label cut with '…' to a width. */
const fitted = (context: CanvasRenderingContext2D, text: string, width: number): string => {
  if (context.measureText(text).width <= width) return text;
  let length = text.length;
  while (length > 0 && context.measureText(`${text.slice(0, length)}…`).width > width) length -= 1;
  return `${text.slice(0, length)}…`;
};

const paintLabels = (
  context: CanvasRenderingContext2D,
  { rows, columns, geometry, marked }: MatrixPicture,
  ink: Ink,
): void => {
  const { cell, left, top, every } = geometry;
  context.textBaseline = 'middle';
  const font = (bold: boolean): string =>
    `${bold ? 600 : 400} ${Math.max(10, Math.min(13, cell + 2))}px ${ink.font}`;
  context.textAlign = 'right';
  for (const [index, label] of rows.entries()) {
    const own = index === marked?.row;
    if (!own && (index % every !== 0 || (marked !== undefined && Math.abs(index - marked.row) < every)))
      continue;
    context.font = font(own);
    context.fillStyle = own ? ink.row : ink.text;
    context.fillText(fitted(context, label, left - 8), left - 7, top + (index + 0.5) * cell);
  }
  context.textAlign = 'left';
  for (const [index, label] of columns.entries()) {
    const own = index === marked?.column;
    if (!own && (index % every !== 0 || (marked !== undefined && Math.abs(index - marked.column) < every)))
      continue;
    context.save();
    context.translate(left + (index + 0.5) * cell, top - 7);
    context.rotate(-Math.PI / 2);
    context.font = font(own);
    context.fillStyle = own ? ink.column : ink.text;
    context.fillText(fitted(context, label, top - 8), 0, 0);
    context.restore();
  }
};

const paintMark = (
  context: CanvasRenderingContext2D,
  { rows, columns, geometry, marked }: MatrixPicture,
  ink: Ink,
): void => {
  if (marked === undefined) return;
  const { cell, left, top } = geometry;
  context.lineWidth = 1.5;
  context.strokeStyle = ink.row;
  context.strokeRect(left - 0.5, top + marked.row * cell - 0.5, columns.length * cell + 1, cell + 1);
  context.strokeStyle = ink.column;
  context.strokeRect(left + marked.column * cell - 0.5, top - 0.5, cell + 1, rows.length * cell + 1);
};

/** Width of the widest of the labels in the canvas's font, CSS pixels. */
export const widestLabel = (canvas: HTMLCanvasElement, labels: readonly string[]): number => {
  const context = canvas.getContext('2d');
  if (context === null) return 0;
  context.font = `600 13px ${getComputedStyle(canvas).fontFamily}`;
  return labels.reduce((most, label) => Math.max(most, context.measureText(label).width), 0);
};

/** One rectangle a cell on whole device pixels, with a hair of paper between. */
const paintCells = (
  context: CanvasRenderingContext2D,
  { rows, columns, values, domain: [low, high], geometry, theme }: MatrixPicture,
  scale: number,
): void => {
  const { cell, left, top } = geometry;
  const edge = (place: number): number => Math.round(place * scale);
  const space = Math.max(1, Math.round(scale));
  for (let row = 0; row < rows.length; row++)
    for (let column = 0; column < columns.length; column++) {
      const value = values[row * columns.length + column] as number; // inside rows × columns
      context.fillStyle = rampColor(theme, (value - low) / (high - low || 1));
      const [x, y] = [edge(left + column * cell), edge(top + row * cell)];
      context.fillRect(
        x,
        y,
        edge(left + (column + 1) * cell) - x - space,
        edge(top + (row + 1) * cell) - y - space,
      );
    }
};

/** One pixel a cell, enlarged without blur: for cells too small to have paper between, of which there are many. */
const paintPixels = (
  context: CanvasRenderingContext2D,
  { rows, columns, values, domain: [low, high], geometry, theme }: MatrixPicture,
  scale: number,
): void => {
  if (rows.length === 0 || columns.length === 0) return;
  const image = new ImageData(columns.length, rows.length);
  const table = rampTable(theme);
  for (let i = 0; i < rows.length * columns.length; i++) {
    const at = rampOffset(((values[i] as number) - low) / (high - low || 1)); // inside rows × columns
    image.data.set(table.subarray(at, at + 4), 4 * i);
  }
  const small = new OffscreenCanvas(columns.length, rows.length);
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  const { cell, left, top } = geometry;
  const [x, y] = [Math.round(left * scale), Math.round(top * scale)];
  context.drawImage(small, x, y, columns.length * cell * scale, rows.length * cell * scale);
};

/** Cells from this side on have paper between them. */
const spaced = 10;

/** Paints the whole picture anew. */
export const paintMatrix = (canvas: HTMLCanvasElement, picture: MatrixPicture): void => {
  const { width, height, cell } = picture.geometry;
  const context = canvas.getContext('2d');
  if (context === null) return;
  const scale = Math.max(1, devicePixelRatio);
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  (cell >= spaced ? paintCells : paintPixels)(context, picture, scale);
  context.setTransform(scale, 0, 0, scale, 0, 0);
  const ink = inkOf(canvas);
  paintLabels(context, picture, ink);
  paintMark(context, picture, ink);
};
