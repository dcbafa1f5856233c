// One of a few: a row of buttons of which exactly one is pressed; arrow keys move between them.

import { RadioGroup } from '@kobalte/core/radio-group';
import { For, type JSX } from 'solid-js';

/** The choice. */
export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Whether the label is seen, or only heard. Default true. */
  readonly labelled?: boolean;
}

/** The row. */
export const Segmented = <Value extends string>(props: SegmentedProps<Value>): JSX.Element => (
  <RadioGroup
    class="segmented"
    value={props.value}
    onChange={(value) => {
      const chosen = props.options.find((option) => option.value === value);
      if (chosen !== undefined) props.onChange(chosen.value);
    }}
  >
    <RadioGroup.Label class={props.labelled === false ? 'visually-hidden' : 'control-label'}>
      {props.label}
    </RadioGroup.Label>
    <div class="segments">
      <For each={props.options}>
        {(option) => (
          <RadioGroup.Item class="segment" value={option.value}>
            <RadioGroup.ItemInput class="segment-input" />
            <RadioGroup.ItemLabel class="segment-label">{option.label}</RadioGroup.ItemLabel>
          </RadioGroup.Item>
        )}
      </For>
    </div>
  </RadioGroup>
);
