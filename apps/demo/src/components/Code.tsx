// Lines of code with a button that copies them.

import { createSignal, type JSX } from 'solid-js';
import { texts } from '../i18n/texts.ts';

/** The code. */
export const Code = (props: { readonly text: string }): JSX.Element => {
  const [copied, setCopied] = createSignal(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(props.text);
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      setCopied(false); // a browser may forbid it; the text can still be marked by hand
    }
  };
  return (
    <div class="code">
      <pre tabindex="0">
        <code>{props.text}</code>
      </pre>
      <button type="button" class="code-copy" onClick={() => void copy()}>
        {copied() ? texts().hood.copied : texts().hood.copyCode}
      </button>
    </div>
  );
};
