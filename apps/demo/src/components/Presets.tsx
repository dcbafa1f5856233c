// Choices that make a point in one click, and the point of the one that is chosen.

import { createMemo, For, type JSX, Show } from 'solid-js';
import { presetOf } from './presetOf.ts';

/** The choices. */
export interface PresetsProps<Name extends string, Options extends object> {
  readonly words: {
    readonly presets: string;
    readonly presetNames: Readonly<Record<Name, string>>;
    readonly presetPoints: Readonly<Record<Name, string>>;
  };
  readonly presets: Readonly<Record<Name, Partial<Options>>>;
  /** The present options; the preset of which all are is the chosen one. */
  readonly options: Options;
  readonly onChoose: (preset: Partial<Options>) => void;
}

/** The row of choices. */
export const Presets = <Name extends string, Options extends object>(
  props: PresetsProps<Name, Options>,
): JSX.Element => {
  const chosen = createMemo(() => presetOf(props.presets, props.options));
  return (
    <div>
      <h3 class="control-label">{props.words.presets}</h3>
      <div class="presets">
        <For each={Object.keys(props.presets) as Name[]}>
          {(name) => (
            <button
              type="button"
              class="chip"
              aria-pressed={chosen() === name}
              onClick={() => props.onChoose(props.presets[name])}
            >
              {props.words.presetNames[name]}
            </button>
          )}
        </For>
      </div>
      <Show when={chosen()}>
        {(name) => <p class="hint preset-point">{props.words.presetPoints[name()]}</p>}
      </Show>
    </div>
  );
};
