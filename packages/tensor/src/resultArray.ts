// Arrays for results that leave the engine. New pages are dear: the system zeroes each when it is first written, about 2 µs a page in a virtual
// machine, which for a result of 3 MB is a quarter of the product that computes it. So freed ones had better be used again.

/** What Node has beside the language. `allocUnsafeSlow`: a buffer of its own with whatever was in that memory before. */
interface Platform {
  readonly process?: { readonly platform?: string };
  readonly Buffer?: { allocUnsafeSlow(bytes: number): { readonly buffer: ArrayBuffer } };
}

const { process, Buffer: buffers } = globalThis as Platform;
const large = 2 ** 18; // bytes; smaller arrays lie in memory that is kept anyway
const block = 31 * 2 ** 20;
let settled = process?.platform !== 'linux';

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

/** The same numbers in an array of its own; where the platform allows, without zeros written first. */
export const resultCopy = (array: Float32Array): Float32Array => {
  const { byteLength } = array;
  if (buffers === undefined || byteLength < large) return array.slice();
  if (!settled) settle();
  const copy = new Float32Array(buffers.allocUnsafeSlow(byteLength).buffer);
  copy.set(array);
  return copy;
};
