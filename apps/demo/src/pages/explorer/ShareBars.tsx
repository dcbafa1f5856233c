// Where the chosen head looks: five places with their share and a mark at what chance would give, and its entropy.

import { createMemo, For, type JSX } from 'solid-js';
import { fixed, percent } from '../../components/formatNumber.ts';
import { type HeadPattern, patternKinds } from '../../experiments/headPattern.ts';
import { texts } from '../../i18n/texts.ts';

/** The bars. */
export const ShareBars = (props: {
  readonly pattern: HeadPattern;
  readonly special: readonly number[];
}): JSX.Element => {
  const words = () => texts().explorer.heads;
  const bars = createMemo(() =>
    patternKinds.map((kind) => ({
      kind,
      name: kind === 'sink' && props.special.length > 0 ? words().sharesSpecial : words().shares[kind],
      share: props.pattern.shares[kind],
      chance: props.pattern.chances[kind],
    })),
  );
  return (
    <dl class="share-bars">
      <For each={bars()}>
        {(bar) => (
          <div classList={{ named: bar.kind === props.pattern.name }}>
            <dt>{bar.name}</dt>
            <dd class="number">
              {Number.isNaN(bar.share) ? (
                <span class="fine">{words().none}</span>
              ) : (
                <>
                  <span class="fine">{words().chance(percent(bar.chance))}</span> {percent(bar.share)}
                </>
              )}
            </dd>
            <span
              class="share-bar"
              style={{
                '--share': String(Number.isNaN(bar.share) ? 0 : bar.share),
                '--chance': String(Number.isNaN(bar.chance) ? 0 : bar.chance),
              }}
              aria-hidden="true"
            />
          </div>
        )}
      </For>
      <div>
        <dt>{words().entropy}</dt>
        <dd class="number">
          {words().entropyOf(fixed(props.pattern.entropy, 1), fixed(props.pattern.mostEntropy, 1))}
        </dd>
        <span
          class="share-bar entropy"
          style={{ '--share': String(props.pattern.entropy / Math.max(1e-9, props.pattern.mostEntropy)) }}
          aria-hidden="true"
        />
      </div>
    </dl>
  );
};
