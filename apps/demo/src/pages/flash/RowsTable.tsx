// The running maximum and sum of the rows of the tile at work, with the factor by which what they had gathered was scaled down.

import { createMemo, For, type JSX } from 'solid-js';
import { fixed, magnitude } from '../../components/formatNumber.ts';
import { texts } from '../../i18n/texts.ts';
import { tilesState } from './tilesState.ts';

/** The table. */
export const RowsTable = (): JSX.Element => {
  const words = () => texts().flash.tiles;
  const rows = createMemo(() => {
    const step = tilesState.step();
    if (step === undefined) return [];
    const [start, end] = step.queries;
    return Array.from({ length: end - start }, (_, index) => ({
      row: start + index,
      max: step.max[start + index] ?? Number.NaN,
      sum: step.sum[start + index] ?? 0,
      old: step.rescale[index],
    }));
  });
  return (
    <section class="tiles-rows">
      <h3>{words().rows}</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">{words().row}</th>
            <th scope="col">m</th>
            <th scope="col">ℓ</th>
            <th scope="col">{words().old}</th>
          </tr>
        </thead>
        <tbody>
          <For each={rows()}>
            {(row) => (
              <tr>
                <th scope="row">{row.row}</th>
                <td>{Number.isFinite(row.max) ? fixed(row.max) : magnitude(row.max)}</td>
                <td>{fixed(row.sum)}</td>
                <td classList={{ rescaled: row.old !== undefined && row.old < 1 }}>
                  {row.old === undefined || Number.isNaN(row.old) ? '–' : magnitude(row.old)}
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </section>
  );
};
