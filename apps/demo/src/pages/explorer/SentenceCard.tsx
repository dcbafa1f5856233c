// The one sentence of the explorer, and sentences to try.

import { type JSX, Show } from 'solid-js';
import { Presets } from '../../components/Presets.tsx';
import { SentenceField } from '../../components/SentenceField.tsx';
import { texts } from '../../i18n/texts.ts';
import { currentModel } from '../../model/session.ts';
import type { ExplorerState } from './explorerState.ts';
import { type SentenceName, sentenceNames, sentences } from './sentences.ts';

/** What a preset sets: the text alone. */
const choices = Object.fromEntries(
  sentenceNames.map((name) => [name, { text: sentences[name].text }]),
) as Readonly<Record<SentenceName, { readonly text: string }>>; // all names

/** The card. */
export const SentenceCard = (props: { readonly state: ExplorerState }): JSX.Element => {
  const { state } = props;
  const words = () => texts().explorer.heads;
  const cut = (): number => (state.reading()?.text === state.text() ? (state.reading()?.truncated ?? 0) : 0);
  return (
    <section class="card explorer-sentence">
      <h3 class="eyebrow">{words().sentence}</h3>
      <SentenceField
        label={words().sentence}
        placeholder={texts().look.placeholder}
        value={state.text()}
        onInput={(text) => state.setText(text)}
      />
      <Show when={cut() > 0}>
        <p class="sentence-cut" role="status">
          {texts().look.cut(cut(), currentModel()?.maxTokens ?? 0)}
        </p>
      </Show>
      <Presets
        words={words()}
        presets={choices}
        options={{ text: state.text() }}
        onChoose={({ text }) => text !== undefined && state.setText(text)}
      />
    </section>
  );
};
