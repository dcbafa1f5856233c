// Learning-rate schedules: pure functions of the step, which counts from 0. Nothing to advance, nothing to save.

/** Learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

/** The schedule of a rate: itself, or a constant one. */
export const scheduleOf = (rate: number | Schedule): Schedule =>
  typeof rate === 'number' ? () => rate : rate;

/** From `start` to `end` in equal parts over `steps`, then `end`. */
export const linearDecay =
  (start: number, steps: number, end = 0): Schedule =>
  (step) =>
    start + (end - start) * Math.min(1, step / steps);

/** Half a cosine from `start` to `end` over `steps`, then `end`. Loshchilov and Hutter 2017 (arXiv:1608.03983), equation 5. */
export const cosineDecay =
  (start: number, steps: number, end = 0): Schedule =>
  (step) =>
    end + ((start - end) / 2) * (1 + Math.cos(Math.PI * Math.min(1, step / steps)));

/** peak·√(timescale / (step + timescale)): from `peak` at step 0 it falls with the inverse square root. Raffel 2020 (arXiv:1910.10683), §3.1.2. */
export const inverseSqrt =
  (peak: number, timescale: number): Schedule =>
  (step) =>
    peak * Math.sqrt(timescale / (step + timescale));

/**
 * Rises from 0 in equal parts over `steps` to what `after` begins with, then follows it; `after` counts from the end of the warm-up.
 *
 * @example
 * warmup(4, linearDecay(0.1, 16))(10); //=> 0.0625
 */
export const warmup = (steps: number, after: number | Schedule): Schedule => {
  const follow = scheduleOf(after);
  return (step) => (step < steps ? (follow(0) * step) / steps : follow(step - steps));
};

/**
 * factor·width^−½·min(n^−½, n·warmupSteps^−³ᐟ²) with n = step + 1. Vaswani 2017 (arXiv:1706.03762), equation 3.
 *
 * @example
 * noam({ width: 512, warmupSteps: 4000 })(3999); // the peak, 6.99e-4
 */
export const noam =
  ({
    width,
    warmupSteps,
    factor = 1,
  }: {
    readonly width: number;
    readonly warmupSteps: number;
    readonly factor?: number;
  }): Schedule =>
  (step) =>
    (factor / Math.sqrt(width)) * Math.min(1 / Math.sqrt(step + 1), (step + 1) / warmupSteps ** 1.5);
