// Third part: LayerNorm against BatchNorm, by company, by padding, by batch size.

import { createMemo, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Curves, type Series } from '../../components/Curves.tsx';
import { Failure } from '../../components/Failure.tsx';
import { fixed, magnitude, percent, powerOfTen } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { RunButton } from '../../components/RunButton.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { Change } from '../../experiments/normCompany.ts';
import { batchSizes, type NormKind, type NormOutcome } from '../../experiments/normOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { normFindings } from './normFindings.ts';
import { normRates, normState, seeds } from './normState.ts';

const words = () => texts().gradients.norms;

const Controls = (): JSX.Element => (
  <section class="card controls">
    <RunButton
      name="norms-run"
      running={normState.running()}
      run={normState.run}
      stop={normState.stop}
      words={{ run: normState.outcomes().length > 0 ? words().again : words().run, stop: words().cancel }}
    />
    <p class="hint norms-progress" role="status">
      {normState.running() || normState.outcomes().length > 0
        ? words().progress(normState.outcomes().length, normState.total())
        : words().waiting}
    </p>
    <p class="fine">{words().explain}</p>
    <Range
      label={words().rate}
      values={normRates}
      value={normState.rate()}
      format={String}
      onChange={normState.setRate}
    />
    <Segmented
      label={words().seed}
      options={seeds.map((seed) => ({ value: String(seed), label: String(seed) }))}
      value={String(normState.seed())}
      onChange={(seed) => normState.setSeed(Number(seed))}
    />
  </section>
);

const changes = (list: readonly Change[] | undefined): readonly Series[] => [
  {
    name: words().batch,
    points: (list ?? []).map(({ at, batch }) => ({ x: at, y: batch })),
    tone: 'attention',
  },
  {
    name: words().layer,
    points: (list ?? []).map(({ at, layer }) => ({ x: at, y: layer })),
    tone: 'query',
    dashed: true,
  },
];

/** As high as the largest change asks for. */
const changeAxis = (list: readonly Change[] | undefined) => ({
  title: words().changeAxis,
  domain: [0, 1.1 * Math.max(0.1, ...(list ?? []).map(({ batch }) => batch))] as const,
  format: percent,
});

const batchAxis = (title: string) => ({
  title,
  domain: [batchSizes[0], batchSizes[4]] as const,
  logarithmic: true,
  ticks: batchSizes,
  format: String,
});

const CompanyCards = (): JSX.Element => (
  <div class="train-pictures">
    <section class="card">
      <h3>{words().company}</h3>
      <p class="hint">{words().companyHint}</p>
      <Curves
        label={words().company}
        series={changes(normState.company()?.byCompany)}
        x={batchAxis(words().batchAxis)}
        y={changeAxis(normState.company()?.byCompany)}
        labelWidth={112}
        marked
      />
    </section>
    <section class="card">
      <h3>{words().padding}</h3>
      <p class="hint">{words().paddingHint}</p>
      <Curves
        label={words().padding}
        series={changes(normState.company()?.byPadding)}
        x={{ title: words().lengthAxis, domain: [8, 64], ticks: [8, 16, 32, 64], format: String }}
        y={changeAxis(normState.company()?.byPadding)}
        labelWidth={112}
        marked
      />
    </section>
  </div>
);

const TrainedCards = (): JSX.Element => {
  const series = (
    norm: NormKind,
    value: (outcome: NormOutcome) => number,
  ): readonly { readonly x: number; readonly y: number }[] =>
    normState
      .outcomes()
      .filter((outcome) => outcome.norm === norm)
      .map((outcome) => ({ x: outcome.batch, y: value(outcome) }));
  return (
    <div class="train-pictures">
      <section class="card">
        <h3>{words().accuracy}</h3>
        <Curves
          label={words().accuracy}
          series={[
            { name: words().layer, points: series('layer', ({ accuracy }) => accuracy), tone: 'query' },
            {
              name: words().running,
              points: series('batch', ({ accuracy }) => accuracy),
              tone: 'attention',
            },
            {
              name: words().ofBatch,
              points: series('batch', ({ batchAccuracy }) => batchAccuracy),
              tone: 'value',
              dashed: true,
            },
          ]}
          x={batchAxis(words().pointsAxis)}
          y={{ title: words().accuracyAxis, domain: [0.45, 1], ticks: [0.5, 0.75, 1], format: percent }}
          labelWidth={118}
          marked
        />
      </section>
      <section class="card">
        <h3>{words().loss}</h3>
        <Curves
          label={words().loss}
          series={[
            { name: words().layer, points: series('layer', ({ loss }) => loss), tone: 'query' },
            { name: words().batch, points: series('batch', ({ loss }) => loss), tone: 'attention' },
          ]}
          x={batchAxis(words().pointsAxis)}
          y={{
            title: words().lossAxis,
            domain: [1e-5, 1],
            logarithmic: true,
            ticks: [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1],
            format: powerOfTen,
          }}
          value={(loss) => (loss < 0.1 ? magnitude(loss) : fixed(loss))}
          labelWidth={118}
          marked
        />
      </section>
    </div>
  );
};

const code = `import { random } from '@heed/tensor';
import { BatchNorm, initialize, LayerNorm } from '@heed/tensor/nn';

const layer = initialize(new LayerNorm(32), random(1));
layer.forward(x); // each row by its own mean and variance, in training and after

const batch = initialize(new BatchNorm(32), random(1));
batch.forward(x, { random: random(2) }); // a training pass: by the batch, and the running statistics move
batch.forward(x); // any other pass: by the running statistics`;

/** The order of the change by company, and what was measured: smallest and largest batch. */
const predicted = (): string[] =>
  [normState.company()?.byCompany[0], normState.company()?.byCompany.at(-1)].flatMap((change) =>
    change === undefined
      ? []
      : [
          `1 / \\sqrt{${change.at} \\cdot 8} = ${(1 / Math.sqrt(8 * change.at)).toFixed(3)} \\quad (${change.batch.toFixed(3)})`,
        ],
  );

/** The part. */
export const NormsPart = (): JSX.Element => {
  onMount(normState.enter);
  onCleanup(normState.stop);
  const findings = createMemo(() =>
    normFindings(texts().gradients, normState.company(), normState.outcomes()),
  );
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train norms-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={texts().gradients.failed} message={normState.error()} />
          <CompanyCards />
          <Show when={normState.outcomes().length > 0}>
            <TrainedCards />
          </Show>
          <Verdict findings={findings()} notes={words().notesSay} />
          <Hood
            formulas={[
              'y = \\gamma \\, \\frac{x - \\mu}{\\sqrt{\\sigma^2 + \\epsilon}} + \\beta',
              '\\text{LayerNorm: } \\mu_i = \\frac{1}{d} \\sum_{j} x_{ij}',
              '\\text{BatchNorm: } \\mu_j = \\frac{1}{n} \\sum_{i} x_{ij}',
              ...predicted(),
            ]}
            remarks={[words().remark]}
            code={code}
            sourceName="apps/demo/src/experiments/normComparison.ts"
            source={() => import('../../experiments/normComparison.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
