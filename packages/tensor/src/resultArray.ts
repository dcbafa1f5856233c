// Arrays for results that leave the engine. New pages are dear: the system zeroes each when it is first written, about 2 µs a page in a virtual
// machine, which for a result of 3 MB is a quarter of the product that computes it. So freed ones had better be used again.

interface WithPlatform {
  readonly process?: { readonly platform?: string };
}

const isLinux = (globalThis as WithPlatform).process?.platform === 'linux';
const large = 2 ** 18; // bytes; smaller arrays lie in memory that is kept anyway
const block = 31 * 2 ** 20;
let settled = !isLinux;

/**
 * glibc returns what is freed to the system, unless it once saw a larger block come and go (mallopt(3), "dynamic mmap threshold", at most 32
 * MiB): then it keeps up to twice as much for the next arrays. This block comes and goes; nobody writes to it, so that it never takes memory.
 */
const settle = (): void => {
  settled = true;
  new ArrayBuffer(block);
};

/** A new array of zeros. */
export const resultArray = (length: number): Float32Array => {
  if (!settled && 4 * length >= large) settle();
  return new Float32Array(length);
};

/** The same numbers in an array of its own. */
export const resultCopy = (array: Float32Array): Float32Array => {
  const copy = resultArray(array.length);
  copy.set(array);
  return copy;
};
