// The ramp with the numbers at its ends.

import { createMemo, type JSX } from 'solid-js';
import { theme } from '../state/preferences.ts';
import { rampColor } from './colorRamp.ts';

/** The values at the ends. */
export interface RampLegendProps {
  readonly domain: readonly [number, number];
  readonly format: (value: number) => string;
}

const places = Array.from({ length: 9 }, (_, index) => index / 8);

/** The legend. */
export const RampLegend = (props: RampLegendProps): JSX.Element => {
  const gradient = createMemo(
    () => `linear-gradient(to right, ${places.map((place) => rampColor(theme(), place)).join(', ')})`,
  );
  return (
    <span class="legend">
      <span>{props.format(props.domain[0])}</span>
      <span class="legend-bar" style={{ 'background-image': gradient() }} />
      <span>{props.format(props.domain[1])}</span>
    </span>
  );
};
