// Choices that make a point in one click, and the point of the one that is chosen.

import { For, type JSX, Show } from 'solid-js';

/** The choices. */
export interface PresetsProps<Name extends string> {
  readonly title: string;
  readonly names: readonly Name[];
  readonly labels: Readonly<Record<Name, string>>;
  readonly points: Readonly<Record<Name, string>>;
  /** Undefined where the reader left all of them. */
  readonly chosen: Name | undefined;
  readonly onChoose: (name: Name) => void;
}

/** The row of choices. */
export const Presets = <Name extends string>(props: PresetsProps<Name>): JSX.Element => (
  <div>
    <h3 class="control-label">{props.title}</h3>
    <div class="presets">
      <For each={props.names}>
        {(name) => (
          <button
            type="button"
            class="chip"
            aria-pressed={props.chosen === name}
            onClick={() => props.onChoose(name)}
          >
            {props.labels[name]}
          </button>
        )}
      </For>
    </div>
    <Show when={props.chosen}>{(name) => <p class="hint preset-point">{props.points[name()]}</p>}</Show>
  </div>
);
