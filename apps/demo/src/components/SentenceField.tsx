// One sentence to edit: a field of one line that grows with it.

import type { JSX } from 'solid-js';

/** The sentence. */
export interface SentenceFieldProps {
  /** For screen readers. */
  readonly label: string;
  readonly value: string;
  readonly placeholder?: string;
  readonly onInput: (text: string) => void;
}

/** The field. */
export const SentenceField = (props: SentenceFieldProps): JSX.Element => (
  <div class="sentence-grow" data-text={props.value}>
    <textarea
      rows="1"
      spellcheck={false}
      aria-label={props.label}
      placeholder={props.placeholder}
      value={props.value}
      onInput={(event) => props.onInput(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && !event.isComposing && event.preventDefault()}
    />
  </div>
);
