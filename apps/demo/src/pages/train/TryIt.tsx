// The reader's own input: the model as it is now writes the answer, one character after the other, and shows where it looks for each.

import { createEffect, createMemo, createSignal, For, type JSX, on, Show } from 'solid-js';
import { rampColor, textOnRamp } from '../../components/colorRamp.ts';
import { percent } from '../../components/formatNumber.ts';
import { indexOfLargest } from '../../experiments/attentionStatistics.ts';
import { tasks } from '../../experiments/tasks.ts';
import { texts } from '../../i18n/texts.ts';
import { theme } from '../../state/preferences.ts';
import { type AnswerCharacter, trainState } from './trainState.ts';

/** Mean over layers and heads of where the model looked for one character: [source]. */
const meanLook = ({ maps }: AnswerCharacter, length: number): Float32Array => {
  const mean = new Float32Array(length);
  let count = 0;
  for (const map of maps)
    for (let start = 0; start < map.length; start += length) {
      for (let i = 0; i < length; i++) mean[i] = (mean[i] ?? 0) + (map[start + i] ?? 0);
      count += 1;
    }
  return mean.map((sum) => sum / Math.max(1, count));
};

/** Form and answer. */
export const TryIt = (): JSX.Element => {
  const task = createMemo(() => tasks[trainState.options().task]);
  const [text, setText] = createSignal('');
  const [selected, setSelected] = createSignal<number>();
  createEffect(on(task, ({ probe }) => setText(probe)));
  createEffect(on(trainState.answer, () => setSelected(undefined)));
  const wanted = createMemo(() => task().answer(text()));
  const ready = (): boolean => trainState.kind() !== 'preparing' && trainState.kind() !== 'failed';
  const written = createMemo(() => trainState.answer()?.characters ?? []);
  const looked = createMemo(() => {
    const own = written()[selected() ?? written().length - 1];
    const source = trainState.answer()?.source ?? '';
    return own === undefined ? undefined : meanLook(own, source.length);
  });
  const scaled = (look: Float32Array, index: number): number =>
    (look[index] ?? 0) / Math.max(1e-9, look[indexOfLargest(look)] ?? 1);
  const outcome = createMemo(() => {
    const answer = trainState.answer();
    if (answer === undefined || !answer.done) return undefined;
    const right = task().answer(answer.source) ?? '';
    const own = answer.characters.map(({ character }) => character).join('');
    return {
      correct: own === right,
      text: own === right ? texts().train.tryRight(right) : texts().train.tryWrong(right),
    };
  });
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (wanted() !== undefined && ready()) void trainState.write(text());
  };
  return (
    <section class="card try">
      <div class="card-head">
        <h3>{texts().train.try}</h3>
        <p class="hint">{texts().train.tryEmpty}</p>
      </div>
      <form onSubmit={submit}>
        <label class="try-label">
          <span>{texts().train.tryLabel[trainState.options().task]}</span>
          <input
            type="text"
            value={text()}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => setText(event.currentTarget.value.toLowerCase())}
            aria-invalid={wanted() === undefined}
          />
        </label>
        <button type="submit" class="button" disabled={wanted() === undefined || !ready()}>
          {texts().train.write}
        </button>
      </form>
      <Show when={wanted() === undefined}>
        <p class="field-error" role="alert">
          {texts().train.tryBad[trainState.options().task]}
        </p>
      </Show>
      <Show when={trainState.answer()}>
        {(answer) => (
          <div class="answer">
            <div class="answer-line" aria-hidden="true">
              <span class="axis-key">{texts().train.read}</span>
              <span class="answer-characters">
                <For each={Array.from(answer().source)}>
                  {(character, index) => {
                    const share = (): number => {
                      const look = looked();
                      return look === undefined ? 0 : scaled(look, index());
                    };
                    return (
                      <span
                        class="answer-character"
                        title={percent(looked()?.[index()] ?? 0)}
                        style={{
                          background: rampColor(theme(), share()),
                          color: textOnRamp(theme(), share()),
                        }}
                      >
                        {character === ' ' ? '␣' : character}
                      </span>
                    );
                  }}
                </For>
              </span>
            </div>
            <div class="answer-line" aria-hidden="true">
              <span class="axis-query">{texts().train.written}</span>
              <span class="answer-characters">
                <For each={written()}>
                  {({ character }, index) => (
                    <button
                      type="button"
                      tabindex="-1"
                      class="answer-character written"
                      classList={{ chosen: (selected() ?? written().length - 1) === index() }}
                      onPointerEnter={() => setSelected(index())}
                      onClick={() => setSelected(index())}
                    >
                      {character}
                    </button>
                  )}
                </For>
                <Show when={!answer().done}>
                  <span class="caret" />
                </Show>
              </span>
            </div>
            <p class="answer-outcome" role="status" classList={{ correct: outcome()?.correct === true }}>
              {outcome() === undefined
                ? ''
                : `${written()
                    .map(({ character }) => character)
                    .join('')} — ${outcome()?.text}`}
            </p>
          </div>
        )}
      </Show>
    </section>
  );
};
