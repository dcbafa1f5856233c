// A line over steps: axes with names, the last value written at its end, a dashed line for what pure guessing would give. Scales and
// shapes by d3; the elements are ours.

import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { createMemo, For, type JSX, Show } from 'solid-js';
import { elementWidth } from './elementWidth.ts';

/** A point. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
}

/** What is drawn. */
export interface LineChartProps {
  /** What it is, with its present value, for screen readers. */
  readonly label: string;
  readonly points: readonly ChartPoint[];
  readonly xTitle: string;
  readonly yTitle: string;
  readonly format: (value: number) => string;
  /** Ends of the y axis. */
  readonly domain: readonly [number, number];
  readonly logarithmic?: boolean;
  /** Values on the y axis. Default: about four round ones. */
  readonly ticks?: readonly number[];
  readonly reference?: { readonly value: number; readonly label: string } | undefined;
  readonly height?: number;
}

const margin = { top: 12, right: 52, bottom: 34, left: 44 };
/** More points than pixels only cost time. */
const mostPoints = 600;

const thinned = (points: readonly ChartPoint[]): readonly ChartPoint[] => {
  const every = Math.ceil(points.length / mostPoints);
  return every <= 1
    ? points
    : points.filter((_, index) => index % every === 0 || index === points.length - 1);
};

/** The chart. */
export const LineChart = (props: LineChartProps): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  const width = elementWidth(() => frame);
  const height = (): number => props.height ?? 212;
  const x = createMemo(() =>
    scaleLinear()
      .domain([0, Math.max(100, (props.points.at(-1)?.x ?? 0) * 1.02)])
      .range([margin.left, Math.max(margin.left + 1, width() - margin.right)]),
  );
  const y = createMemo(() =>
    (props.logarithmic ? scaleLog() : scaleLinear())
      .domain([...props.domain])
      .range([height() - margin.bottom, margin.top])
      .clamp(true),
  );
  const path = createMemo(
    () =>
      line<ChartPoint>(
        (point) => x()(point.x),
        (point) => y()(point.y),
      )([...thinned(props.points)]) ?? '',
  );
  const yTicks = createMemo(() => {
    return (props.ticks ?? y().ticks(4)).filter((tick) => tick >= props.domain[0] && tick <= props.domain[1]);
  });
  const last = createMemo(() => props.points.at(-1));
  return (
    <div class="chart" ref={frame}>
      <svg width={width()} height={height()} role="img" aria-label={props.label}>
        <For each={yTicks()}>
          {(tick) => (
            <g>
              <line
                class="chart-grid"
                x1={margin.left}
                x2={Math.max(margin.left, width() - margin.right)}
                y1={y()(tick)}
                y2={y()(tick)}
              />
              <text
                class="chart-tick"
                x={margin.left - 8}
                y={y()(tick)}
                text-anchor="end"
                dominant-baseline="central"
              >
                {props.ticks === undefined ? props.format(tick) : String(tick)}
              </text>
            </g>
          )}
        </For>
        <For each={x().ticks(Math.max(2, Math.floor(width() / 110)))}>
          {(tick) => (
            <text class="chart-tick" x={x()(tick)} y={height() - margin.bottom + 16} text-anchor="middle">
              {tick}
            </text>
          )}
        </For>
        <text
          class="chart-title"
          x={Math.max(margin.left, width() - margin.right)}
          y={height() - 4}
          text-anchor="end"
        >
          {props.xTitle}
        </text>
        <text class="chart-title" x={margin.left} y={height() - 4}>
          ↑ {props.yTitle}
        </text>
        <Show when={props.reference}>
          {(reference) => (
            <g>
              <line
                class="chart-reference"
                x1={margin.left}
                x2={Math.max(margin.left, width() - margin.right)}
                y1={y()(reference().value)}
                y2={y()(reference().value)}
              />
              <text
                class="chart-note"
                x={Math.max(margin.left, width() - margin.right)}
                y={y()(reference().value) - 5}
                text-anchor="end"
              >
                {reference().label}
              </text>
            </g>
          )}
        </Show>
        <path class="chart-line" d={path()} />
        <Show when={last()}>
          {(point) => (
            <g>
              <circle class="chart-end" cx={x()(point().x)} cy={y()(point().y)} r="3.5" />
              <text class="chart-value" x={x()(point().x) + 8} y={y()(point().y)} dominant-baseline="central">
                {props.format(point().y)}
              </text>
            </g>
          )}
        </Show>
      </svg>
    </div>
  );
};
