// One depth looked at closely: how scores are spread, and one query's weights and their Jacobian.

import { createMemo, For, type JSX } from 'solid-js';
import { Curves } from '../../components/Curves.tsx';
import { fixed, magnitude, percent } from '../../components/formatNumber.ts';
import { Matrix } from '../../components/Matrix.tsx';
import { scalingWays, shownKeys } from '../../experiments/scalingOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { densityOf, deviationOf } from './densityOf.ts';
import { scalingState } from './scalingState.ts';
import { wayLooks } from './wayLooks.ts';

const words = () => texts().scaling;

/** The density of a standard normal at 0, and a little air. */
const mostDensity = 0.45;

const keyNames = Array.from({ length: shownKeys }, (_, index) => String(index + 1));

const Spread = (): JSX.Element => {
  // The views lag a moment behind the slider: the axis is theirs.
  const reach = (): number => 3 * Math.sqrt(scalingState.views()[0]?.depth ?? scalingState.choice().depth);
  const series = createMemo(() =>
    scalingState.views().map((view) => ({
      ...{ name: '', points: densityOf(view.scores, reach()), ...wayLooks[view.way] },
    })),
  );
  const label = createMemo(() =>
    [
      words().scores,
      ...scalingState
        .views()
        .map((view) => words().spreadOf(words().ways[view.way], magnitude(deviationOf(view.scores)))),
    ].join('; '),
  );
  return (
    <section class="card">
      <h3>{words().scores}</h3>
      <Curves
        label={label()}
        series={series()}
        x={{
          ...{
            title: `${words().scoresAxis} →`,
            domain: [-reach(), reach()],
            format: (value) => fixed(value, 0),
          },
          ticks: [-reach(), 0, reach()],
        }}
        y={{
          ...{ title: words().densityAxis, domain: [0, mostDensity], ticks: [0, 0.2, 0.4] },
          format: (value) => fixed(value, 1),
        }}
        labelWidth={16}
      />
      <p class="ways-legend">
        {scalingWays.map((way) => (
          <span
            class={`way tone-${wayLooks[way].tone}`}
            classList={{ dashed: wayLooks[way].dashed === true }}
          >
            {words().ways[way]}
          </span>
        ))}
      </p>
    </section>
  );
};

const Weights = (): JSX.Element => {
  const names = (): string[] => scalingState.views().map((view) => words().ways[view.way]);
  const values = createMemo(() => {
    const all = new Float32Array(scalingState.views().length * shownKeys);
    for (const [index, view] of scalingState.views().entries()) all.set(view.weights, index * shownKeys);
    return all;
  });
  return (
    <section class="card">
      <h3>{words().weights}</h3>
      <Matrix
        label={words().weights}
        rows={names()}
        columns={keyNames}
        values={values()}
        rowTitle={words().weightsRow}
        columnTitle={words().weightsColumn}
        format={percent}
        describe={({ row, column }, value) =>
          words().cell(names()[row] ?? '', keyNames[column] ?? '', percent(value))
        }
      />
    </section>
  );
};

/** The Jacobians of both ends: divided, and not. */
export const Jacobians = (): JSX.Element => (
  <section class="card">
    <h3>{words().jacobian}</h3>
    <p class="hint">{words().jacobianHint}</p>
    <div class="jacobians">
      <For each={scalingState.views().filter(({ way }) => way !== 't5')}>
        {(view) => (
          <div>
            <h4 class={`jacobian-way tone-${wayLooks[view.way].tone}`}>{words().ways[view.way]}</h4>
            <Matrix
              label={`${words().jacobian}: ${words().ways[view.way]}`}
              rows={keyNames}
              columns={keyNames}
              values={view.jacobian}
              domain={[0, 0.25]}
              rowTitle={words().jacobianRow}
              columnTitle={words().jacobianColumn}
              format={magnitude}
              describe={({ row, column }, value) =>
                words().jacobianCell(keyNames[row] ?? '', keyNames[column] ?? '', magnitude(value))
              }
              mostCell={18}
            />
          </div>
        )}
      </For>
    </div>
  </section>
);

/** Spread and weights. */
export const CloseCards = (): JSX.Element => (
  <div class="train-pictures">
    <Spread />
    <Weights />
  </div>
);
