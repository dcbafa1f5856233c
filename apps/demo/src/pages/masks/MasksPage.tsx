// The mask studio: one question, a composition, and everything that follows from it.

import { createMemo, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { grouped, magnitude, percent } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { reachedBy } from '../../experiments/maskFacts.ts';
import { texts } from '../../i18n/texts.ts';
import { MaskEditor } from './MaskEditor.tsx';
import { MaskPictures } from './MaskPictures.tsx';
import { MaskSavings } from './MaskSavings.tsx';
import { MaskWritings } from './MaskWritings.tsx';
import { maskFindings } from './maskFindings.ts';
import { depths, lengths, type MaskFacts, maskFacts, maskState, tileSides } from './maskState.ts';
import { maskLines } from './maskWriting.ts';
import { presetMasks } from './presets.ts';

const words = () => texts().masks;

const Choices = (): JSX.Element => (
  <section class="card">
    <Presets
      words={words()}
      presets={presetMasks}
      options={maskState.options()}
      onChoose={(preset) => maskState.take({ ...maskState.options(), ...preset })}
    />
    <button type="button" class="chip mask-surprise" onClick={maskState.surprise}>
      {words().surprise}
    </button>
  </section>
);

const Controls = (): JSX.Element => (
  <section class="card controls">
    <div>
      <h3 class="eyebrow">{words().compose}</h3>
      <MaskEditor spec={maskState.spec()} onChange={maskState.change} />
    </div>
    <label>
      <span class="control-label">{words().text}</span>
      <textarea
        class="mask-text"
        rows="3"
        spellcheck={false}
        autocapitalize="off"
        aria-invalid={maskState.problem() !== undefined}
        value={maskState.text()}
        onInput={(event) => maskState.write(event.currentTarget.value)}
      />
    </label>
    <Show when={maskState.problem()}>
      {(problem) => (
        <p class="field-error" role="alert">
          {words().problems[problem().problem](problem().given)}
        </p>
      )}
    </Show>
    <Range
      label={words().length}
      values={lengths}
      value={maskState.length()}
      format={String}
      onChange={maskState.setLength}
    />
    <Range
      label={words().tile}
      values={tileSides}
      value={maskState.tile()}
      format={(side) => words().tileValue(side)}
      onChange={maskState.setTile}
    />
    <Range
      label={words().depth}
      values={depths}
      value={maskState.depth()}
      format={String}
      onChange={maskState.setDepth}
    />
  </section>
);

const formulasOf = (facts: MaskFacts): string[] => {
  const { count, length } = facts.elements();
  const { flash, masked } = facts.cost();
  const { visited } = facts.cost();
  return [
    `\\text{density} = \\frac{${count}}{${length}^2} = ${(count / length ** 2).toFixed(3)}`,
    '\\text{operations} \\approx 4 \\, N^2 d \\cdot \\frac{\\text{visited}}{\\text{tiles}}',
    `${magnitude(flash.flops / 1e9)} \\cdot ${visited.toFixed(3)} \\approx ${magnitude(masked.flops / 1e9)} \\text{ GFLOP}`,
    'R_L = (M \\vee I)^L',
    `|R_{${maskState.depth()}}(\\text{last})| = ${reachedBy(facts.reach(), length, length - 1, maskState.depth())}`,
  ];
};

/** The page. */
export const MasksPage = (): JSX.Element => {
  onMount(maskState.enter);
  onCleanup(maskState.leave);
  const facts = maskFacts();
  const findings = createMemo(() =>
    maskFindings(words(), {
      elements: facts.elements(),
      tiles: facts.tiles(),
      tile: maskState.tile(),
      depth: maskState.depth(),
      reached: reachedBy(facts.reach(), maskState.length(), maskState.length() - 1, maskState.depth()),
      settled: facts.reach().settled,
      measured: maskState.medians(),
      studiedLength: maskState.studiedLength(),
      kernelVisited: facts.kernelTiles().visited,
      ranges: facts.ranges(),
      difference: maskState.difference(),
    }),
  );
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train masks">
        <div class="side">
          <Choices />
          <Controls />
        </div>
        <div class="train-main">
          <MaskPictures facts={facts} />
          <Verdict findings={findings()} notes={words().notesSay} />
          <MaskSavings facts={facts} />
          <MaskWritings facts={facts} />
          <Hood
            formulas={formulasOf(facts)}
            remarks={[
              words().remarkFlops,
              words().costHint(grouped(maskState.studiedLength()), maskState.factor()),
              `${percent(facts.cost().visited)}, ${facts.cost().tile.queries} × ${facts.cost().tile.keys}`,
            ]}
            code={maskLines(facts.mask(), maskState.length())}
            sourceName="apps/demo/src/experiments/maskFacts.ts"
            source={() => import('../../experiments/maskFacts.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
