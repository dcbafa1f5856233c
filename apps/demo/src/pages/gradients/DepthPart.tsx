// Fourth part: signals and gradients through many layers, by law of first values, with and without residual path and norm.

import { createMemo, For, type JSX, onCleanup, onMount } from 'solid-js';
import { Curves, type Series } from '../../components/Curves.tsx';
import { calledNames } from '../../components/calledNames.ts';
import { Failure } from '../../components/Failure.tsx';
import { magnitude, powerOfTen } from '../../components/formatNumber.ts';
import { scientific } from '../../components/formulaText.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import {
  type DepthCurve,
  type DepthLaw,
  depthActivations,
  depthNorms,
  depthWidth,
} from '../../experiments/depthOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { depthFindings } from './depthFindings.ts';
import { depthPresets, depthState, depths } from './depthState.ts';
import { seeds } from './normState.ts';

const words = () => texts().gradients.depth;

const presetNames = Object.keys(depthPresets) as (keyof typeof depthPresets)[];

const Presets = (): JSX.Element => (
  <div>
    <h3 class="control-label">{words().presets}</h3>
    <div class="presets">
      <For each={presetNames}>
        {(name) => {
          const { residual, norm } = depthPresets[name];
          return (
            <button
              type="button"
              class="chip"
              aria-pressed={depthState.options().residual === residual && depthState.options().norm === norm}
              onClick={() => depthState.change({ residual, norm })}
            >
              {words().presetNames[name]}
            </button>
          );
        }}
      </For>
    </div>
  </div>
);

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Presets />
    <Segmented
      label={words().activation}
      options={depthActivations.map((name) => ({ value: name, label: words().activations[name] }))}
      value={depthState.options().activation}
      onChange={(activation) => depthState.change({ activation })}
    />
    <Segmented
      label={words().residual}
      options={[
        { value: 'off', label: words().residuals.off },
        { value: 'on', label: words().residuals.on },
      ]}
      value={depthState.options().residual ? 'on' : 'off'}
      onChange={(value) => depthState.change({ residual: value === 'on' })}
    />
    <Segmented
      label={words().norm}
      options={depthNorms.map((name) => ({ value: name, label: words().norms[name] }))}
      value={depthState.options().norm}
      onChange={(norm) => depthState.change({ norm })}
    />
    <Range
      label={words().depth}
      values={depths}
      value={depthState.options().depth}
      format={String}
      onChange={(depth) => depthState.change({ depth })}
    />
    <Segmented
      label={words().seed}
      options={seeds.map((seed) => ({ value: String(seed), label: String(seed) }))}
      value={String(depthState.options().seed)}
      onChange={(seed) => depthState.change({ seed: Number(seed) })}
    />
    <p class="fine">{words().lawsHint}</p>
  </section>
);

const looks: Readonly<Record<DepthLaw, Pick<Series, 'tone' | 'dashed'>>> = {
  kaiming: { tone: 'attention' },
  xavier: { tone: 'query' },
  bert: { tone: 'key' },
  small: { tone: 'value', dashed: true },
  large: { tone: 'value' },
};

/** What float32 and the picture have in common; what lies beyond is drawn at the rim. */
const sizes = {
  domain: [1e-12, 1e9] as const,
  logarithmic: true,
  ticks: [1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9],
  format: powerOfTen,
};

const points = (values: readonly number[]): { x: number; y: number }[] =>
  values.map((y, index) => ({ x: index + 1, y }));

