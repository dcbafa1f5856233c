// Where one head's attention goes: to the token itself, to its neighbours, further away; four bars that sum to 100 %.

import { createMemo, For, type JSX } from 'solid-js';
import { percent } from '../../components/formatNumber.ts';
import type { AttentionStatistics } from '../../experiments/attentionStatistics.ts';
import { texts } from '../../i18n/texts.ts';

/** The bars. */
export const HeadParts = (props: { readonly statistics: AttentionStatistics }): JSX.Element => {
  const parts = createMemo(() => {
    const { self, before, after } = props.statistics;
    const names = texts().look.goesParts;
    return [
      { name: names.self, share: self },
      { name: names.previous, share: before },
      { name: names.next, share: after },
      { name: names.elsewhere, share: Math.max(0, 1 - self - before - after) },
    ];
  });
  return (
    <div class="head-parts">
      <h4>{texts().look.goes}</h4>
      <dl>
        <For each={parts()}>
          {(part) => (
            <div>
              <dt>{part.name}</dt>
              <dd class="number">{percent(part.share)}</dd>
              <span class="part-bar" style={{ '--share': String(part.share) }} aria-hidden="true" />
            </div>
          )}
        </For>
      </dl>
    </div>
  );
};
