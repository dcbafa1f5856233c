// The encoding itself as a matrix, and the part of a score that it makes by distance as lines.

import { createMemo, type JSX, Show } from 'solid-js';
import { Curves, type Series } from '../../components/Curves.tsx';
import { fixed } from '../../components/formatNumber.ts';
import { Matrix } from '../../components/Matrix.tsx';
import { type DistanceLine, type EncodingTable, farthest } from '../../experiments/positionPictures.ts';
import type { PositionView } from '../../experiments/positionView.ts';
import { texts } from '../../i18n/texts.ts';

const words = () => texts().positions.place;

const count = (first: number, length: number): string[] =>
  Array.from({ length }, (_, index) => String(first + index).replace('-', '−'));

const extent = (values: Iterable<number>): [number, number] => {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low - 1, low + 1];
};

/** Share of the numbers inside the ramp: a trained table has a few that are far larger than all others. */
const inside = 0.98;

/** Ends of the ramp: about 0, where numbers of either sign are alike. */
const rampOf = (values: Float32Array): [number, number] => {
  const sizes = values.map(Math.abs).sort();
  const most = sizes[Math.floor(inside * (sizes.length - 1))] || 1;
  return values.some((value) => value > 0) ? [-most, most] : [-most, 0];
};

const TableMatrix = (props: { readonly table: EncodingTable; readonly label: string }): JSX.Element => {
  const rows = createMemo(() => count(props.table.rows.first, props.table.rows.count));
  const columns = createMemo(() => count(props.table.columns.first, props.table.columns.count));
  const most = createMemo(() => rampOf(props.table.values));
  const rowKind = (): string => words().kinds[props.table.rows.kind];
  const columnKind = (): string => words().kinds[props.table.columns.kind];
  return (
    <Matrix
      label={props.label}
      rows={rows()}
      columns={columns()}
      values={props.table.values}
      domain={most()}
      rowTitle={rowKind()}
      columnTitle={columnKind()}
      format={(value) => fixed(value, 1)}
      describe={({ row, column }, value) =>
        words().cell(`${rowKind()} ${rows()[row]}`, `${columnKind()} ${columns()[column]}`, fixed(value))
      }
      mostCell={18}
      leastCell={2}
    />
  );
};

const tones = ['attention', 'query', 'key', 'value'] as const;

const nameOf = (of: DistanceLine['of']): string => {
  switch (of.kind) {
    case 'head':
    case 'place':
      return words().of[of.kind](of.index);
    case 'word':
      return words().of.word(of.word);
    case 'all':
      return words().of.all;
    default:
      return of satisfies never;
  }
};

/** Both. */
export const EncodingCards = (props: { readonly view: PositionView }): JSX.Element => {
  const name = (): string => words().presetNames[props.view.options.encoding];
  const series = createMemo((): Series[] =>
    props.view.lines.map(({ of, points }, index) => ({
      ...{ name: nameOf(of), points, tone: tones[index % tones.length] ?? 'quiet', valued: false },
      dashed: index % 2 === 1,
    })),
  );
  const range = createMemo((): [number, number] => {
    const [low, high] = extent(props.view.lines.flatMap(({ points }) => points.map(({ y }) => y)));
    const air = 0.06 * (high - low);
    return [low - air, high + air];
  });
  return (
    <div class="train-pictures">
      <section class="card">
        <h3>{words().table}</h3>
        <Show when={props.view.table} fallback={<p class="hint">{words().noTable}</p>}>
          {(table) => <TableMatrix table={table()} label={`${words().table}: ${name()}`} />}
        </Show>
      </section>
      <section class="card">
        <h3>{words().byDistance}</h3>
        <p class="hint">{words().byDistanceHints[props.view.options.encoding]}</p>
        <Curves
          label={`${words().byDistance}: ${name()}`}
          series={series()}
          x={{
            ...{ title: `${words().distanceAxis} →`, domain: [-farthest, farthest] },
            ...{ ticks: [-32, -16, 0, 16, 32], format: (value) => fixed(value, 0) },
          }}
          y={{ title: words().scoreAxis, domain: range(), format: (value) => fixed(value, 1) }}
          labelWidth={84}
          at={0}
        />
      </section>
    </div>
  );
};
