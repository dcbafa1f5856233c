// RoPE beyond its training: angles that were never met, near distances that are changed, for each scaling.

import { createMemo, For, type JSX, onMount } from 'solid-js';
import { Curves, type Series } from '../../components/Curves.tsx';
import { fixed, grouped, significant } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { nearest, type Stretch, type StretchOptions, trainedTurns } from '../../experiments/ropeStretch.ts';
import { texts } from '../../i18n/texts.ts';
import { stretchCode } from './positionsCode.ts';
import { stretchFindings } from './stretchFindings.ts';
import { stretchChoices, stretchPresets, stretchState } from './stretchState.ts';

const words = () => texts().positions.stretch;
const { options, lines, change, firstSlow } = stretchState;

const looks: Readonly<Record<Stretch, Pick<Series, 'tone' | 'dashed'>>> = {
  none: { tone: 'quiet' },
  linear: { tone: 'query' },
  ntk: { tone: 'key' },
  dynamic: { tone: 'key', dashed: true },
  yarn: { tone: 'attention' },
  llama3: { tone: 'value', dashed: true },
};

const Choice = (props: {
  readonly name: keyof StretchOptions;
  readonly format: (value: number) => string;
}): JSX.Element => (
  <Range
    label={words()[props.name]}
    values={stretchChoices[props.name]}
    value={options()[props.name]}
    format={props.format}
    onChange={(value) => change({ [props.name]: value })}
  />
);

const times = (value: number): string => `${value}\u202f×`;

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Presets words={words()} presets={stretchPresets} options={options()} onChoose={change} />
    <Choice name="trained" format={grouped} />
    <Choice name="factor" format={times} />
    <Choice name="used" format={times} />
    <Choice name="depth" format={String} />
  </section>
);

const pairs = (): number => options().depth / 2;

const Angles = (): JSX.Element => {
  const series = createMemo((): Series[] => {
    const met = trainedTurns(options());
    return lines().map(({ way, turns }) => ({
      ...{ name: words().ways[way], ...looks[way], valued: false },
      points: Array.from(turns, (turn, pair) => ({ x: pair + 1, y: turn / (met[pair] ?? 1) })),
    }));
  });
  return (
    <section class="card">
      <h3>{words().angles}</h3>
      <p class="hint">{words().anglesHint(Math.max(0, pairs() + 1 - firstSlow()))}</p>
      <Curves
        label={words().angles}
        series={series()}
        x={{
          ...{ title: `${words().pairAxis} →`, domain: [1, pairs()] },
          ...{ ticks: [1, pairs() / 2, pairs()], format: String },
        }}
        y={{
          ...{ title: words().ratioAxis, domain: [0.03, 17], logarithmic: true },
          ...{
            ticks: [0.0625, 0.25, 1, 4, 16],
            format: (value) => (value < 1 ? `1/${1 / value}` : String(value)),
          },
        }}
        reference={{ value: 1, label: words().met, above: false }}
        labelWidth={96}
        height={250}
        {...(firstSlow() <= pairs() && { at: firstSlow() - 0.5 })}
      />
    </section>
  );
};

/** The foot of the chart: a tenth below all that is drawn. */
const lowest = (): number =>
  Math.floor(10 * Math.min(...lines().flatMap(({ near }) => [...near])) - 0.5) / 10;

const Near = (): JSX.Element => (
  <section class="card">
    <h3>{words().near}</h3>
    <p class="hint">{words().nearHint}</p>
    <Curves
      label={words().near}
      series={lines().map(({ way, near }) => ({
        ...{ name: words().ways[way], ...looks[way], valued: false },
        points: Array.from(near, (y, x) => ({ x, y })),
      }))}
      x={{ title: `${words().nearAxis} →`, domain: [0, nearest], ticks: [0, 8, 16, 24, 32], format: String }}
      y={{ title: words().nearValue, domain: [lowest(), 1], format: (value) => fixed(value, 1) }}
      labelWidth={96}
      height={250}
    />
  </section>
);

const Prices = (): JSX.Element => (
  <section class="card">
    <h3>{words().table}</h3>
    <table class="check-table price-table">
      <thead>
        <tr>
          <th scope="col">{words().way}</th>
          <th scope="col">{words().unseen}</th>
          <th scope="col">{words().farthest}</th>
          <th scope="col">{words().nearChange}</th>
        </tr>
      </thead>
      <tbody>
        <For each={lines()}>
          {(line) => (
            <tr>
              <th scope="row">{words().ways[line.way]}</th>
              <td>{line.unseen}</td>
              <td>{fixed(line.farthest, 1)} ×</td>
              <td>{significant(Number(line.nearChange.toPrecision(2)))}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  </section>
);

const formulas = (): string[] => {
  const { depth, trained, factor, used } = options();
  const length = trained * used;
  return [
    `\\omega_c = 10000^{-2c/${depth}}, \\quad \\text{${words().met}: } \\omega_c \\cdot ${trained}`,
    `\\text{${words().ways.none}: } \\omega_c \\cdot ${length} = ${used} \\cdot \\omega_c \\cdot ${trained}`,
    `\\text{${words().ways.linear}: } \\omega_c / ${factor}`,
    `\\text{${words().ways.ntk}: } 10000 \\to 10000 \\cdot ${factor}^{${depth}/${depth - 2}} = ${Math.round(10000 * factor ** (depth / (depth - 2)))}`,
  ];
};

/** The part. */
export const StretchPart = (): JSX.Element => {
  onMount(stretchState.enter);
  const findings = createMemo(() => stretchFindings(texts().positions, options(), lines()));
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train stretch-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <div class="train-pictures">
            <Angles />
            <Near />
          </div>
          <Verdict findings={findings()} notes={words().notesSay} />
          <Prices />
          <Hood
            formulas={formulas()}
            remarks={[words().remark]}
            code={stretchCode(options())}
            sourceName="apps/demo/src/experiments/ropeStretch.ts"
            source={() => import('../../experiments/ropeStretch.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
