// The graph of operations: boxes with value and gradient, lines with what is passed back. Lies on a wide screen, stands on a narrow one.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { elementWidth } from '../../components/elementWidth.ts';
import { fixed } from '../../components/formatNumber.ts';
import { type GraphPlace, graphLayout } from '../../components/graphLayout.ts';
import type { Operating } from '../../experiments/expressions.ts';
import { texts } from '../../i18n/texts.ts';
import { graphState } from './graphState.ts';

const box = { width: 96, height: 68 };
const margin = 8;
/** Distance of two lanes in the lying and in the standing picture. */
const laneStep = { lying: 104, standing: 128 };
/** Distance of two levels in the standing picture. */
const levelStep = 112;
/** Narrower than this the picture stands. */
const narrow = 620;

const formulaOf = ({ name, operation, inputs }: Operating): string => {
  const [a = '', b = ''] = inputs;
  switch (operation) {
    case 'add':
      return `${name} = ${a} + ${b}`;
    case 'sub':
      return `${name} = ${a} − ${b}`;
    case 'mul':
      return b === '−1' ? `${name} = −${a}` : `${name} = ${a}·${b}`;
    case 'square':
      return `${name} = ${a}²`;
    case 'exp':
      return `${name} = e^${a}`;
    case 'sigmoid':
      return `${name} = σ(${a})`;
    case 'tanh':
    case 'relu':
    case 'log':
      return `${name} = ${operation}(${a})`;
    default:
      return operation satisfies never;
  }
};

/** The picture. */
export const GraphPicture = (): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  const width = elementWidth(() => frame);
  const layout = createMemo(() => graphLayout(graphState.expression()));
  const standing = (): boolean => width() < narrow;
  const size = createMemo(() => {
    const { levels, lanes } = layout();
    return standing()
      ? { width: width(), height: (levels - 1) * levelStep + box.height + 2 * margin }
      : { width: width(), height: (lanes - 1) * laneStep.lying + box.height + 2 * margin };
  });
  const center = ({ level, lane }: GraphPlace): { x: number; y: number } => {
    const { levels, lanes } = layout();
    if (standing()) {
      const step = Math.min(laneStep.standing, (width() - box.width) / Math.max(1, lanes - 1));
      return {
        x: (width() - step * (lanes - 1)) / 2 + lane * step,
        y: margin + box.height / 2 + level * levelStep,
      };
    }
    const step = (width() - box.width - 2 * margin) / Math.max(1, levels - 1);
    return {
      x: margin + box.width / 2 + level * step,
      y: margin + box.height / 2 + lane * laneStep.lying,
    };
  };
  const operations = () => graphState.expression().operations;
  const forwards = (): number => Math.min(graphState.shown(), operations().length);
  const passed = createMemo(
    () => graphState.graph()?.passed.slice(0, Math.max(0, graphState.shown() - operations().length)) ?? [],
  );
  const partOf = (from: string, to: string): number | undefined =>
    passed().find((part) => part.from === from && part.to === to)?.gradient;
  const gradientOf = (name: string): number | undefined => {
    const parts = passed().filter(({ to }) => to === name);
    if (parts.length > 0) return parts.reduce((sum, { gradient }) => sum + gradient, 0);
    return name === operations().at(-1)?.name && graphState.shown() > operations().length ? 1 : undefined;
  };
  const boxes = createMemo(() => [
    ...graphState.expression().leaves.map(({ name, trained }) => ({
      ...{ name, text: name },
      kind: trained ? 'trained' : 'given',
      order: -1,
    })),
    ...operations().map((one, order) => ({
      name: one.name,
      text: formulaOf(one),
      kind: 'operation',
      order,
    })),
  ]);
  const edges = createMemo(() =>
    operations().flatMap(({ name, inputs }) =>
      inputs.flatMap((input) => {
        const [from, to] = [layout().places.get(input), layout().places.get(name)];
        return from === undefined || to === undefined ? [] : [{ input, name, from, to }];
      }),
    ),
  );
  /** From the rim of one box to the rim of the next. */
  const ends = (from: GraphPlace, to: GraphPlace) => {
    const [a, b] = [center(from), center(to)];
    return standing()
      ? { x1: a.x, y1: a.y + box.height / 2, x2: b.x, y2: b.y - box.height / 2 }
      : { x1: a.x + box.width / 2, y1: a.y, x2: b.x - box.width / 2, y2: b.y };
  };
  const loss = (): string => fixed(graphState.graph()?.values[operations().at(-1)?.name ?? ''] ?? 0);
  return (
    <div class="graph-frame" ref={frame}>
      <svg
        class="graph"
        width={size().width}
        height={size().height}
        role="img"
        aria-label={texts().gradients.graph.label(loss())}
      >
        <For each={edges()}>
          {(edge) => {
            const line = () => ends(edge.from, edge.to);
            const part = () => partOf(edge.name, edge.input);
            return (
              <g classList={{ 'graph-edge': true, passed: part() !== undefined }}>
                <line {...line()} />
                <Show when={part() !== undefined}>
                  <text
                    x={(line().x1 + line().x2) / 2}
                    y={(line().y1 + line().y2) / 2}
                    text-anchor="middle"
                    dominant-baseline="central"
                  >
                    {fixed(part() ?? 0)}
                  </text>
                </Show>
              </g>
            );
          }}
        </For>
        <For each={boxes()}>
          {(one) => {
            const place = () => center(layout().places.get(one.name) ?? { name: '', level: 0, lane: 0 });
            const known = (): boolean => one.order < forwards();
            const value = () => graphState.graph()?.values[one.name];
            const gradient = () => gradientOf(one.name);
            return (
              <g
                class={`graph-box ${one.kind}`}
                classList={{ newest: one.order === graphState.shown() - 1 }}
                transform={`translate(${place().x - box.width / 2} ${place().y - box.height / 2})`}
              >
                <rect width={box.width} height={box.height} rx="8" />
                <text class="graph-name" x={box.width / 2} y={18} text-anchor="middle">
                  {one.text}
                </text>
                <text class="graph-value" x={box.width / 2} y={38} text-anchor="middle">
                  {known() && value() !== undefined ? fixed(value() ?? 0) : '–'}
                </text>
                <text class="graph-gradient" x={box.width / 2} y={57} text-anchor="middle">
                  {gradient() === undefined ? '' : `∂ ${fixed(gradient() ?? 0)}`}
                </text>
              </g>
            );
          }}
        </For>
      </svg>
    </div>
  );
};
