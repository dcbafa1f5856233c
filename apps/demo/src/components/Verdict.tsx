// The verdict: sentences with numbers computed from the run in front of the reader, and what the notes say about it.

import { For, type JSX, Show } from 'solid-js';
import { texts } from '../i18n/texts.ts';

/** One sentence, and where one can see it. */
export interface Finding {
  readonly text: string;
  readonly action?: { readonly label: string; run(): void } | undefined;
}

/** What is said. */
export interface VerdictProps {
  /** The first is the answer, the others add to it. */
  readonly findings: readonly Finding[];
  readonly notes: string;
}

/** The verdict. */
export const Verdict = (props: VerdictProps): JSX.Element => (
  <section class="verdict" aria-label={texts().verdict}>
    <h3 class="eyebrow">{texts().verdict}</h3>
    <For each={props.findings}>
      {(finding, index) => (
        <p classList={{ 'verdict-first': index() === 0 }}>
          {finding.text}
          <Show when={finding.action}>
            {(action) => (
              <>
                {' '}
                <button type="button" class="link" onClick={() => action().run()}>
                  {action().label}
                </button>
              </>
            )}
          </Show>
        </p>
      )}
    </For>
    <p class="verdict-notes">{props.notes}</p>
  </section>
);
