// Q, K, V and O around the N × N weights of which only one tile exists: what is on chip is framed, what is done is forgotten, what is
// ahead is blank.

import { createMemo, For, Index, type JSX, Show } from 'solid-js';
import { Cells, cellSide } from '../../components/Cells.tsx';
import { CopyMenu } from '../../components/CopyMenu.tsx';
import { rampColor } from '../../components/colorRamp.ts';
import { elementWidth } from '../../components/elementWidth.ts';
import type { FlashRun, FlashStep, Interval } from '../../experiments/flashOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { theme } from '../../state/preferences.ts';
import { type Box, tilesGeometry } from './tilesGeometry.ts';
import { intervalText } from './tilesSentence.ts';
import { tilesState } from './tilesState.ts';

const words = () => texts().flash.tiles;

/** What is drawn. */
export interface TilesPictureProps {
  readonly run: FlashRun;
  /** Tiles that are done. */
  readonly shown: number;
  /** One sentence about the tile at work. */
  readonly sentence: string;
  /** A tile was touched: its number, from 1. The slider beside the picture does the same by keyboard. */
  readonly onTile: (tile: number) => void;
}

/** Numbers at the ends of a colour, symmetric about 0. */
const about = (values: Float32Array): readonly [number, number] => {
  const most = values.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);
  return [-most, most];
};

const finiteEnds = (values: Float32Array): readonly [number, number] => {
  const finite = Array.from(values).filter(Number.isFinite);
  return [Math.min(...finite, 0), Math.max(...finite, 1e-9)];
};

