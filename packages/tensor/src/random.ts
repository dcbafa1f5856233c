// Random: every random number comes from one that you pass. Counter-based: number i of a key is a pure function of (key, i),
// so the same key gives the same numbers on every engine, in any order and from any thread.

/** One round of the mixing function "murmur3 fmix32": every input bit changes each output bit with probability near 1/2. */
const mix = (value: number): number => {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
};

/** 32 random bits, a pure function of two key words and a counter. */
export const randomBits = (low: number, high: number, counter: number): number => {
  const a = mix(counter ^ low);
  const b = mix((a + Math.imul(counter, 0x9e3779b9)) ^ high);
  return mix(b ^ Math.imul(low, 0x27d4eb2f) ^ a) >>> 0;
};

/**
 * A source of random numbers: a key and a position. Drawing moves the position; `split` gives an independent source.
 *
 * @example
 * const noise = random(42);
 * noise.uniform() === random(42).uniform(); //=> true
 */
export class Random {
  #low: number;
  #high: number;
  #position = 0;

  constructor(low: number, high: number) {
    this.#low = low | 0;
    this.#high = high | 0;
  }

  /** A new independent source; this one moves on by one number. */
  split(): Random {
    const counter = this.#position++;
    return new Random(
      randomBits(this.#high ^ 0x5bd1e995, this.#low, counter),
      randomBits(this.#low, ~this.#high, counter),
    );
  }

  /** Key and position, three integers: what `restore` takes. */
  state(): readonly [number, number, number] {
    return [this.#low, this.#high, this.#position];
  }

  /** Goes on as the source that gave this state would have gone on. */
  restore([low, high, position]: readonly [number, number, number]): void {
    if (![low, high, position].every(Number.isSafeInteger) || position < 0)
      throw new RangeError(
        `Random: state [${[low, high, position].join(', ')}]; expected the three integers that state() gave.`,
      );
    this.#low = low | 0;
    this.#high = high | 0;
    this.#position = position;
  }

  /** Uniform in [0, 1), 24 bits: exact in float32. */
  uniform(): number {
    return this.uniformAt(this.#position++);
  }

  /** The number that `uniform` would give at a position, without moving: for kernels that draw by place. */
  uniformAt(position: number): number {
    return (randomBits(this.#low, this.#high, position) >>> 8) * 2 ** -24;
  }

  /** Standard normal (Box and Muller 1958, one number of the pair). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Integer from 0 up to, not including, `end` (1 … 2^24). */
  integer(end: number): number {
    return Math.floor(this.uniform() * end);
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [result[i], result[j]] = [result[j] as T, result[i] as T]; // i, j < length
    }
    return result;
  }
}

/** A Random from a seed: any integer up to 2^53. */
export const random = (seed: number): Random => {
  if (!Number.isSafeInteger(seed))
    throw new RangeError(`random: seed ${seed}; expected an integer of at most 53 bits.`);
  return new Random(mix(seed), mix(Math.floor(seed / 2 ** 32) ^ 0x2545f491));
};
