// A block of numbers as squares of one colour, pale where low and dark where high: part of a larger SVG picture. For a matrix of its own see Matrix.

import { createMemo, Index, type JSX } from 'solid-js';

/** What is drawn, and where. */
export interface CellsProps {
  /** [rows, columns] */
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  /** Values of the palest and the darkest square; what lies beyond is clipped, what is not finite is left out. */
  readonly domain: readonly [number, number];
  readonly tone: 'attention' | 'query' | 'key' | 'value' | 'quiet';
  readonly x: number;
  readonly y: number;
  /** Side of a square. */
  readonly cell: number;
  /** Whether rows become columns. */
  readonly turned?: boolean;
}

const palest = 0.07;

/** Side of the square that is drawn in a cell: a hair less, where there is room. */
export const cellSide = (cell: number): number => cell - (cell >= 7 ? 1 : 0);

/** The squares. */
export const Cells = (props: CellsProps): JSX.Element => {
  const opacity = (value: number): number => {
    if (!Number.isFinite(value)) return 0;
    const [low, high] = props.domain;
    const share = Math.max(0, Math.min(1, (value - low) / (high - low || 1)));
    return palest + (1 - palest) * share;
  };
  const values = createMemo(() => Array.from(props.values.subarray(0, props.rows * props.columns)));
  return (
    <g class={`cells tone-${props.tone}`}>
      <Index each={values()}>
        {(value, index) => {
          const row = (): number => Math.floor(index / props.columns);
          const column = (): number => index % props.columns;
          return (
            <rect
              x={props.x + props.cell * (props.turned === true ? row() : column())}
              y={props.y + props.cell * (props.turned === true ? column() : row())}
              width={cellSide(props.cell)}
              height={cellSide(props.cell)}
              opacity={opacity(value()).toFixed(3)}
            />
          );
        }}
      </Index>
    </g>
  );
};
