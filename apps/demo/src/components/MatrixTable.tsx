// The text twin of a matrix: a folded table of its numbers, built only when it is opened.

import { createSignal, For, type JSX, Show } from 'solid-js';
import { texts } from '../i18n/texts.ts';

/** What is tabled. */
export interface MatrixTableProps {
  readonly label: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  readonly values: Float32Array;
  readonly format: (value: number) => string;
}

/** The table in its fold. */
export const MatrixTable = (props: MatrixTableProps): JSX.Element => {
  const [open, setOpen] = createSignal(false);
  return (
    <details class="table-fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{texts().matrix.asTable}</summary>
      <Show when={open()}>
        <section class="table-frame" tabindex="0" aria-label={props.label}>
          <table>
            <thead>
              <tr>
                <td />
                <For each={props.columns}>{(column) => <th scope="col">{column}</th>}</For>
              </tr>
            </thead>
            <tbody>
              <For each={props.rows}>
                {(row, r) => (
                  <tr>
                    <th scope="row">{row}</th>
                    <For each={props.columns}>
                      {(_, c) => <td>{props.format(props.values[r() * props.columns.length + c()] ?? 0)}</td>}
                    </For>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </section>
      </Show>
    </details>
  );
};
