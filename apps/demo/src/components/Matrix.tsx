// A matrix that can be read: crisp cells, tokens on the axes, the value under the pointer or the keyboard's cursor, and the same numbers as
// a table. Used for weights, similarities and whatever else has rows and columns.

import { createEffect, createMemo, createSignal, createUniqueId, type JSX, Show } from 'solid-js';
import { texts } from '../i18n/texts.ts';
import { theme } from '../state/preferences.ts';
import { CopyMenu } from './CopyMenu.tsx';
import { elementWidth } from './elementWidth.ts';
import { MatrixTable } from './MatrixTable.tsx';
import { type Cell, cellAt, cellBeside, type MatrixGeometry, matrixGeometry } from './matrixGeometry.ts';
import { paintMatrix, widestLabel } from './paintMatrix.ts';
import { RampLegend } from './RampLegend.tsx';

/** What a matrix shows and tells. */
export interface MatrixProps {
  /** What it is, for screen readers and file names. */
  readonly label: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** [rows, columns] */
  readonly values: Float32Array;
  /** Values at the ends of the ramp. Default [0, 1]. */
  readonly domain?: readonly [number, number];
  /** Names of the two axes: rows are the query, columns the key. */
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly format: (value: number) => string;
  /** One sentence about a cell. */
  readonly describe: (cell: Cell, value: number) => string;
  /** A cell marked from outside, as by a token under the pointer; the reader's own cursor comes first. */
  readonly marked?: Cell | undefined;
  readonly onMark?: (cell: Cell | undefined) => void;
  /** Click, Enter or Space on a cell. */
  readonly onPick?: (cell: Cell) => void;
  /** Largest side of a cell, CSS pixels. */
  readonly mostCell?: number;
  /** Smallest side: where it does not fit, the frame scrolls. */
  readonly leastCell?: number;
  /** Largest share of the width that row labels get. */
  readonly labelShare?: number;
  /** Whether the ramp stands below with the numbers at its ends. Default true. */
  readonly legend?: boolean;
}

const sameCell = (a: Cell | undefined, b: Cell | undefined): boolean =>
  a?.row === b?.row && a?.column === b?.column;

/** The matrix. */
export const Matrix = (props: MatrixProps): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  let canvas!: HTMLCanvasElement;
  const id = createUniqueId();
  const width = elementWidth(() => frame);
  const [cursor, setCursor] = createSignal<Cell | undefined>(undefined, { equals: sameCell });
  const size = createMemo(() => ({ rows: props.rows.length, columns: props.columns.length }));
  const marked = createMemo(() => {
    const cell = cursor() ?? props.marked;
    return cell !== undefined && cell.row < size().rows && cell.column < size().columns ? cell : undefined;
  });
  const geometry = createMemo<MatrixGeometry | undefined>(() =>
    width() === 0
      ? undefined
      : matrixGeometry({
          ...size(),
          width: width(),
          rowLabel: widestLabel(canvas, props.rows),
          columnLabel: widestLabel(canvas, props.columns),
          ...(props.mostCell !== undefined && { most: props.mostCell }),
          ...(props.leastCell !== undefined && { least: props.leastCell }),
          ...(props.labelShare !== undefined && { labelShare: props.labelShare }),
        }),
  );
  const valueAt = (cell: Cell): number => props.values[cell.row * size().columns + cell.column] ?? 0;
  const mark = (cell: Cell | undefined): void => {
    if (sameCell(cell, cursor())) return;
    setCursor(cell);
    props.onMark?.(cell);
  };
  createEffect(() => {
    const place = geometry();
    if (place === undefined) return;
    const domain = props.domain ?? ([0, 1] as const);
    const { rows, columns, values } = props;
    paintMatrix(canvas, {
      ...{ rows, columns, values, domain },
      geometry: place,
      theme: theme(),
      marked: marked(),
    });
  });
  const cellUnder = (event: MouseEvent): Cell | undefined => {
    const box = canvas.getBoundingClientRect();
    const place = geometry();
    return place && cellAt(place, { x: event.clientX - box.left, y: event.clientY - box.top }, size());
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const cell = marked() ?? { row: 0, column: 0 };
    if (event.key === 'Enter' || event.key === ' ') props.onPick?.(cell);
    else if (event.key === 'Escape') mark(undefined);
    else {
      const next =
        marked() === undefined && event.key.startsWith('Arrow') ? cell : cellBeside(cell, event.key, size());
      if (next === undefined) return;
      mark(next);
    }
    event.preventDefault();
  };
  return (
    <div class="matrix">
      <div class="matrix-frame" ref={frame} tabindex="-1">
        {/* biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: arrow keys walk through the cells, which is what the role announces */}
        <canvas
          ref={canvas}
          class="matrix-canvas"
          style={{ width: `${geometry()?.width ?? 0}px`, height: `${geometry()?.height ?? 0}px` }}
          role="application"
          aria-label={props.label}
          aria-roledescription={texts().matrix.role}
          aria-describedby={id}
          tabindex="0"
          onPointerMove={(event) => event.pointerType !== 'touch' && mark(cellUnder(event))}
          onPointerLeave={(event) => event.pointerType !== 'touch' && mark(undefined)}
          onClick={(event) => {
            const cell = cellUnder(event);
            mark(cell);
            if (cell !== undefined) props.onPick?.(cell);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => mark(undefined)}
        />
      </div>
      <div class="matrix-foot">
        <p class="readout" aria-live="polite">
          <Show
            when={marked()}
            fallback={
              <span class="axes">
                <span class="axis-query">{props.rowTitle}</span> ↓{' '}
                <span class="axis-key">{props.columnTitle}</span> →
              </span>
            }
          >
            {(cell) => <>{props.describe(cell(), valueAt(cell()))}</>}
          </Show>
        </p>
        <Show when={props.legend !== false}>
          <RampLegend domain={props.domain ?? [0, 1]} format={props.format} />
        </Show>
      </div>
      <p id={id} class="visually-hidden">
        {texts().matrix.keys}
      </p>
      <div class="matrix-tools">
        <MatrixTable {...props} />
        <CopyMenu
          name={props.label}
          canvas={() => canvas}
          json={() => ({ rows: props.rows, columns: props.columns, values: Array.from(props.values) })}
        />
      </div>
    </div>
  );
};
