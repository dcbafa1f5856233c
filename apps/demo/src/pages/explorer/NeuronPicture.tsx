// The neuron view: the query above, below it a row a key with its vector, the products, the dot product, the scaled score and the weight.

import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, Show } from 'solid-js';
import { barBand, largestSize } from '../../components/barBand.ts';
import { CopyMenu } from '../../components/CopyMenu.tsx';
import { elementWidth } from '../../components/elementWidth.ts';
import { fixed, percent } from '../../components/formatNumber.ts';
import { MatrixTable } from '../../components/MatrixTable.tsx';
import { cellBeside } from '../../components/matrixGeometry.ts';
import type { NeuronView } from '../../experiments/neuronView.ts';
import { texts } from '../../i18n/texts.ts';

/** What is drawn. */
export interface NeuronPictureProps {
  readonly view: NeuronView;
  readonly tokens: readonly string[];
  readonly query: number;
  /** The chosen key. */
  readonly chosen: number;
  /** Dimensions as they stand from left to right. */
  readonly order: readonly number[];
  readonly onChoose: (key: number) => void;
}

const row = 30;
const narrow = 640;
const top = 64; // titles and the query
const titleLine = 14;
const queryMiddle = 42;

interface Columns {
  readonly label: number;
  /** Left ends of the bands of keys and of products; no band of keys where there is no room. */
  readonly keys: number | undefined;
  readonly products: number;
  readonly band: number;
  /** Right ends of the numbers, and the left end of the bar of weights. */
  readonly dot: number | undefined;
  readonly scaled: number | undefined;
  readonly weight: number;
}

const columnsOf = (width: number): Columns => {
  if (width < narrow) {
    const label = 84;
    return {
      ...{ label, keys: undefined, products: label, band: Math.max(40, width - label - 64) },
      ...{ dot: undefined, scaled: undefined, weight: width - 56 },
    };
  }
  const label = 112;
  const band = (width - label - 18 - 224) / 2;
  const numbers = label + 18 + 2 * band;
  return {
    ...{ label, keys: label, products: label + band + 18, band },
    ...{ dot: numbers + 60, scaled: numbers + 118, weight: numbers + 130 },
  };
};