const Cards = (): JSX.Element => {
  const series = (of: (curve: DepthCurve) => readonly number[]): Series[] =>
    depthState
      .curves()
      .map((curve) => ({ name: words().laws[curve.law], points: points(of(curve)), ...looks[curve.law] }));
  // The gradient runs from the last layer to the first: its line ends where it arrives.
  const arriving = createMemo((): Series[] => {
    const other = depthState.other();
    const lines = series(({ gradient }) => gradient);
    if (other !== undefined)
      lines.push({
        name: depthState.options().residual ? words().otherWithout : words().otherWith,
        points: points(other.gradient),
        tone: 'quiet',
        dashed: true,
      });
    return lines.map((one) => ({ ...one, points: one.points.toReversed() }));
  });
  const count = (): number => depthState.curves()[0]?.signal.length ?? depthState.options().depth;
  const ticks = (): number[] => [1, ...[1, 2, 3, 4].map((quarter) => Math.round((quarter * count()) / 4))];
  const layers = (domain: readonly [number, number]) => ({
    title: `${words().layerAxis} →`,
    ...{ domain, ticks: ticks() },
    format: String,
  });
  return (
    <div class="train-pictures">
      <section class="card">
        <h3>{words().signal}</h3>
        <Curves
          label={words().signal}
          series={series(({ signal }) => signal)}
          x={layers([1, count()])}
          y={{ title: words().signalAxis, ...sizes }}
          value={magnitude}
          height={300}
          labelWidth={112}
        />
      </section>
      <section class="card">
        <h3>{words().gradient}</h3>
        <Curves
          label={words().gradient}
          series={arriving()}
          x={layers([count(), 1])}
          y={{ title: words().gradientAxis, ...sizes }}
          value={magnitude}
          height={300}
          labelWidth={128}
        />
      </section>
    </div>
  );
};

const code = (): string => {
  const { activation, residual, norm, depth } = depthState.options();
  const input = norm === 'pre' ? 'layerNorm(x)' : 'x';
  const product = `linear(${input}, weight)`;
  const active = activation === 'none' ? product : `${activation}(${product})`;
  const sum = residual ? `add(x, ${active})` : active;
  const body = `const source = random(1);
const input = variable(normal([32, 128], source));
let x = input;
for (let layer = 0; layer < ${depth}; layer++) {
  const weight = parameter([128, 128], kaimingNormal()); // or xavierNormal(), normal(0.02) of @heed/tensor/nn
  weight.draw(source);
  x = ${norm === 'post' ? `layerNorm(${sum})` : sum};
}
backward(x, normal([32, 128], source)).get(input); // the gradient that arrives`;
  const names = ['add', 'backward', 'layerNorm', 'linear', 'normal', 'random', 'relu', 'tanh', 'variable'];
  return `import { ${calledNames(body, names)} } from '@heed/tensor';
import { kaimingNormal, parameter } from '@heed/tensor/nn';

${body}`;
};

/** What 0.02 must leave of a signal in the plain stack of ReLU: a product that one can do by hand, and what was measured. */
const predicted = (): string[] => {
  const { activation, residual, norm, depth } = depthState.options();
  const measured = depthState.curves().find(({ law }) => law === 'bert')?.signal;
  if (activation !== 'relu' || residual || norm !== 'none' || measured?.length !== depth) return [];
  const gain = (0.02 * Math.sqrt(depthWidth / 2)) ** depth;
  return [
    `(0.02 \\sqrt{128 / 2})^{${depth}} = ${scientific(gain)}`,
    `\\text{RMS}_{${depth}} = ${scientific(measured.at(-1) ?? 0)}`,
  ];
};

/** The part. */
export const DepthPart = (): JSX.Element => {
  onMount(depthState.enter);
  onCleanup(depthState.leave);
  const findings = createMemo(() =>
    depthFindings(texts().gradients, {
      options: depthState.options(),
      curves: depthState.curves(),
      other: depthState.other(),
      embedding: depthState.embedding(),
    }),
  );
  return (
    <>
      <Question level={2} question={words().question} section={words().section} lead={words().lead} />
      <div class="train depth-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={texts().gradients.failed} message={depthState.error()} />
          <Cards />
          <Verdict findings={findings()} notes={words().notesSay} />
          <Hood
            formulas={[
              '\\operatorname{Var}(Wx) = n \\, \\sigma^2 \\operatorname{Var}(x)',
              '\\sigma_{\\text{Kaiming}} = \\sqrt{2 / n_{\\text{in}}} = \\sqrt{2 / 128} = 0.125',
              '\\sigma_{\\text{Xavier}} = \\sqrt{2 / (n_{\\text{in}} + n_{\\text{out}})} = 0.088',
              ...predicted(),
              '\\frac{\\partial}{\\partial x} (x + f(x)) = 1 + f^{\\prime}(x)',
            ]}
            remarks={[words().remark, ...(predicted().length > 0 ? [words().remarkPredicted] : [])]}
            code={code()}
            sourceName="apps/demo/src/experiments/depthCurves.ts"
            source={() => import('../../experiments/depthCurves.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
