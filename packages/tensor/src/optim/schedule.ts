// Learning-rate schedules: pure functions of the step, which counts from 0. Nothing to advance, nothing to save. One-cycle, warm
// restarts, warm-up–stable–decay are `joined` pieces of these; whatever else is wanted is a function.

/** Learning rate of a step, counted from 0. */
export type Schedule = (step: number) => number;

/** The schedule of a rate: itself, or a constant one. */
export const scheduleOf = (rate: number | Schedule): Schedule =>
  typeof rate === 'number' ? () => rate : rate;

/** Share of the way at a step, 1 from `steps` on. */
const progress = (step: number, steps: number): number => (steps > 0 ? Math.min(1, step / steps) : 1);

/** From `start` to `end` in equal parts over `steps`, then `end`. */
export const linearDecay =
  (start: number, steps: number, end = 0): Schedule =>
  (step) =>
    start + (end - start) * progress(step, steps);

/** Half a cosine from `start` to `end` over `steps`, then `end`. Loshchilov and Hutter 2017 (arXiv:1608.03983), equation 5. */
export const cosineDecay =
  (start: number, steps: number, end = 0): Schedule =>
  (step) =>
    end + ((start - end) / 2) * (1 + Math.cos(Math.PI * progress(step, steps)));

/** end + (start − end)·(1 − step/steps)^power, then `end`. Power 1 (the default) is `linearDecay`. */
export const polynomialDecay =
  (
    start: number,
    steps: number,
    { end = 0, power = 1 }: { readonly end?: number; readonly power?: number } = {},
  ): Schedule =>
  (step) =>
    end + (start - end) * (1 - progress(step, steps)) ** power;

/** start·factor^⌊step / every⌋; with every = 1 the exponential decay. */
export const stepDecay =
  (start: number, every: number, factor: number): Schedule =>
  (step) =>
    start * factor ** Math.floor(step / every);

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
 * One schedule after the other: number i + 1 begins at step `starts[i]` and counts from there.
 *
 * @example
 * const stable = joined([0.1, linearDecay(0.1, 50)], [100]);
 * stable(125); //=> 0.05
 */
export const joined = (schedules: readonly (number | Schedule)[], starts: readonly number[]): Schedule => {
  const rising = starts.every((start, index) => start > (starts[index - 1] ?? 0));
  if (schedules.length !== starts.length + 1 || !rising)
    throw new RangeError(
      `joined: ${schedules.length} schedules with starts [${starts.join(', ')}]; expected one start for each but the first, above 0 and rising.`,
    );
  const parts = schedules.map(scheduleOf);
  return (step) => {
    let part = 0;
    while (part < starts.length && step >= (starts[part] as number)) part++; // part < length
    return (parts[part] as Schedule)(step - (part === 0 ? 0 : (starts[part - 1] as number))); // one more than starts
  };
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

/**
 * min(limit, 1/√(step + 1)): the relative step of Adafactor. Shazeer and Stern 2018 (arXiv:1804.04235), §8; with the limit
 * (step) => 1e-6 · (step + 1) its warm-up.
 */
export const relativeStep = (limit: number | Schedule = 0.01): Schedule => {
  const bound = scheduleOf(limit);
  return (step) => Math.min(bound(step), 1 / Math.sqrt(step + 1));
};
