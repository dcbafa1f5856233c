// First part: a net learns with and without warm-up.

import { createMemo, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { calledNames } from '../../components/calledNames.ts';
import { scientific } from '../../components/formulaText.ts';
import { Hood } from '../../components/Hood.tsx';
import { Question } from '../../components/Question.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import type { LearningOptions } from '../../experiments/learningOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { LearnControls } from './LearnControls.tsx';
import { DecisionCard, LearnCharts, LearnStats, StripCard } from './LearnPictures.tsx';
import { learnFindings } from './learnFindings.ts';
import { learnState } from './learnState.ts';

const makers = {
  sgd: 'sgd(weights, { learningRate })',
  momentum: 'sgd(weights, { learningRate, momentum: 0.9 })',
  adam: 'adam(weights, { learningRate })',
  adamW: 'adamW(weights, { learningRate })',
} as const;

const schedule = ({ schedule: name, rate, warmup }: LearningOptions): string => {
  const after = {
    constant: `${rate}`,
    linear: `linearDecay(${rate}, ${600 - warmup})`,
    cosine: `cosineDecay(${rate}, ${600 - warmup})`,
    inverseSqrt: `inverseSqrt(${rate}, 100)`,
  };
  const rise = Math.max(1, warmup);
  return name === 'noam'
    ? `noam({ width: 1, warmupSteps: ${rise}, factor: ${rate} * Math.sqrt(${rise}) })`
    : `warmup(${warmup}, ${after[name]})`;
};

const optimNames = [
  'adam',
  'adamW',
  'clipGradients',
  'cosineDecay',
  'gradientNorm',
  'inverseSqrt',
  'linearDecay',
  'noam',
  'sgd',
  'warmup',
];

const code = (options: LearningOptions): string => {
  const body = `const weights = parameters(initialize(net, random(1))); // net: any object with Parameters in its fields
const learningRate = ${schedule(options)};
const optimizer = ${makers[options.optimizer]};
for (const { points, labels } of batches) {
  const gradients = backward(crossEntropy(net.forward(points), labels));
  console.log(optimizer.learningRate, gradientNorm(gradients), gradients.get(net.first.weight));
  optimizer.step(${options.clip === 0 ? 'gradients' : `clipGradients(gradients, ${options.clip})`});
}`;
  return `import { backward, crossEntropy, random } from '@heed/tensor';
import { initialize, parameters } from '@heed/tensor/nn';
import { ${calledNames(body, optimNames)} } from '@heed/tensor/optim';

${body}`;
};

/** Rate, gradient and change of the newest step. */
const present = (): string[] => {
  const last = learnState.steps().at(-1);
  if (last === undefined) return [];
  return [
    `\\eta_{${last.step}} = ${scientific(last.rate)}, \\quad \\lVert g \\rVert = ${scientific(last.norm)}`,
    `\\lVert \\Delta w \\rVert / \\lVert w \\rVert = ${scientific(last.change)}`,
  ];
};

/** The part. */
export const LearnPart = (): JSX.Element => {
  onMount(learnState.enter);
  onCleanup(learnState.leave);
  const words = () => texts().gradients.learn;
  const findings = createMemo(() => {
    const view = learnState.view();
    return view === undefined
      ? []
      : learnFindings(texts().gradients, {
          steps: learnState.steps(),
          twin: learnState.twin(),
          warm: learnState.options().warmup > 0,
          view,
        });
  });
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train learn-part">
        <div class="side">
          <LearnControls />
        </div>
        <div class="train-main">
          <Show when={learnState.kind() === 'failed'}>
            <div class="card" role="alert">
              <p>{texts().gradients.failed}</p>
              <pre class="error-text">{learnState.error()}</pre>
            </div>
          </Show>
          <LearnStats />
          <div class="train-pictures">
            <DecisionCard />
            <LearnCharts />
          </div>
          <StripCard />
          <Verdict findings={findings()} notes={words().notesSay} />
          <Hood
            formulas={[
              'm_t = \\beta_1 m_{t-1} + (1 - \\beta_1) g_t',
              'v_t = \\beta_2 v_{t-1} + (1 - \\beta_2) g_t^2',
              'w_t = w_{t-1} - \\eta_t \\, \\frac{m_t / (1 - \\beta_1^t)}{\\sqrt{v_t / (1 - \\beta_2^t)} + \\epsilon}',
              't = 1: \\quad w_1 = w_0 - \\eta_1 \\, \\operatorname{sign}(g_1)',
              '\\eta_t = d^{-1/2} \\min(t^{-1/2}, t \\cdot t_{\\text{warm}}^{-3/2})',
              ...present(),
            ]}
            remarks={[words().remarkAdam, words().remarkNoam]}
            code={code(learnState.options())}
            sourceName="apps/demo/src/experiments/learner.ts"
            source={() => import('../../experiments/learner.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
