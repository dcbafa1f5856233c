// First part: a text through the five stages of a tokenizer, every piece with its origin.

import { createMemo, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { CopyMenu } from '../../components/CopyMenu.tsx';
import { Failure } from '../../components/Failure.tsx';
import { duration, grouped } from '../../components/formatNumber.ts';
import { Hood } from '../../components/Hood.tsx';
import { Presets } from '../../components/Presets.tsx';
import { Question } from '../../components/Question.tsx';
import { Verdict } from '../../components/Verdict.tsx';
import { texts } from '../../i18n/texts.ts';
import { chosenFiles } from '../../model/droppedFiles.ts';
import { mergesState } from './mergesState.ts';
import { StagesPicture } from './StagesPicture.tsx';
import { type ShippedTokenizer, shippedTokenizers } from './shippedFiles.ts';
import { stagesCode } from './stagesCode.ts';
import { stagesFindings } from './stagesFindings.ts';
import { stagesPresets, stagesState } from './stagesState.ts';

const words = () => texts().tokens.stages;
const shipped = Object.keys(shippedTokenizers) as ShippedTokenizer[];

const Choice = (): JSX.Element => {
  let input!: HTMLInputElement; // set by ref
  const learned = () => mergesState.learned();
  return (
    <section class="card controls">
      <div>
        <h3 class="control-label">{words().tokenizer}</h3>
        <div class="presets">
          <For each={shipped}>
            {(name) => (
              <button
                type="button"
                class="chip"
                aria-pressed={stagesState.name() === name}
                onClick={() => stagesState.choose(name)}
              >
                {words().names[name]}
              </button>
            )}
          </For>
          <For each={learned()}>
            {(learner) => (
              <button
                type="button"
                class="chip"
                aria-pressed={stagesState.name() === learner}
                onClick={() => stagesState.takeLearned(mergesState.current(learner))}
              >
                {words().names[learner]}
              </button>
            )}
          </For>
          <Show when={stagesState.name() === 'own'}>
            <button type="button" class="chip" aria-pressed="true">
              {stagesState.ownName()}
            </button>
          </Show>
        </div>
      </div>
      <p class="fine tokens-info" role="status">
        {words().kinds[stagesState.name()]}
        <br />
        <Show when={stagesState.info()} fallback={words().reading}>
          {(info) =>
            info().form === 'learned'
              ? words().infoLearned(grouped(info().vocabularySize))
              : words().info(grouped(info().vocabularySize), duration(info().milliseconds))
          }
        </Show>
      </p>
      <div class="row">
        <button type="button" class="button" onClick={() => input.click()}>
          {words().choose}
        </button>
        <Show when={stagesState.info() !== undefined && stagesState.name() !== 'use'}>
          <button type="button" class="quiet tokens-save" onClick={() => void stagesState.save()}>
            {words().export}
          </button>
        </Show>
      </div>
      <p class="fine">{words().chooseHint}</p>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        onChange={(event) => {
          const { files } = event.currentTarget;
          if (files !== null && files.length > 0) {
            const { files: chosen } = chosenFiles(files);
            stagesState.takeFiles({ name: chosen[0]?.path ?? '', files: chosen });
          }
          event.currentTarget.value = ''; // the same file may be chosen again
        }}
      />
    </section>
  );
};

const Text = (): JSX.Element => (
  <section class="card controls">
    <label>
      <span class="control-label">{words().text}</span>
      <textarea
        class="tokens-text"
        rows="4"
        spellcheck={false}
        placeholder={words().placeholder}
        value={stagesState.text()}
        onInput={(event) => stagesState.write(event.currentTarget.value)}
      />
    </label>
    <Presets
      words={words()}
      presets={stagesPresets}
      options={{ text: stagesState.text() }}
      onChoose={({ text }) => text !== undefined && stagesState.write(text)}
    />
  </section>
);

const title = (): string =>
  stagesState.name() === 'own' ? stagesState.ownName() : words().names[stagesState.name()];

/** The part. */
export const StagesPart = (): JSX.Element => {
  onMount(stagesState.enter);
  onCleanup(stagesState.leave);
  const findings = createMemo(() => {
    const view = stagesState.view();
    return view === undefined ? [] : stagesFindings(words(), title(), view);
  });
  const left = (): string => {
    const count = stagesState.view()?.left ?? 0;
    return count === 0 ? '' : words().left(grouped(count));
  };
  const ratio = (): string[] => {
    const view = stagesState.view();
    if (view === undefined || view.tokens === 0) return [];
    const value = (view.characters / view.tokens).toFixed(2);
    return [`\\text{${words().formulaRatio}} = \\frac{${view.characters}}{${view.tokens}} = ${value}`];
  };
  return (
    <>
      <Question level={1} question={words().question} section={words().section} lead={words().lead} />
      <div class="train tokens-page stages-part">
        <div class="side">
          <Text />
          <Choice />
        </div>
        <div class="train-main">
          <Failure text={texts().tokens.failed} message={stagesState.error()} />
          <section class="card stages">
            <div class="card-head">
              <h3>{`${words().picture}: ${title()}`}</h3>
              <CopyMenu name={`stages-${title()}`} json={() => stagesState.view()} />
            </div>
            <StagesPicture />
            <p class="hint">{left()}</p>
          </section>
          <Show when={findings().length > 0}>
            <Verdict findings={findings()} notes={words().notesSay} />
          </Show>
          <Hood
            formulas={ratio()}
            remarks={[words().remark(left())]}
            code={stagesCode(
              shipped.find((one) => one === stagesState.name()),
              stagesState.view()?.source ?? '',
            )}
            sourceName="apps/demo/src/experiments/stageView.ts"
            source={() => import('../../experiments/stageView.ts?raw').then((module) => module.default)}
          />
        </div>
      </div>
    </>
  );
};
