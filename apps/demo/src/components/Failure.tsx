// What went wrong, in the reader's words and in the program's.

import { type JSX, Show } from 'solid-js';

/** The failure. */
export interface FailureProps {
  readonly text: string;
  /** The program's own message; nothing is shown where it is empty. */
  readonly message: string;
  /** Whether it stands in a card of its own. Default true. */
  readonly card?: boolean;
}

/** The message. */
export const Failure = (props: FailureProps): JSX.Element => (
  <Show when={props.message !== ''}>
    <div classList={{ card: props.card !== false }} role="alert">
      <p>{props.text}</p>
      <pre class="error-text">{props.message}</pre>
    </div>
  </Show>
);