/** The picture. */
export const TilesPicture = (props: TilesPictureProps): JSX.Element => {
  let frame!: HTMLDivElement; // set by ref before onMount
  let svg!: SVGSVGElement;
  const width = elementWidth(() => frame);
  const length = (): number => props.run.options.length;
  const depth = (): number => props.run.options.depth;
  const place = createMemo(() => tilesGeometry({ length: length(), depth: depth(), width: width() }));
  const step = (): FlashStep | undefined => props.run.steps[props.shown - 1];
  const working = createMemo(() => {
    const now = step();
    return now === undefined || now.skipped ? undefined : now;
  });
  const ends = createMemo(() => {
    const last = props.run.steps.at(-1);
    return {
      ...{ query: about(props.run.query), key: about(props.run.key), value: about(props.run.value) },
      output: about(props.run.dense), // means of values are smaller than values
      max: finiteEnds(last?.max ?? new Float32Array()),
      sum: finiteEnds(last?.sum ?? new Float32Array()),
    };
  });
  const none = createMemo(() => ({
    rows: new Float32Array(length()).fill(Number.NaN),
    output: new Float32Array(length() * depth()).fill(Number.NaN),
  }));
  /** Rows that nothing has reached yet are blank. */
  const seenRows = (values: Float32Array | undefined): Float32Array => {
    const now = step();
    if (now === undefined || values === undefined) return none().rows;
    return values.map((value, row) => (now.sum[row] === 0 ? Number.NaN : value));
  };
  const output = createMemo(() => {
    const now = step();
    if (now === undefined) return none().output;
    return now.output.map((value, at) => (now.sum[Math.floor(at / depth())] === 0 ? Number.NaN : value));
  });
  const rowsOf = (box: Box, [start, end]: Interval): Box => ({
    ...box,
    y: box.y + start * place().cell,
    height: (end - start) * place().cell,
  });
  const columnsOf = (box: Box, [start, end]: Interval): Box => ({
    ...box,
    x: box.x + start * place().cell,
    width: (end - start) * place().cell,
  });
  const tileBox = ({ queries, keys }: Pick<FlashStep, 'queries' | 'keys'>): Box =>
    columnsOf(rowsOf(place().scores, queries), keys);
  const framed = (box: Box): Box => ({
    x: box.x - 1.5,
    y: box.y - 1.5,
    width: box.width + 2,
    height: box.height + 2,
  });
  const heading = (text: string, box: Box, tone: string): JSX.Element => (
    <text class={`tiles-name tone-${tone}`} x={box.x + box.width / 2} y={place().scores.y - 8}>
      {text}
    </text>
  );
  const side = (text: string, box: Box, tone: string): JSX.Element => (
    <text class={`tiles-name side tone-${tone}`} x={box.x - 6} y={box.y + box.height / 2}>
      {text}
    </text>
  );
  return (
    <div class="tiles-frame" ref={frame}>
      <svg
        ref={svg}
        width={place().width}
        height={place().height}
        viewBox={`-2 -2 ${place().width + 4} ${place().height + 4}`}
        role="img"
        aria-label={`${words().picture}. ${props.sentence}`}
      >
        <Cells
          values={props.run.query}
          rows={length()}
          columns={depth()}
          domain={ends().query}
          tone="query"
          {...place().query}
          cell={place().cell}
        />
        <Cells
          values={props.run.key}
          rows={length()}
          columns={depth()}
          domain={ends().key}
          tone="key"
          {...place().key}
          cell={place().cell}
          turned
        />
        <Cells
          values={props.run.value}
          rows={length()}
          columns={depth()}
          domain={ends().value}
          tone="value"
          {...place().value}
          cell={place().cell}
          turned
        />
        <Cells
          values={seenRows(step()?.max)}
          rows={length()}
          columns={1}
          domain={ends().max}
          tone="attention"
          {...place().max}
          cell={place().cell}
        />
        <Cells
          values={seenRows(step()?.sum)}
          rows={length()}
          columns={1}
          domain={ends().sum}
          tone="attention"
          {...place().sum}
          cell={place().cell}
        />
        <Cells
          values={output()}
          rows={length()}
          columns={depth()}
          domain={ends().output}
          tone="value"
          {...place().output}
          cell={place().cell}
        />
        {heading('Q', place().query, 'query')}
        {side('Kᵀ', place().key, 'key')}
        {side('Vᵀ', place().value, 'value')}
        {heading('m', place().max, 'attention')}
        {heading('ℓ', place().sum, 'attention')}
        {heading('O', place().output, 'value')}
        <rect class="tiles-ground" {...place().scores} />
        <For each={props.run.steps}>
          {(one, index) => (
            <Show when={index() < props.shown && one !== working()}>
              <rect class={one.skipped ? 'tiles-skipped' : 'tiles-done'} {...tileBox(one)} />
            </Show>
          )}
        </For>
        <For each={props.run.steps}>
          {(one, index) => (
            <rect class="tiles-line" {...tileBox(one)} onPointerUp={() => props.onTile(index() + 1)}>
              <title>{words().tile(index() + 1, intervalText(one.queries), intervalText(one.keys))}</title>
            </rect>
          )}
        </For>
        <Show when={step()?.skipped === true && step()}>
          {(now) => <rect class="tiles-on passed tone-quiet" {...framed(tileBox(now()))} />}
        </Show>
        <Show when={working()}>
          {(now) => (
            <>
              <rect class="tiles-paper" {...tileBox(now())} />
              <Index each={Array.from(now().weights)}>
                {(weight, index) => {
                  const columns = (): number => now().keys[1] - now().keys[0];
                  return (
                    <rect
                      x={tileBox(now()).x + (index % columns()) * place().cell}
                      y={tileBox(now()).y + Math.floor(index / columns()) * place().cell}
                      width={cellSide(place().cell)}
                      height={cellSide(place().cell)}
                      style={{ fill: rampColor(theme(), weight()) }}
                    />
                  );
                }}
              </Index>
              <rect class="tiles-on tone-attention" {...framed(tileBox(now()))} />
              <rect class="tiles-on tone-query" {...framed(rowsOf(place().query, now().queries))} />
              <rect class="tiles-on tone-key" {...framed(columnsOf(place().key, now().keys))} />
              <rect class="tiles-on tone-value" {...framed(columnsOf(place().value, now().keys))} />
              <rect class="tiles-on tone-attention" {...framed(rowsOf(place().max, now().queries))} />
              <rect class="tiles-on tone-attention" {...framed(rowsOf(place().sum, now().queries))} />
              <rect class="tiles-on tone-value" {...framed(rowsOf(place().output, now().queries))} />
            </>
          )}
        </Show>
      </svg>
      <div class="arcs-foot">
        <p class="tiles-legend">
          <span class="tiles-key on">{words().legend.onChip}</span>
          <span class="tiles-key done">{words().legend.done}</span>
          <Show when={props.run.options.causal}>
            <span class="tiles-key skipped">{words().legend.skipped}</span>
          </Show>
          <span>{words().legend.pale}</span>
        </p>
        <CopyMenu
          name={words().picture}
          svg={() => svg}
          json={() => ({ options: tilesState.options(), tile: props.shown, ...jsonOf(step()) })}
        />
      </div>
    </div>
  );
};

/** Numbers of a step as JSON takes them. */
const jsonOf = (step: FlashStep | undefined): object =>
  step === undefined
    ? {}
    : Object.fromEntries(
        Object.entries(step).map(([name, value]) => [
          name,
          value instanceof Float32Array ? Array.from(value) : value,
        ]),
      );
