// Starts long work, and stops it while it is under way.

import { type JSX, Show } from 'solid-js';

/** The work. */
export interface RunButtonProps {
  readonly running: boolean;
  readonly run: () => void;
  readonly stop: () => void;
  readonly words: { readonly run: string; readonly stop: string };
  /** Whether it is what the page is for: filled, with the mark of playing. Default true. */
  readonly primary?: boolean;
  /** Whether there is nothing to start. Default false. */
  readonly disabled?: boolean;
  /** A class of the page's own. */
  readonly name?: string;
}

/** The button. */
export const RunButton = (props: RunButtonProps): JSX.Element => (
  <Show
    when={props.running}
    fallback={
      <button
        type="button"
        class={`button ${props.name ?? ''}`}
        classList={{ primary: props.primary !== false }}
        disabled={props.disabled === true}
        onClick={() => props.run()}
      >
        <Show when={props.primary !== false}>
          <span class="play-mark" aria-hidden="true" />
        </Show>
        {props.words.run}
      </button>
    }
  >
    <button type="button" class={`button ${props.name ?? ''}`} onClick={() => props.stop()}>
      {props.words.stop}
    </button>
  </Show>
);
