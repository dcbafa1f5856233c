// Frequencies of rotary positions, and the ways to stretch them over more positions than a model was trained on.
// Formulas of the papers, in the form that published configurations mean (Hugging Face, modeling_rope_utils.py).

/** How frequencies are stretched beyond the trained length. */
export type RopeScaling =
  /** Positions divided by factor. Chen 2023 (arXiv:2306.15595). */
  | { readonly type: 'linear'; readonly factor: number }
  /** Base multiplied by factor^(r / (r − 2)): slow turns are stretched, fast ones stay ("NTK-aware", bloc97 2023). */
  | { readonly type: 'ntk'; readonly factor: number }
  /** As 'ntk', by how much `length` passes the trained length; unchanged up to it. */
  | {
      readonly type: 'dynamic';
      readonly factor: number;
      readonly trainedLength: number;
      /** Positions in use. Default: trainedLength. */
      readonly length?: number;
    }
  | YarnScaling
  /** Turns longer than trainedLength / lowFactor are divided by factor, those shorter than trainedLength / highFactor stay. Llama 3.1. */
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFactor: number;
      readonly highFactor: number;
      readonly trainedLength: number;
    };

/** Peng 2023 (arXiv:2309.00071), §3.2 and 3.4: by parts, with a factor of the angles' cosines and sines. */
export interface YarnScaling {
  readonly type: 'yarn';
  readonly factor: number;
  readonly trainedLength: number;
  /** Pairs that turn more than this often in trainedLength stay. Default 32. */
  readonly betaFast?: number;
  /** Pairs that turn less than this often are divided by factor. Default 1. */
  readonly betaSlow?: number;
  /** Factor of cosines and sines. Default 0.1 · ln(factor) + 1. */
  readonly magnitude?: number;
  /** DeepSeek's two coefficients: magnitude is (0.1 · m · ln(factor) + 1) of the first over that of the second. Default: none. */
  readonly magnitudeScales?: readonly [number, number];
  /** Whether the borders between parts are whole pairs. Default true. */
  readonly truncate?: boolean;
}

/** What `rope` turns by. */
export interface RopeFrequencies {
  /** Radians a position, one a pair: [rotaryDepth / 2], float32 as models were trained with. */
  readonly rates: Float32Array;
  /** Factor of cosines and sines; 1 but for YaRN. */
  readonly magnitude: number;
}

/** Options of `ropeFrequencies`. */
export interface RopeFrequencyOptions {
  /** Numbers of a vector that turn, even; the others stay. Default: all. */
  readonly rotaryDepth?: number;
  /** Default 10000. */
  readonly base?: number;
  /** Default: none. */
  readonly scaling?: RopeScaling;
}

const ratesOf = (depth: number, base: number): number[] =>
  Array.from({ length: depth / 2 }, (_, i) => base ** ((-2 * i) / depth));

/** The base that stretches the slowest turn of `depth` by factor and leaves the fastest. A single pair has no slower one: its base stays. */
const stretchedBase = (base: number, depth: number, factor: number): number =>
  depth > 2 ? base * factor ** (depth / (depth - 2)) : base;

const llama3 = (rate: number, scaling: Extract<RopeScaling, { type: 'llama3' }>): number => {
  const { factor, lowFactor, highFactor, trainedLength } = scaling;
  const turns = (trainedLength * rate) / (2 * Math.PI);
  if (turns < lowFactor) return rate / factor;
  if (turns > highFactor) return rate;
  const kept = (turns - lowFactor) / (highFactor - lowFactor);
  return (1 - kept) * (rate / factor) + kept * rate;
};

const logFactor = (factor: number, coefficient = 1): number =>
  factor <= 1 ? 1 : 0.1 * coefficient * Math.log(factor) + 1;

const yarnMagnitude = ({ factor, magnitude, magnitudeScales }: YarnScaling): number => {
  if (magnitude !== undefined) return magnitude;
  if (magnitudeScales === undefined) return logFactor(factor);
  return logFactor(factor, magnitudeScales[0]) / logFactor(factor, magnitudeScales[1]);
};

/** Rates divided by factor where a pair turns seldom, kept where it turns often, a ramp between. */
const yarn = (depth: number, base: number, scaling: YarnScaling): number[] => {
  const { factor, trainedLength, betaFast = 32, betaSlow = 1, truncate = true } = scaling;
  /** The pair, as a real number, that turns so often in the trained length. */
  const pairOf = (turns: number) =>
    (depth * Math.log(trainedLength / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [fast, slow] = [pairOf(betaFast), pairOf(betaSlow)];
  const low = Math.max(0, truncate ? Math.floor(fast) : fast);
  const high = Math.min(depth - 1, truncate ? Math.ceil(slow) : slow);
  const width = high === low ? 0.001 : high - low; // a step where the ramp has no width
  return ratesOf(depth, base).map((rate, pair) => {
    const stretched = Math.min(1, Math.max(0, (pair - low) / width));
    return (rate / factor) * stretched + rate * (1 - stretched);
  });
};

const checkScaling = (scaling: RopeScaling): void => {
  for (const [name, value] of Object.entries(scaling))
    if (typeof value === 'number' && !(value > 0 && Number.isFinite(value)))
      throw new RangeError(
        `ropeFrequencies: ${scaling.type} with ${name} ${value}; expected a number above 0.`,
      );
};

const scaledRates = (depth: number, base: number, scaling: RopeScaling | undefined): number[] => {
  if (scaling === undefined) return ratesOf(depth, base);
  switch (scaling.type) {
    case 'linear':
      return ratesOf(depth, base).map((rate) => rate / scaling.factor);
    case 'ntk':
      return ratesOf(depth, stretchedBase(base, depth, scaling.factor));
    case 'dynamic': {
      const { factor, trainedLength, length = trainedLength } = scaling;
      const beyond = (factor * Math.max(length, trainedLength)) / trainedLength - (factor - 1);
      return ratesOf(depth, stretchedBase(base, depth, beyond));
    }
    case 'yarn':
      return yarn(depth, base, scaling);
    case 'llama3':
      return ratesOf(depth, base).map((rate) => llama3(rate, scaling));
    default:
      return scaling satisfies never;
  }
};

/**
 * Rates base^(−2i / r) of the r/2 pairs of vectors of `depth`, r = rotaryDepth, stretched as `scaling` says. Su 2021 (arXiv:2104.09864), §3.2.2.
 *
 * @example
 * ropeFrequencies(4).rates; // 1 and 0.01 radians a position
 */
export const ropeFrequencies = (depth: number, options: RopeFrequencyOptions = {}): RopeFrequencies => {
  const { rotaryDepth = depth, base = 10000, scaling } = options;
  if (!Number.isInteger(rotaryDepth) || rotaryDepth < 2 || rotaryDepth % 2 !== 0 || rotaryDepth > depth)
    throw new RangeError(
      `ropeFrequencies: rotaryDepth ${rotaryDepth} of depth ${depth}; expected an even number from 2 to ${depth}.`,
    );
  if (!(base > 1 && Number.isFinite(base)))
    throw new RangeError(`ropeFrequencies: base ${base}; expected a number above 1.`);
  if (scaling !== undefined) checkScaling(scaling);
  return {
    rates: Float32Array.from(scaledRates(rotaryDepth, base, scaling)),
    magnitude: scaling?.type === 'yarn' ? yarnMagnitude(scaling) : 1,
  };
};
