// What the mask saves: operations and bytes by count, time by a run in the Worker; and what a stack of layers lets the last token hear of.

import { createMemo, For, type JSX } from 'solid-js';
import { Curves } from '../../components/Curves.tsx';
import { Failure } from '../../components/Failure.tsx';
import { bytes, fixed, grouped, magnitude } from '../../components/formatNumber.ts';
import { RunButton } from '../../components/RunButton.tsx';
import type { CostRow } from '../../experiments/maskCost.ts';
import { reachedBy } from '../../experiments/maskFacts.ts';
import { texts } from '../../i18n/texts.ts';
import { depths, type MaskFacts, maskState, repeats } from './maskState.ts';

const words = () => texts().masks;

const CostTable = (props: { readonly facts: MaskFacts }): JSX.Element => {
  const rows = createMemo((): readonly { readonly name: string; readonly cost: CostRow }[] => {
    const { standard, flash, masked } = props.facts.cost();
    const names = words().costRows;
    return [
      { name: names.standard, cost: standard },
      { name: names.flash, cost: flash },
      { name: names.masked, cost: masked },
    ];
  });
  return (
    <table class="check-table">
      <thead>
        <tr>
          <th scope="col">{words().costRow}</th>
          <th scope="col">{words().flops}</th>
          <th scope="col">{words().bytes}</th>
        </tr>
      </thead>
      <tbody>
        <For each={rows()}>
          {({ name, cost }) => (
            <tr>
              <th scope="row">{name}</th>
              <td>{magnitude(cost.flops / 1e9)}</td>
              <td>{bytes(cost.bytes)}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
};

const Measure = (): JSX.Element => (
  <div class="mask-measure">
    <RunButton
      name="mask-run"
      running={maskState.running()}
      run={maskState.measure}
      stop={maskState.stop}
      words={{ run: maskState.times().length > 0 ? words().again : words().measure, stop: words().stop }}
    />
    <p class="hint" role="status">
      {maskState.running() || maskState.times().length > 0
        ? words().measuring(maskState.times().length, repeats)
        : words().measureHint(grouped(maskState.studiedLength()))}
    </p>
    <Failure text={words().failed} message={maskState.error()} card={false} />
  </div>
);

const ReachChart = (props: { readonly facts: MaskFacts }): JSX.Element => {
  const points = createMemo(() => {
    const length = maskState.length();
    const reach = props.facts.reach();
    const rows = Array.from({ length }, (_, row) => row);
    return depths.map((depth) => {
      const own = rows.map((row) => reachedBy(reach, length, row, depth));
      return { depth, last: own.at(-1) ?? 0, mean: own.reduce((a, b) => a + b, 0) / length };
    });
  });
  return (
    <Curves
      label={words().reach}
      series={[
        {
          name: words().reachLast,
          points: points().map(({ depth, last }) => ({ x: depth, y: last })),
          tone: 'attention',
        },
        {
          name: words().reachMean,
          points: points().map(({ depth, mean }) => ({ x: depth, y: mean })),
          tone: 'query',
          dashed: true,
        },
      ]}
      x={{ title: words().layerAxis, domain: [1, 8], ticks: depths, format: String }}
      y={{
        title: words().reachAxis,
        domain: [0, maskState.length()],
        format: (value) => String(Math.round(value)),
      }}
      value={(value) => fixed(value, value % 1 === 0 ? 0 : 1)}
      labelWidth={132}
      height={188}
      marked
    />
  );
};

/** Both cards. */
export const MaskSavings = (props: { readonly facts: MaskFacts }): JSX.Element => (
  <div class="train-pictures">
    <section class="card">
      <h3>{words().cost}</h3>
      <p class="hint">{words().costHint(grouped(maskState.studiedLength()), maskState.factor())}</p>
      <CostTable facts={props.facts} />
      <Measure />
    </section>
    <section class="card">
      <h3>{words().reach}</h3>
      <ReachChart facts={props.facts} />
    </section>
  </div>
);
