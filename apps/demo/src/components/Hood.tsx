// Under the hood, folded: the formula with the current numbers, the lines of code that did it, and the source of the page's own numbers.

import { Collapsible } from '@kobalte/core/collapsible';
import { createSignal, For, type JSX, Show } from 'solid-js';
import { texts } from '../i18n/texts.ts';
import { Code } from './Code.tsx';
import { Formula } from './Formula.tsx';

/** What is under it. */
export interface HoodProps {
  /** TeX. */
  readonly formulas: readonly string[];
  /** Sentences about the numbers in the formulas. */
  readonly remarks: readonly string[];
  /** The lines that do the same with the packages' public names. */
  readonly code: string;
  readonly sourceName: string;
  /** Fetches the source when it is first seen. */
  readonly source: () => Promise<string>;
}

/** The fold. */
export const Hood = (props: HoodProps): JSX.Element => {
  const [open, setOpen] = createSignal(false);
  const [source, setSource] = createSignal<string>();
  const showSource = (event: Event & { readonly currentTarget: HTMLDetailsElement }): void => {
    if (event.currentTarget.open && source() === undefined) void props.source().then(setSource);
  };
  return (
    <Collapsible class="hood" open={open()} onOpenChange={setOpen}>
      <Collapsible.Trigger class="hood-trigger">
        <span class="chevron" aria-hidden="true" />
        {texts().hood.title}
      </Collapsible.Trigger>
      <Collapsible.Content class="hood-content">
        <div class="hood-grid">
          <section>
            <h4>{texts().hood.formula}</h4>
            <For each={props.formulas}>{(tex) => <Formula tex={tex} />}</For>
            <For each={props.remarks}>{(remark) => <p>{remark}</p>}</For>
          </section>
          <section>
            <h4>{texts().hood.code}</h4>
            <Code text={props.code} />
          </section>
        </div>
        <details class="hood-source" onToggle={showSource}>
          <summary>
            {texts().hood.source}: <code>{props.sourceName}</code>
          </summary>
          <Show when={source()} fallback={<p>{texts().hood.loading}</p>}>
            {(text) => <Code text={text()} />}
          </Show>
        </details>
      </Collapsible.Content>
    </Collapsible>
  );
};
