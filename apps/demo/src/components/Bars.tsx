// Sizes side by side as bars, each made of parts that are told apart by colour and name; every number stands beside its bar.

import { For, type JSX, Show } from 'solid-js';

/** A part of a bar. */
export interface BarPart {
  readonly name: string;
  readonly value: number;
  readonly tone: 'attention' | 'query' | 'key' | 'value' | 'quiet';
  /** Paler: the second part of one kind. */
  readonly soft?: boolean;
}

/** A bar. */
export interface Bar {
  readonly name: string;
  readonly parts: readonly BarPart[];
  /** The size in words. */
  readonly text: string;
}

/** What is drawn. */
export interface BarsProps {
  readonly bars: readonly Bar[];
  /** The size of a full bar. Default: the largest. */
  readonly most?: number;
  /** Whether the parts are named beneath. */
  readonly legend?: boolean;
}

const sizeOf = ({ parts }: Bar): number => parts.reduce((sum, { value }) => sum + value, 0);

/** The bars. */
export const Bars = (props: BarsProps): JSX.Element => {
  const most = (): number => props.most ?? Math.max(...props.bars.map(sizeOf), 1e-300);
  return (
    <div class="bars">
      <dl>
        <For each={props.bars}>
          {(bar) => (
            <div class="bar">
              <dt>{bar.name}</dt>
              <dd>
                <span class="bar-track" aria-hidden="true">
                  <For each={bar.parts}>
                    {(part) => (
                      <span
                        class={`bar-part tone-${part.tone}`}
                        classList={{ soft: part.soft === true }}
                        style={{ width: `${(100 * part.value) / most()}%` }}
                      />
                    )}
                  </For>
                </span>
                <span class="bar-text">{bar.text}</span>
              </dd>
            </div>
          )}
        </For>
      </dl>
      <Show when={props.legend}>
        <p class="bars-legend">
          <For each={props.bars[0]?.parts ?? []}>
            {(part) => (
              <span>
                <span class={`bar-key tone-${part.tone}`} classList={{ soft: part.soft === true }} />
                {part.name}
              </span>
            )}
          </For>
        </p>
      </Show>
    </div>
  );
};
