// Several lines over one axis, each with its name at its end, told apart by colour and by dashes; a table of the numbers where they are
// few. For one line over steps see LineChart.

import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { createMemo, For, type JSX, Show } from 'solid-js';
import { elementWidth } from './elementWidth.ts';
import type { ChartPoint } from './LineChart.tsx';
import { MatrixTable } from './MatrixTable.tsx';
import { spreadLabels } from './spreadLabels.ts';

/** One line. */
export interface Series {
  /** Empty: the line has no name, and no end. */
  readonly name: string;
  readonly points: readonly ChartPoint[];
  readonly tone: 'attention' | 'query' | 'key' | 'value' | 'quiet';
  readonly dashed?: boolean;
  /** Whether the last value stands behind the name. Default true. */
  readonly valued?: boolean;
}

/** An axis. */
export interface CurveAxis {
  readonly title: string;
  readonly domain: readonly [number, number];
  readonly logarithmic?: boolean;
  /** Default: about four round ones. */
  readonly ticks?: readonly number[];
  readonly format: (value: number) => string;
}

/** What is drawn. */
export interface CurvesProps {
  /** What it is, for screen readers; the last values are added. */
  readonly label: string;
  readonly series: readonly Series[];
  readonly x: CurveAxis;
  readonly y: CurveAxis;
  /** Writes a value of y at the end of a line and in the table. Default: as the axis does. */
  readonly value?: (value: number) => string;
  readonly reference?:
    | {
        readonly value: number;
        readonly label: string /** Whether the label stands above its line. */;
        readonly above?: boolean;
      }
    | undefined;
  readonly height?: number;
  /** Room for the names at the right. Default 104. */
  readonly labelWidth?: number;
  /** Whether each number has a mark, and stands in a table. For few numbers. */
  readonly marked?: boolean;
  /** A place on the x axis at which the reader looks. */
  readonly at?: number | undefined;
}

const margin = { top: 12, bottom: 34, left: 44 };
/** Distance of two names: their size and a little air. */
const labelGap = 14;

const scaleOf = ({ domain, logarithmic }: CurveAxis, range: [number, number]) =>
  (logarithmic ? scaleLog() : scaleLinear())
    .domain([...domain])
    .range(range)
    .clamp(true);

/** The chart. */
export const Curves = (props: CurvesProps): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  const width = elementWidth(() => frame);
  const height = (): number => props.height ?? 212;
  const right = (): number => Math.max(margin.left + 1, width() - (props.labelWidth ?? 104));
  const x = createMemo(() => scaleOf(props.x, [margin.left, right()]));
  const y = createMemo(() => scaleOf(props.y, [height() - margin.bottom, margin.top]));
  const format = (value: number): string => (props.value ?? props.y.format)(value);
  /** Clamping needs numbers that a logarithm takes. */
  const place = (value: number): number => y()(props.y.logarithmic ? Math.max(value, 1e-300) : value);
  const path = (points: readonly ChartPoint[]): string =>
    line<ChartPoint>(
      (point) => x()(point.x),
      (point) => place(point.y),
    )([...points]) ?? '';
  const ends = createMemo(() => {
    const drawn = props.series.flatMap((series) => {
      const last = series.points.at(-1);
      return last === undefined || series.name === '' ? [] : [{ series, last }];
    });
    const places = spreadLabels(
      drawn.map(({ last }) => place(last.y)),
      { gap: labelGap, range: [margin.top, height() - margin.bottom] },
    );
    return drawn.map(({ series, last }, index) => ({
      ...{ series, last },
      text: series.valued === false ? series.name : `${series.name} ${format(last.y)}`,
      place: places[index] ?? 0,
    }));
  });
  const table = createMemo(() => {
    const columns = props.series[0]?.points.map((point) => props.x.format(point.x)) ?? [];
    return {
      columns,
      rows: props.series.map(({ name }) => name),
      values: Float32Array.from(
        props.series.flatMap(({ points }) => columns.map((_, index) => points[index]?.y ?? Number.NaN)),
      ),
    };
  });
  return (
    <div class="chart curves" ref={frame}>
      <svg
        width={width()}
        height={height()}
        role="img"
        aria-label={[props.label, ...ends().map(({ text }) => text)].join('; ')}
      >
        <For each={props.y.ticks ?? y().ticks(4)}>
          {(tick) => (
            <g>
              <line class="chart-grid" x1={margin.left} x2={right()} y1={place(tick)} y2={place(tick)} />
              <text
                class="chart-tick"
                x={margin.left - 8}
                y={place(tick)}
                text-anchor="end"
                dominant-baseline="central"
              >
                {props.y.format(tick)}
              </text>
            </g>
          )}
        </For>
        <For each={props.x.ticks ?? x().ticks(Math.max(2, Math.floor(right() / 110)))}>
          {(tick) => (
            <text class="chart-tick" x={x()(tick)} y={height() - margin.bottom + 16} text-anchor="middle">
              {props.x.format(tick)}
            </text>
          )}
        </For>
        <text class="chart-title" x={right()} y={height() - 4} text-anchor="end">
          {props.x.title}
        </text>
        <text class="chart-title" x={margin.left} y={height() - 4}>
          ↑ {props.y.title}
        </text>
        <Show when={props.reference}>
          {(reference) => (
            <g>
              <line
                class="chart-reference"
                x1={margin.left}
                x2={right()}
                y1={place(reference().value)}
                y2={place(reference().value)}
              />
              <text
                class="chart-note"
                x={right()}
                y={place(reference().value) + (reference().above === true ? -5 : 13)}
                text-anchor="end"
              >
                {reference().label}
              </text>
            </g>
          )}
        </Show>
        <Show when={props.at !== undefined}>
          <line
            class="chart-at"
            x1={x()(props.at ?? 0)}
            x2={x()(props.at ?? 0)}
            y1={margin.top}
            y2={height() - margin.bottom}
          />
        </Show>
        <For each={props.series}>
          {(series) => (
            <g class={`tone-${series.tone}`}>
              <path class="curve" classList={{ dashed: series.dashed === true }} d={path(series.points)} />
              <Show when={props.marked}>
                <For each={series.points}>
                  {(point) => <circle class="curve-mark" cx={x()(point.x)} cy={place(point.y)} r="3" />}
                </For>
              </Show>
            </g>
          )}
        </For>
        <For each={ends()}>
          {(end) => (
            <g class={`tone-${end.series.tone}`}>
              <circle class="curve-mark" cx={x()(end.last.x)} cy={place(end.last.y)} r="3" />
              <path
                class="curve-lead"
                d={`M${x()(end.last.x) + 4} ${place(end.last.y)}L${x()(end.last.x) + 10} ${end.place}`}
              />
              <text class="curve-name" x={x()(end.last.x) + 13} y={end.place} dominant-baseline="central">
                {end.text}
              </text>
            </g>
          )}
        </For>
      </svg>
      <Show when={props.marked && table().columns.length > 0}>
        <MatrixTable
          label={props.label}
          rows={table().rows}
          columns={table().columns}
          values={table().values}
          format={(value) => (Number.isNaN(value) ? '–' : format(value))}
        />
      </Show>
    </div>
  );
};
