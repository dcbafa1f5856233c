// A slider over a list of values, with the value and its unit beside the name.

import { Slider } from '@kobalte/core/slider';
import type { JSX } from 'solid-js';

/** The slider. */
export interface RangeProps {
  readonly label: string;
  readonly values: readonly number[];
  readonly value: number;
  readonly format: (value: number) => string;
  readonly onChange: (value: number) => void;
}

/** Name, value and slider. */
export const Range = (props: RangeProps): JSX.Element => (
  <Slider
    class="range"
    minValue={0}
    maxValue={props.values.length - 1}
    step={1}
    value={[Math.max(0, props.values.indexOf(props.value))]}
    getValueLabel={({ values }) => props.format(props.values[values[0] ?? 0] ?? props.value)}
    onChange={([index]) => {
      const value = props.values[index ?? 0];
      if (value !== undefined && value !== props.value) props.onChange(value);
    }}
  >
    <div class="range-head">
      <Slider.Label class="control-label">{props.label}</Slider.Label>
      <Slider.ValueLabel class="range-value" />
    </div>
    <Slider.Track class="range-track">
      <Slider.Fill class="range-fill" />
      <Slider.Thumb class="range-thumb">
        <Slider.Input />
      </Slider.Thumb>
    </Slider.Track>
  </Slider>
);
