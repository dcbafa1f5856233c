// Compares numbers within a stated tolerance and names the worst element. Not a matcher: it throws, so it needs no test framework.

/** Anything with a shape and row-major data, a flat list of numbers, or one number. */
export type Numbers =
  | number
  | ArrayLike<number>
  | { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

/** How near is near: an element passes if |actual − expected| ≤ absolute + relative · |expected|. */
export interface Closeness {
  /** Default 0. */
  readonly absolute?: number;
  /** Relative to the expected element; default 0. */
  readonly relative?: number;
  /** Relative to the largest finite |expected| of all elements, for results whose small elements are sums of large ones; default 0. */
  readonly relativeToLargest?: number;
  /** Put in front of the message: which output, which case. */
  readonly name?: string;
}

interface Flat {
  readonly shape: readonly number[] | undefined;
  readonly data: ArrayLike<number>;
}

const flat = (value: Numbers): Flat => {
  if (typeof value === 'number') return { shape: undefined, data: [value] };
  return 'data' in value ? value : { shape: undefined, data: value };
};

const place = (index: number, shape: readonly number[] | undefined): string => {
  if (shape === undefined) return `[${index}]`;
  const at: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    at.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${at.join(', ')}]`;
};

/**
 * Throws unless every element of `actual` is within the tolerance of `expected`, and the shapes are equal where both have one.
 * NaN agrees with NaN only, an infinity with the same infinity only. A tolerance must be given: no tolerance means exactly equal.
 *
 * @example
 * expectClose({ shape: [2], data: [1, 2] }, [1, 2.000001], { relative: 1e-6 });
 */
export const expectClose = (actual: Numbers, expected: Numbers, closeness: Closeness = {}): void => {
  const { absolute = 0, relative = 0, relativeToLargest = 0, name } = closeness;
  const a = flat(actual);
  const e = flat(expected);
  const fail = (message: string): never => {
    const error = new Error(`${name === undefined ? '' : `${name}: `}${message}`);
    error.name = 'AssertionError';
    Error.captureStackTrace(error, expectClose);
    throw error;
  };
  if (a.shape !== undefined && e.shape !== undefined && a.shape.join() !== e.shape.join()) {
    fail(`expected shape [${e.shape.join(', ')}], received [${a.shape.join(', ')}]`);
  }
  if (a.data.length !== e.data.length) {
    fail(`expected ${e.data.length} elements, received ${a.data.length}`);
  }
  let largest = 0;
  for (let i = 0; i < e.data.length; i += 1) {
    const size = Math.abs(Number(e.data[i]));
    if (Number.isFinite(size) && size > largest) largest = size;
  }
  let bad = 0;
  let worst = -1;
  let worstExcess = 0;
  for (let i = 0; i < e.data.length; i += 1) {
    const got = Number(a.data[i]); // Number(): int64 goldens are bigint arrays
    const want = Number(e.data[i]);
    if (Object.is(got, want) || got === want) continue;
    const difference = Math.abs(got - want);
    const allowed = absolute + relative * Math.abs(want) + relativeToLargest * largest;
    if (Number.isFinite(want) && difference <= allowed) continue;
    bad += 1;
    const excess = Number.isFinite(difference) ? difference / (allowed || Number.MIN_VALUE) : Infinity;
    if (worst < 0 || excess > worstExcess) {
      worst = i;
      worstExcess = excess;
    }
  }
  if (bad === 0) return;
  const got = Number(a.data[worst]);
  const want = Number(e.data[worst]);
  const difference = Math.abs(got - want);
  fail(
    `${bad} of ${e.data.length} elements differ; worst at ${place(worst, a.shape ?? e.shape)}: ` +
      `expected ${want}, received ${got}, difference ${difference.toPrecision(3)}, ` +
      `relative ${(difference / Math.abs(want)).toPrecision(3)} (absolute ${absolute}, relative ${relative}` +
      `${relativeToLargest > 0 ? `, relative to the largest ${relativeToLargest}` : ''})`,
  );
};
