// Properties over generated cases: fast-check with a fixed seed. On failure fast-check's message has seed, path and the shrunk case.
import fc from 'fast-check';

/** Settings of one property. */
export interface ForAllOptions {
  /** How many cases; default 100. */
  readonly runs?: number;
  /** Default: the number in the environment variable HEED_SEED, else 20170612. */
  readonly seed?: number;
}

type Arbitraries<T extends unknown[]> = { [K in keyof T]: fc.Arbitrary<T[K]> };

const parameters = ({ runs = 100, seed = Number(process.env.HEED_SEED || 20170612) }: ForAllOptions) => ({
  numRuns: runs,
  seed,
});

/**
 * Runs `property` on generated arguments; throws with the seed and the smallest failing case found.
 *
 * @example
 * forAll([fc.integer(), fc.integer()], (a, b) => { expect(a + b).toBe(b + a); });
 */
export const forAll = <T extends [unknown, ...unknown[]]>(
  arbitraries: Arbitraries<T>,
  property: (...values: T) => void,
  options: ForAllOptions = {},
): void => {
  fc.assert(
    fc.property(fc.tuple<T>(...arbitraries), (values) => property(...values)),
    parameters(options),
  );
};

/** The same for a property that returns a promise: await it. */
export const forAllAsync = <T extends [unknown, ...unknown[]]>(
  arbitraries: Arbitraries<T>,
  property: (...values: T) => Promise<void>,
  options: ForAllOptions = {},
): Promise<void> =>
  fc.assert(
    fc.asyncProperty(fc.tuple<T>(...arbitraries), (values) => property(...values)),
    parameters(options),
  );
