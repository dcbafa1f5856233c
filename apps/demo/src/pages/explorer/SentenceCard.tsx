// The one sentence of the explorer, and sentences to try.

import { For, type JSX, Show } from 'solid-js';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import type { ExplorerState } from './explorerState.ts';
import { sentenceNames, sentenceOf, sentences } from './sentences.ts';

/** The card. */
export const SentenceCard = (props: { readonly state: ExplorerState }): JSX.Element => {
  const { state } = props;
  const words = () => texts().explorer.heads;
  const cut = (): number => (state.reading()?.text === state.text() ? (state.reading()?.truncated ?? 0) : 0);
  const current = () => sentenceOf(state.text());
  return (
    <section class="card explorer-sentence">
      <h3 class="eyebrow">{words().sentence}</h3>
      <div class="sentence-grow" data-text={state.text()}>
        <textarea
          rows="1"
          spellcheck={false}
          aria-label={words().sentence}
          placeholder={texts().look.placeholder}
          value={state.text()}
          onInput={(event) => state.setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && event.preventDefault()}
        />
      </div>
      <Show when={cut() > 0}>
        <p class="sentence-cut" role="status">
          {texts().look.cut(cut(), currentModel()?.maxTokens ?? 0)}
        </p>
      </Show>
      <h3 class="eyebrow presets-title">{words().presets}</h3>
      <ul class="presets">
        <For each={sentenceNames}>
          {(name) => (
            <li>
              <button
                type="button"
                class="chip"
                title={words().presetPoints[name]}
                aria-pressed={current() === name}
                onClick={() => state.setText(sentences[name].text)}
              >
                {words().presetNames[name]}
              </button>
            </li>
          )}
        </For>
      </ul>
      <p class="hint preset-point">
        <Show when={current()}>{(name) => <>{words().presetPoints[name()]}</>}</Show>
      </p>
    </section>
  );
};
