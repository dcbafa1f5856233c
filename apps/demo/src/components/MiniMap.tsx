// A map in thumbnail: one pixel a weight, enlarged without blur. Its numbers are told elsewhere.

import { createEffect, type JSX } from 'solid-js';
import { theme } from '../state/preferences.ts';
import { rampOffset, rampTable } from './colorRamp.ts';

/** Weights of rows × columns. */
export interface MiniMapProps {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The thumbnail. */
export const MiniMap = (props: MiniMapProps): JSX.Element => {
  let canvas!: HTMLCanvasElement; // set by ref before the first effect
  createEffect(() => {
    const { values, rows, columns } = props;
    const context = canvas.getContext('2d');
    if (context === null || rows === 0 || columns === 0 || values.length < rows * columns) return;
    canvas.width = columns;
    canvas.height = rows;
    const image = context.createImageData(columns, rows);
    const table = rampTable(theme());
    for (let i = 0; i < rows * columns; i++) {
      const at = rampOffset(values[i] as number); // i < rows × columns ≤ length
      image.data.set(table.subarray(at, at + 4), 4 * i);
    }
    context.putImageData(image, 0, 0);
  });
  return <canvas ref={canvas} class="mini-map" width="1" height="1" />;
};
