// The run while it learns: six numbers, the decision in the plane, the losses of both nets, the rate, the gradient of each layer.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { Curves, type Series } from '../../components/Curves.tsx';
import { DecisionMap } from '../../components/DecisionMap.tsx';
import {
  fixed,
  grouped,
  magnitude,
  percent,
  powerOfTen,
  significant,
} from '../../components/formatNumber.ts';
import { LayerStrip } from '../../components/LayerStrip.tsx';
import type { ChartPoint } from '../../components/LineChart.tsx';
import type { LearningStep } from '../../experiments/learner.ts';
import { totalSteps } from '../../experiments/learningOptions.ts';
import { rateSchedule } from '../../experiments/rateSchedule.ts';
import { texts } from '../../i18n/texts.ts';
import { learnState } from './learnState.ts';

/** Losses of single steps jump; this share of the new one keeps the line readable. */
const freshness = 0.15;

const smoothed = (steps: readonly LearningStep[]): ChartPoint[] => {
  let mean = steps[0]?.loss ?? 0;
  return steps.map(({ step, loss }) => {
    mean += freshness * (loss - mean);
    return { x: step, y: mean };
  });
};

/** Two decimals where they tell something, else a power of ten. */
const lossText = (loss: number): string => (loss < 0.1 || loss >= 100 ? magnitude(loss) : fixed(loss));

const words = () => texts().gradients.learn;

/** The row of numbers. */
export const LearnStats = (): JSX.Element => {
  const entries = (): readonly { name: string; value: string }[] => {
    const { stats } = words();
    const last = learnState.steps().at(-1);
    const view = learnState.view();
    const number = (value: number | undefined, format: (value: number) => string): string =>
      value === undefined ? '–' : format(value);
    const largest = learnState.steps().reduce((most, { change }) => Math.max(most, change), 0);
    return [
      { name: stats.accuracy, value: number(view?.heldOut.accuracy, percent) },
      { name: stats.loss, value: number(last?.loss, lossText) },
      { name: stats.step, value: grouped(last?.step ?? 0) },
      { name: stats.rate, value: number(last?.rate, significant) },
      { name: stats.norm, value: number(last?.norm, magnitude) },
      { name: stats.change, value: last === undefined ? '–' : percent(largest) },
    ];
  };
  return (
    <dl class="stats learn-stats">
      <For each={entries()}>
        {(entry) => (
          <div>
            <dt>{entry.name}</dt>
            <dd class="number">{entry.value}</dd>
          </div>
        )}
      </For>
    </dl>
  );
};

/** Plane and net. */
export const DecisionCard = (): JSX.Element => (
  <section class="card">
    <h3>{words().map}</h3>
    <Show when={learnState.info()} fallback={<div class="decision-map" />}>
      {(info) => (
        <DecisionMap
          label={words().mapLabel(percent(learnState.view()?.heldOut.accuracy ?? 0))}
          surface={learnState.view()?.surface ?? info().view.surface}
          side={info().view.side}
          points={info().points}
          labels={info().labels}
          reach={1.1}
        />
      )}
    </Show>
    <p class="hint">{words().mapHint}</p>
  </section>
);

/** Losses and rate. */
export const LearnCharts = (): JSX.Element => {
  const named = (warm: boolean): string => (warm ? words().withWarmup : words().withoutWarmup);
  const losses = createMemo((): readonly Series[] => {
    const warm = learnState.options().warmup > 0;
    return [
      { name: named(!warm), points: smoothed(learnState.twin()), tone: 'quiet', dashed: true },
      { name: named(warm), points: smoothed(learnState.steps()), tone: 'attention' },
    ];
  });
  const rates = createMemo((): readonly Series[] => {
    const schedule = rateSchedule(learnState.options());
    const planned = Array.from({ length: totalSteps + 1 }, (_, step) => ({ x: step, y: schedule(step) }));
    return [
      { name: '', points: planned, tone: 'quiet', valued: false },
      {
        name: words().planned,
        points: learnState.steps().map(({ step, rate }) => ({ x: step - 1, y: rate })),
        tone: 'attention',
      },
    ];
  });
  const x = () => ({ title: words().stepAxis, domain: [0, totalSteps] as const, format: String });
  return (
    <section class="card charts">
      <div>
        <h3>{words().lossChart}</h3>
        <Curves
          label={words().lossChart}
          series={losses()}
          x={x()}
          y={{
            title: words().lossAxis,
            domain: [1e-4, 2],
            logarithmic: true,
            ticks: [1e-4, 1e-3, 1e-2, 0.1, 1],
            format: powerOfTen,
          }}
          value={lossText}
          reference={{ value: Math.LN2, label: words().guess }}
          labelWidth={118}
        />
      </div>
      <div>
        <h3>{words().rateChart}</h3>
        <Curves
          label={words().rateChart}
          series={rates()}
          x={x()}
          y={{
            title: words().rateAxis,
            domain: [0, learnState.options().rate * 1.05],
            ticks: [0, learnState.options().rate / 2, learnState.options().rate],
            format: (rate) => String(Number(rate.toPrecision(3))),
          }}
          value={magnitude}
          height={150}
          labelWidth={118}
        />
      </div>
    </section>
  );
};

/** Gradient norms of all layers. */
export const StripCard = (): JSX.Element => {
  const names = createMemo((): string[] => [
    words().layerLast,
    ...Array.from({ length: learnState.options().blocks }, (_, index) =>
      words().layerBlock(index + 1),
    ).reverse(),
    words().layerFirst,
  ]);
  const columns = createMemo(() => learnState.steps().map(({ layers }) => [...layers].reverse()));
  const at = (index: number): string => magnitude(learnState.steps().at(-1)?.layers.at(index) ?? 0);
  return (
    <section class="card">
      <h3>{words().strip}</h3>
      <LayerStrip
        label={words().stripLabel(at(0), at(-1))}
        names={names()}
        columns={columns()}
        total={totalSteps}
        domain={[1e-6, 3]}
        format={magnitude}
      />
      <p class="hint">{words().stripHint}</p>
    </section>
  );
};