/** The picture. */
export const NeuronPicture = (props: NeuronPictureProps): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  let svg!: SVGSVGElement;
  const id = createUniqueId();
  const words = () => texts().explorer.neuron;
  const width = elementWidth(() => frame);
  const columns = createMemo(() => columnsOf(width()));
  const depth = (): number => props.view.query.length;
  const step = (): number => columns().band / Math.max(1, depth());
  const [cursor, setCursor] = createSignal<{ readonly row: number; readonly column: number }>();
  const height = (): number => top + row * props.tokens.length + 4;
  const middle = (key: number): number => top + (key + 0.5) * row;
  createEffect(() => {
    const at = middle(props.chosen);
    const { scrollTop, clientHeight } = frame;
    if (at < scrollTop + top || at > scrollTop + clientHeight - row) frame.scrollTop = at - clientHeight / 2;
  });
  const keyScale = createMemo(() => (0.46 * row) / largestSize(props.view.keys));
  const productScale = createMemo(() => (0.46 * row) / largestSize(props.view.products));
  const queryScale = createMemo(() => 17 / largestSize([props.view.query]));
  const band = (left: number, at: number, scale: number) => ({ left, step: step(), middle: at, scale });
  const number = (value: number): string => fixed(value, Math.abs(value) < 9.95 ? 2 : 1);
  const sentence = (): string => {
    const at = cursor();
    const token = (key: number): string => props.tokens[key] ?? '';
    const dimension = at === undefined ? undefined : props.order[at.column];
    if (at === undefined || dimension === undefined)
      return words().rowRead(
        token(props.chosen),
        number(props.view.dots[props.chosen] ?? 0),
        number(props.view.scores[props.chosen] ?? 0),
        percent(props.view.weights[props.chosen] ?? 0),
      );
    return words().read(
      dimension,
      token(at.row),
      number(props.view.query[dimension] ?? 0),
      number(props.view.keys[at.row]?.[dimension] ?? 0),
      number(props.view.products[at.row]?.[dimension] ?? 0),
    );
  };
  const cellUnder = (event: MouseEvent): { row: number; column: number } | undefined => {
    const box = svg.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    const key = Math.floor((y - top) / row);
    if (key < 0 || key >= props.tokens.length) return undefined;
    const { keys, products, band: wide } = columns();
    const left = keys !== undefined && x < products ? keys : products;
    return { row: key, column: x < left || x >= left + wide ? -1 : Math.floor((x - left) / step()) };
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = cursor() ?? { row: props.chosen, column: 0 };
    const size = { rows: props.tokens.length, columns: depth() };
    if (event.key === 'Escape') setCursor(undefined);
    else if (event.key === 'Enter' || event.key === ' ') props.onChoose(at.row);
    else {
      const next =
        cursor() === undefined && event.key.startsWith('Arrow') ? at : cellBeside(at, event.key, size);
      if (next === undefined) return;
      setCursor(next);
    }
    event.preventDefault();
  };
  const fitted = (token: string): string => {
    const most = Math.floor((columns().label - 12) / 7.5);
    return token.length > most ? `${token.slice(0, most - 1)}…` : token;
  };
  return (
    <div class="neuron">
      <div class="neuron-frame" ref={frame} tabindex="-1">
        <svg
          ref={svg}
          width={width()}
          height={height()}
          role="application"
          aria-label={words().label(props.tokens[props.query] ?? '', props.tokens[props.chosen] ?? '')}
          aria-describedby={id}
          tabindex="0"
          onPointerMove={(event) => event.pointerType !== 'touch' && setCursor(cellUnder(event))}
          onPointerLeave={() => setCursor(undefined)}
          onClick={(event) => {
            const cell = cellUnder(event);
            setCursor(cell);
            if (cell !== undefined) props.onChoose(cell.row);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => setCursor(undefined)}
        >
          <Show when={columns().keys}>
            {(left) => (
              <>
                <text class="neuron-title key" x={left()} y={titleLine}>
                  {words().key}
                </text>
                <path
                  class="band query"
                  style={{ 'stroke-width': `${Math.max(0.8, 0.7 * step())}` }}
                  d={barBand(props.view.query, props.order, band(left(), queryMiddle, queryScale()))}
                />
              </>
            )}
          </Show>
          <text class="neuron-title product" x={columns().products} y={titleLine}>
            {words().product}
          </text>
          <Show when={columns().keys === undefined}>
            <path
              class="band query"
              style={{ 'stroke-width': `${Math.max(0.8, 0.7 * step())}` }}
              d={barBand(props.view.query, props.order, band(columns().products, queryMiddle, queryScale()))}
            />
          </Show>
          <text
            class="neuron-title query"
            x={columns().label - 8}
            y={queryMiddle}
            style={{ 'text-anchor': 'end' }}
          >
            q
          </text>
          <Show when={columns().dot}>
            {(x) => (
              <text class="neuron-title" x={x()} y={titleLine} style={{ 'text-anchor': 'end' }}>
                {words().dot}
              </text>
            )}
          </Show>
          <Show when={columns().scaled}>
            {(x) => (
              <text class="neuron-title" x={x()} y={titleLine} style={{ 'text-anchor': 'end' }}>
                {words().scaled(depth())}
              </text>
            )}
          </Show>
          <text class="neuron-title" x={columns().weight} y={titleLine}>
            {words().weight}
          </text>
          <rect
            class="neuron-chosen"
            x="0"
            y={middle(props.chosen) - row / 2}
            width={width()}
            height={row}
            rx="4"
          />
          <Show when={cursor()}>
            {(at) => (
              <>
                <rect
                  class="neuron-cursor"
                  x="0"
                  y={middle(at().row) - row / 2}
                  width={width()}
                  height={row}
                  rx="4"
                />
                <For each={at().column < 0 ? [] : [columns().keys, columns().products]}>
                  {(left) => (
                    <Show when={left}>
                      {(x) => (
                        <rect
                          class="neuron-column"
                          x={x() + at().column * step()}
                          y={queryMiddle - 18}
                          width={step()}
                          height={height() - queryMiddle + 14}
                        />
                      )}
                    </Show>
                  )}
                </For>
              </>
            )}
          </Show>
          <For each={props.tokens}>
            {(token, key) => (
              <g class="neuron-row" classList={{ chosen: key() === props.chosen }}>
                <text x={columns().label - 8} y={middle(key())} style={{ 'text-anchor': 'end' }}>
                  {fitted(token)}
                </text>
                <Show when={columns().keys}>
                  {(left) => (
                    <path
                      class="band key"
                      style={{ 'stroke-width': `${Math.max(0.8, 0.7 * step())}` }}
                      d={barBand(
                        props.view.keys[key()] ?? new Float32Array(0),
                        props.order,
                        band(left(), middle(key()), keyScale()),
                      )}
                    />
                  )}
                </Show>
                <For each={[1, -1] as const}>
                  {(sign) => (
                    <path
                      class={`band ${sign === 1 ? 'plus' : 'minus'}`}
                      style={{ 'stroke-width': `${Math.max(0.8, 0.7 * step())}` }}
                      d={barBand(props.view.products[key()] ?? new Float32Array(0), props.order, {
                        ...band(columns().products, middle(key()), productScale()),
                        sign,
                      })}
                    />
                  )}
                </For>
                <Show when={columns().dot}>
                  {(x) => (
                    <text class="number" x={x()} y={middle(key())} style={{ 'text-anchor': 'end' }}>
                      {number(props.view.dots[key()] ?? 0)}
                    </text>
                  )}
                </Show>
                <Show when={columns().scaled}>
                  {(x) => (
                    <text class="number" x={x()} y={middle(key())} style={{ 'text-anchor': 'end' }}>
                      {number(props.view.scores[key()] ?? 0)}
                    </text>
                  )}
                </Show>
                <rect
                  class="neuron-weight"
                  x={columns().weight}
                  y={middle(key()) + 6}
                  width={(width() - columns().weight) * (props.view.weights[key()] ?? 0)}
                  height="4"
                  rx="2"
                />
                <text class="number" x={columns().weight} y={middle(key()) - 3}>
                  {percent(props.view.weights[key()] ?? 0)}
                </text>
              </g>
            )}
          </For>
        </svg>
      </div>
      <p class="readout" aria-live="polite">
        {sentence()}
      </p>
      <p id={id} class="hint">
        {words().hint}
      </p>
      <div class="matrix-tools">
        <MatrixTable
          label={words().label(props.tokens[props.query] ?? '', props.tokens[props.chosen] ?? '')}
          rows={props.tokens}
          columns={[words().dot, words().scaled(depth()), words().weight]}
          values={Float32Array.from(
            props.tokens.flatMap((_, key) => [
              props.view.dots[key] ?? 0,
              props.view.scores[key] ?? 0,
              props.view.weights[key] ?? 0,
            ]),
          )}
          format={(value) => fixed(value, 3)}
        />
        <CopyMenu
          name={words().label(props.tokens[props.query] ?? '', props.tokens[props.chosen] ?? '')}
          svg={() => svg}
          json={() => ({
            tokens: props.tokens,
            query: Array.from(props.view.query),
            keys: props.view.keys.map((vector) => Array.from(vector)),
            dots: props.view.dots,
            scores: props.view.scores,
            weights: props.view.weights,
          })}
        />
      </div>
    </div>
  );
};
