// The same words at two places: their scores, what changed between them, and the change of every encoding as bars.

import { createMemo, type JSX } from 'solid-js';
import { type Bar, Bars } from '../../components/Bars.tsx';
import { fixed, magnitude } from '../../components/formatNumber.ts';
import { Matrix } from '../../components/Matrix.tsx';
import type { PositionView } from '../../experiments/positionView.ts';
import { texts } from '../../i18n/texts.ts';
import { shareText } from './placeFindings.ts';

const words = () => texts().positions.place;

interface ScoresProps {
  readonly title: string;
  readonly names: readonly string[];
  readonly values: Float32Array;
  readonly domain: readonly [number, number];
  readonly format: (value: number) => string;
  readonly describe: (query: string, key: string, value: string) => string;
}

const Scores = (props: ScoresProps): JSX.Element => (
  <section class="shift-picture">
    <h4>{props.title}</h4>
    <Matrix
      label={props.title}
      rows={props.names}
      columns={props.names}
      values={props.values}
      domain={props.domain}
      rowTitle={words().query}
      columnTitle={words().key}
      format={props.format}
      describe={({ row, column }, value) =>
        props.describe(props.names[row] ?? '', props.names[column] ?? '', props.format(value))
      }
      mostCell={22}
    />
  </section>
);

/** The three matrices. */
export const ShiftCard = (props: { readonly view: PositionView; readonly head: number }): JSX.Element => {
  const shown = createMemo(() => {
    const { options, before, after } = props.view;
    const size = options.words.length ** 2;
    const own = (scores: Float32Array): Float32Array =>
      scores.slice((props.head - 1) * size, props.head * size);
    const [first, second] = [own(before), own(after)];
    const all = [...first, ...second];
    const change = first.map((value, index) => Math.abs((second[index] ?? 0) - value));
    return {
      ...{ first, second, change, most: Math.max(...change) },
      domain: [Math.min(...all), Math.max(...all)] as const,
    };
  });
  const names = (start: number): string[] =>
    props.view.options.words.map((word, index) => `${word} ${String(start + index).padStart(2, '\u2007')}`);
  const shift = (): number => props.view.options.shift;
  return (
    <section class="card shift-pictures">
      <Scores
        title={words().before}
        names={names(0)}
        values={shown().first}
        domain={shown().domain}
        format={(value) => fixed(value, 1)}
        describe={words().score}
      />
      <Scores
        title={words().after(shift())}
        names={names(shift())}
        values={shown().second}
        domain={shown().domain}
        format={(value) => fixed(value, 1)}
        describe={words().score}
      />
      <Scores
        title={words().change(magnitude(shown().most))}
        names={names(shift())}
        values={shown().change}
        domain={[0, (shown().domain[1] - shown().domain[0]) / 2 || 1]}
        format={magnitude}
        describe={words().changed}
      />
    </section>
  );
};

/** Changes of all encodings. */
export const ChangeCards = (props: { readonly view: PositionView }): JSX.Element => {
  const bars = (of: 'moved' | 'reordered'): Bar[] =>
    props.view.changes.map((change) => ({
      name: words().presetNames[change.encoding],
      parts: [
        {
          name: words().presetNames[change.encoding],
          value: change[of],
          tone: change.encoding === props.view.options.encoding ? 'attention' : 'quiet',
        },
      ],
      text: shareText(change[of]),
    }));
  const most = (of: 'moved' | 'reordered'): number =>
    Math.max(0.1, ...props.view.changes.map((change) => change[of]));
  return (
    <div class="train-pictures position-changes">
      <section class="card">
        <h3>{words().moved(props.view.options.shift)}</h3>
        <p class="hint">{words().movedHint}</p>
        <Bars bars={bars('moved')} most={most('moved')} />
      </section>
      <section class="card">
        <h3>{words().reordered[props.view.options.order]}</h3>
        <p class="hint">{words().reorderedHint}</p>
        <Bars bars={bars('reordered')} most={most('reordered')} />
      </section>
    </div>
  );
};
