// Every depth measured: variance, entropy, largest weight and the gradient that gets back, a line a way.

import type { JSX } from 'solid-js';
import { type CurveAxis, Curves, type Series } from '../../components/Curves.tsx';
import { fixed, magnitude, percent, powerOfTen } from '../../components/formatNumber.ts';
import { type ScalingPoint, scalingDepths, scalingWays } from '../../experiments/scalingOptions.ts';
import { texts } from '../../i18n/texts.ts';
import { scalingState } from './scalingState.ts';
import { wayLooks } from './wayLooks.ts';

const words = () => texts().scaling;

interface CardProps {
  readonly title: string;
  readonly of: (point: ScalingPoint) => number;
  readonly y: CurveAxis;
  readonly value?: (value: number) => string;
  readonly reference?: { readonly value: number; readonly label: string; readonly above: boolean };
}

const Card = (props: CardProps): JSX.Element => {
  const series = (): Series[] =>
    scalingWays.map((way) => ({
      name: words().ways[way],
      points: scalingState
        .points()
        .filter((point) => point.way === way)
        .map((point) => ({ x: point.depth, y: props.of(point) })),
      ...wayLooks[way],
    }));
  return (
    <section class="card">
      <h3>{props.title}</h3>
      <Curves
        label={props.title}
        series={series()}
        x={{
          ...{ title: `${words().depthAxis} →`, domain: [8, 1024], logarithmic: true },
          ...{ ticks: scalingDepths.filter((_, index) => index % 2 === 1), format: String },
        }}
        y={props.y}
        {...(props.value !== undefined && { value: props.value })}
        reference={props.reference}
        labelWidth={124}
        marked
        at={scalingState.choice().depth}
      />
    </section>
  );
};

/** The cards. */
export const CurveCards = (): JSX.Element => {
  const bits = (): number => Math.log2(scalingState.choice().keys);
  const gradient = (point: ScalingPoint): number =>
    (scalingState.choice().place === 'scores' ? point.atScores : point.atInput)[
      scalingState.choice().statistic
    ];
  return (
    <div class="train-pictures">
      <Card
        title={words().variance}
        of={({ variance }) => variance}
        y={{
          ...{ title: words().varianceAxis, domain: [0.1, 2000], logarithmic: true },
          ...{ ticks: [0.1, 1, 10, 100, 1000], format: powerOfTen },
        }}
        value={magnitude}
      />
      <Card
        title={words().entropy}
        of={({ entropy }) => entropy}
        y={{
          ...{ title: words().entropyAxis, domain: [0, bits() * 1.15] },
          ...{ ticks: [0, bits() / 2, bits()], format: (value) => fixed(value, 0) },
        }}
        value={(value) => fixed(value, 1)}
        reference={{ value: bits(), label: words().uniform, above: true }}
      />
      <Card
        title={words().largest}
        of={({ largest }) => largest}
        y={{ title: words().largestAxis, domain: [0, 1], ticks: [0, 0.5, 1], format: percent }}
      />
      <Card
        title={`${words().gradient}: ${words().places[scalingState.choice().place]}, ${words().statistics[scalingState.choice().statistic]}`}
        of={gradient}
        y={{
          ...{ title: words().gradientAxis, domain: [1e-6, 1], logarithmic: true },
          ...{ ticks: [1e-6, 1e-4, 1e-2, 1], format: powerOfTen },
        }}
        value={magnitude}
      />
    </div>
  );
};
