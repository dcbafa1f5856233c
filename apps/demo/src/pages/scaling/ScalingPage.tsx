// The page on scaling: the spread of scores by depth, what softmax makes of it, and how much of a gradient gets back.

import { createMemo, type JSX, onCleanup, onMount } from 'solid-js';
import { Failure } from '../../components/Failure.tsx';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { scalingDepths, scalingKeys } from '../../experiments/scalingOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { CloseCards, Jacobians } from './CloseCards.tsx';
import { CurveCards } from './CurveCards.tsx';
import { scalingCode } from './scalingCode.ts';
import { scalingFindings } from './scalingFindings.ts';
import {
  gradientPlaces,
  gradientStatistics,
  scalingPresets,
  scalingSeeds,
  scalingState,
} from './scalingState.ts';

const words = () => texts().scaling;

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Presets
      words={words()}
      presets={scalingPresets}
      options={scalingState.choice()}
      onChoose={scalingState.change}
    />
    <Range
      label={words().depth}
      values={scalingDepths}
      value={scalingState.choice().depth}
      format={String}
      onChange={(depth) => scalingState.change({ depth })}
    />
    <Range
      label={words().keys}
      values={scalingKeys}
      value={scalingState.choice().keys}
      format={String}
      onChange={(keys) => scalingState.change({ keys })}
    />
    <Segmented
      label={words().at}
      options={gradientPlaces.map((place) => ({ value: place, label: words().places[place] }))}
      value={scalingState.choice().place}
      onChange={(place) => scalingState.change({ place })}
    />
    <Segmented
      label={words().over}
      options={gradientStatistics.map((name) => ({ value: name, label: words().statistics[name] }))}
      value={scalingState.choice().statistic}
      onChange={(statistic) => scalingState.change({ statistic })}
    />
    <Segmented
      label={words().seed}
      options={scalingSeeds.map((seed) => ({ value: String(seed), label: String(seed) }))}
      value={String(scalingState.choice().seed)}
      onChange={(seed) => scalingState.change({ seed: Number(seed) })}
    />
    <p class="fine">{words().waysHint}</p>
  </section>
);

const formulas = (): string[] => {
  const { depth } = scalingState.choice();
  const measured = scalingState.point('unscaled')?.variance;
  return [
    `\\operatorname{Var}(q \\cdot k) = \\sum_{i=1}^{d} \\operatorname{Var}(q_i k_i) = d = ${depth}`,
    ...(measured === undefined ? [] : [`\\text{${words().measured}} = ${measured.toFixed(1)}`]),
    `\\operatorname{Var}\\left(\\frac{q \\cdot k}{\\sqrt{d}}\\right) = \\frac{d}{d} = 1`,
    `\\text{T5: } \\sigma(W_q) = \\frac{1}{\\sqrt{256 \\cdot d}} = \\frac{1}{${(16 * Math.sqrt(depth)).toFixed(0)}}`,
    '\\frac{\\partial p_i}{\\partial s_j} = p_i (\\delta_{ij} - p_j)',
    `e^{3 \\sqrt{d}} = e^{${(3 * Math.sqrt(depth)).toFixed(1)}} = 10^{${((3 * Math.sqrt(depth)) / Math.LN10).toFixed(1)}}`,
  ];
};

/** The page. */
export const ScalingPage = (): JSX.Element => {
  onMount(scalingState.enter);
  onCleanup(scalingState.leave);
  const findings = createMemo(() =>
    scalingFindings(words(), scalingState.points(), scalingState.choice().depth),
  );
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train scaling-page">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={words().failed} message={scalingState.error()} />
          <CloseCards />
          <Verdict findings={findings()} notes={words().notesSay} />
          <Jacobians />
          <CurveCards />
          <Hood
            formulas={formulas()}
            remarks={[words().remark]}
            code={scalingCode(scalingState.choice().depth, scalingState.choice())}
            sourceName="apps/demo/src/experiments/scaling.ts"
            source={() => import('../../experiments/scaling.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
