// The attention of one head as a matrix in a card: rows are the tokens that look, columns those that are looked at.

import { type JSX, Show } from 'solid-js';
import { percent } from '../../components/formatNumber.ts';
import { Matrix } from '../../components/Matrix.tsx';
import { texts } from '../../i18n/texts.ts';

/** The map. */
export interface AttentionMapProps {
  readonly heading: string;
  /** Which head it is; named in the picture's label. */
  readonly title: string;
  /** Shown beside the heading. */
  readonly hint?: string;
  readonly tokens: readonly string[];
  /** Row by row; undefined while they are awaited. */
  readonly weights: Float32Array | undefined;
  readonly onHover: (row: number | undefined) => void;
  readonly onPick: (cell: { readonly row: number; readonly column: number }) => void;
}

/** The card. */
export const AttentionMap = (props: AttentionMapProps): JSX.Element => {
  const token = (index: number): string => props.tokens[index] ?? '';
  return (
    <section class="card map">
      <div class="card-head">
        <h3>{props.heading}</h3>
        <Show when={props.hint}>{(hint) => <p class="hint">{hint()}</p>}</Show>
      </div>
      <Show when={props.weights} fallback={<div class="map-waiting" />}>
        {(weights) => (
          <Matrix
            label={`${texts().look.attention}: ${props.title}`}
            rows={props.tokens}
            columns={props.tokens}
            values={weights()}
            rowTitle={texts().look.looking}
            columnTitle={texts().look.lookedAt}
            format={percent}
            describe={({ row, column }, value) =>
              texts().look.cell(token(row), token(column), percent(value))
            }
            onMark={(cell) => props.onHover(cell?.row)}
            onPick={props.onPick}
          />
        )}
      </Show>
    </section>
  );
};
