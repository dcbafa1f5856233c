// Encodings of positions: what each is, what it does to scores by distance, and which scores notice that a sentence was moved.

import { createMemo, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Failure } from '../../components/Failure.tsx';
import { grouped } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Range } from '../../components/Range.tsx';
import { Segmented } from '../../components/Segmented.tsx';
import { SentenceField } from '../../components/SentenceField.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { layouts, learnedNumbers, orders, shifts } from '../../experiments/positionOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { EncodingCards } from './EncodingCards.tsx';
import { placeFindings } from './placeFindings.ts';
import { placeFormulas } from './placeFormulas.ts';
import { encodingPresets, headNumbers, placeState } from './placeState.ts';
import { placeCode } from './positionsCode.ts';
import { ChangeCards, ShiftCard } from './ShiftCards.tsx';

const words = () => texts().positions.place;
const { choice, change } = placeState;

const Controls = (): JSX.Element => (
  <section class="card controls">
    <Presets words={words()} presets={encodingPresets} options={choice()} onChoose={change} />
    <p class="fine">{words().learns(grouped(learnedNumbers[choice().encoding]))}</p>
    <div class="position-sentence">
      <h3 class="control-label">{words().sentence}</h3>
      <SentenceField label={words().sentence} value={choice().text} onInput={(text) => change({ text })} />
    </div>
    <Range
      label={words().shift}
      values={shifts}
      value={choice().shift}
      format={String}
      onChange={(shift) => change({ shift })}
    />
    <Range
      label={words().head}
      values={headNumbers}
      value={choice().head}
      format={String}
      onChange={(head) => change({ head })}
    />
    <Segmented
      label={words().order}
      options={orders.map((order) => ({ value: order, label: words().orders[order] }))}
      value={choice().order}
      onChange={(order) => change({ order })}
    />
    <Show when={choice().encoding === 'sinusoidal' || choice().encoding === 'rope'}>
      <Segmented
        label={words().layout}
        options={layouts.map((layout) => ({ value: layout, label: words().layouts[layout] }))}
        value={choice().layout}
        onChange={(layout) => change({ layout })}
      />
    </Show>
    <p class="fine">{words().fine}</p>
  </section>
);

/** The part. */
export const PlacePart = (): JSX.Element => {
  onMount(placeState.enter);
  onCleanup(placeState.leave);
  const findings = createMemo(() => {
    const view = placeState.view();
    return view === undefined ? [] : placeFindings(texts().positions, view);
  });
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train place-part">
        <div class="side">
          <Controls />
        </div>
        <div class="train-main">
          <Failure text={texts().positions.failed} message={placeState.error()} />
          <Show when={placeState.view()} fallback={<div class="card position-waiting" />}>
            {(view) => (
              <>
                <ShiftCard view={view()} head={choice().head} />
                <Verdict findings={findings()} notes={words().notesSay} />
                <EncodingCards view={view()} />
                <ChangeCards view={view()} />
              </>
            )}
          </Show>
          <Hood
            formulas={placeFormulas(placeState.view(), choice().head - 1)}
            remarks={[words().remarks[choice().encoding]]}
            code={placeCode(choice())}
            sourceName="apps/demo/src/experiments/positionScores.ts"
            source={() => import('../../experiments/positionScores.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
