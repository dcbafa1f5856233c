// The sentences, one a row, as one would edit a list: Enter adds, Backspace in an empty row removes, arrows move, pasted lines spread out.

import { For, Index, type JSX, Show } from 'solid-js';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import { type LookState, mostSentences } from './lookState.ts';
import { presetNames, presets } from './presets.ts';

/** The list and the sets to try. */
export const SentenceList = (props: { readonly state: LookState }): JSX.Element => {
  const fields: HTMLTextAreaElement[] = [];
  const { state } = props;
  const focus = (index: number): void =>
    queueMicrotask(() => {
      const field = fields[Math.max(0, Math.min(index, state.sentences().length - 1))];
      field?.focus();
      field?.setSelectionRange(field.value.length, field.value.length);
    });
  const replace = (index: number, ...lines: readonly string[]): void =>
    state.setSentences(
      state.sentences().toSpliced(index, 1, ...lines),
      index + Math.max(0, lines.length - 1),
    );
  const onInput = (index: number, value: string): void => {
    const lines = value.split(/\r?\n/);
    replace(index, ...lines);
    if (lines.length > 1) focus(index + lines.length - 1);
  };
  const remove = (index: number): void => {
    replace(index);
    focus(Math.max(0, index - 1));
  };
  const add = (index: number): void => {
    state.setSentences(state.sentences().toSpliced(index, 0, ''), index);
    focus(index);
  };
  const onKeyDown = (
    event: KeyboardEvent & { readonly currentTarget: HTMLTextAreaElement },
    index: number,
  ): void => {
    const { value, selectionStart } = event.currentTarget;
    if (event.isComposing) return; // Enter ends the choice of a Chinese word
    if (event.key === 'Enter') add(index + 1);
    else if (event.key === 'Backspace' && value === '' && state.sentences().length > 1) remove(index);
    else if (
      event.key === 'ArrowDown' &&
      selectionStart === value.length &&
      index + 1 < state.sentences().length
    )
      focus(index + 1);
    else if (event.key === 'ArrowUp' && selectionStart === 0 && index > 0) focus(index - 1);
    else return;
    event.preventDefault();
  };
  const cutOf = (index: number): number => {
    const reading = state.readings()?.readings[index];
    return reading?.text === state.sentences()[index] ? (reading?.truncated ?? 0) : 0;
  };
  const limit = (): number => currentModel()?.maxTokens ?? 0;
  return (
    <section class="card sentences">
      <h3 class="eyebrow">{texts().look.sentences}</h3>
      <ol class="sentence-list">
        <Index each={state.sentences()}>
          {(sentence, index) => (
            <li classList={{ active: state.active() === index }}>
              <span class="sentence-number" aria-hidden="true">
                {index + 1}
              </span>
              <div class="sentence-grow" data-text={sentence()}>
                <textarea
                  ref={(element) => {
                    fields[index] = element;
                  }}
                  rows="1"
                  spellcheck={false}
                  aria-label={texts().look.sentence(index + 1)}
                  placeholder={texts().look.placeholder}
                  value={sentence()}
                  onFocus={() => state.setActive(index)}
                  onInput={(event) => onInput(index, event.currentTarget.value)}
                  onKeyDown={(event) => onKeyDown(event, index)}
                />
              </div>
              <Show when={state.sentences().length > 1}>
                <button
                  type="button"
                  class="icon"
                  aria-label={texts().look.remove(index + 1)}
                  onClick={() => remove(index)}
                >
                  ×
                </button>
              </Show>
              <Show when={cutOf(index) > 0}>
                <p class="sentence-cut" role="status">
                  {texts().look.cut(cutOf(index), limit())}
                </p>
              </Show>
            </li>
          )}
        </Index>
      </ol>
      <Show when={state.sentences().length < mostSentences}>
        <button type="button" class="quiet add" onClick={() => add(state.sentences().length)}>
          + {texts().look.add}
        </button>
      </Show>
      <h3 class="eyebrow presets-title">{texts().look.presets}</h3>
      <ul class="presets">
        <For each={presetNames}>
          {(name) => (
            <li>
              <button
                type="button"
                class="chip"
                title={texts().look.presetPoints[name]}
                aria-pressed={state.sentences().join('\n') === presets[name].join('\n')}
                onClick={() => state.setSentences(presets[name], 0)}
              >
                {texts().look.presetNames[name]}
              </button>
            </li>
          )}
        </For>
      </ul>
      <p class="hint preset-point">
        <For each={presetNames.filter((name) => state.sentences().join('\n') === presets[name].join('\n'))}>
          {(name) => <>{texts().look.presetPoints[name]}</>}
        </For>
      </p>
    </section>
  );
};
