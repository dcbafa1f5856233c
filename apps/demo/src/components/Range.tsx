// A slider over a list of values, with the value and its unit beside the name. The browser's own slider: it has the keyboard, touch and
// screen readers right, and its value can be told in words.

import { createUniqueId, type JSX } from 'solid-js';

/** The slider. */
export interface RangeProps {
  readonly label: string;
  readonly values: readonly number[];
  readonly value: number;
  readonly format: (value: number) => string;
  readonly onChange: (value: number) => void;
}

/** Name, value and slider. */
export const Range = (props: RangeProps): JSX.Element => {
  const id = createUniqueId();
  const index = (): number => Math.max(0, props.values.indexOf(props.value));
  return (
    <div class="range">
      <div class="range-head">
        <label class="control-label" for={id}>
          {props.label}
        </label>
        <output class="range-value" for={id}>
          {props.format(props.value)}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={0}
        max={props.values.length - 1}
        step={1}
        value={index()}
        aria-valuetext={props.format(props.value)}
        style={{ '--share': String(index() / Math.max(1, props.values.length - 1)) }}
        onInput={(event) => {
          const value = props.values[event.currentTarget.valueAsNumber];
          if (value !== undefined && value !== props.value) props.onChange(value);
        }}
      />
    </div>
  );
};
