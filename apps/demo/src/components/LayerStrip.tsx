// One row a layer, one column a step, colour for size on a logarithmic ramp: how gradients spread through a net while it learns.

import { createEffect, createMemo, For, type JSX } from 'solid-js';
import { theme } from '../state/preferences.ts';
import { rampOffset, rampTable } from './colorRamp.ts';

/** What is shown. */
export interface LayerStripProps {
  /** In words. */
  readonly label: string;
  /** Names of the rows, the last layer on top. */
  readonly names: readonly string[];
  /** A column a step: one size a row, in the order of the names. */
  readonly columns: readonly (readonly number[])[];
  /** Columns in the end. */
  readonly total: number;
  /** Sizes at the ends of the ramp. */
  readonly domain: readonly [number, number];
  readonly format: (value: number) => string;
}

/** Steps that share a column of pixels. */
const perColumn = 4;

/** The strip, with the newest sizes at its right. */
export const LayerStrip = (props: LayerStripProps): JSX.Element => {
  let canvas!: HTMLCanvasElement; // set by ref before effects run
  const share = (value: number): number => {
    const [low, high] = props.domain;
    return Math.log(Math.max(value, low) / low) / Math.log(high / low);
  };
  const last = createMemo(() => props.columns.at(-1));
  createEffect(() => {
    const table = rampTable(theme());
    const [rows, columns] = [props.names.length, Math.ceil(props.total / perColumn)];
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext('2d');
    if (context === null || rows === 0) return;
    const picture = context.createImageData(columns, rows);
    for (let column = 0; perColumn * column < props.columns.length; column++) {
      const sizes = props.columns[perColumn * column] ?? [];
      for (const [row, size] of sizes.entries()) {
        const from = rampOffset(share(size));
        picture.data.set(table.subarray(from, from + 4), 4 * (row * columns + column));
      }
    }
    context.putImageData(picture, 0, 0);
  });
  return (
    <div class="layer-strip" role="img" aria-label={props.label}>
      <div class="layer-names" aria-hidden="true">
        <For each={props.names}>{(name) => <span>{name}</span>}</For>
      </div>
      <canvas ref={canvas} />
      <div class="layer-values" aria-hidden="true">
        <For each={props.names}>
          {(_, row) => {
            const value = (): number | undefined => last()?.[row()];
            return <span>{value() === undefined ? '–' : props.format(value() as number)}</span>;
          }}
        </For>
      </div>
    </div>
  );
};
