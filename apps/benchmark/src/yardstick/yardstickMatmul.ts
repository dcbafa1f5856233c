// The yardstick's matrix product: a [m, k] · b [k, n], b packed beforehand, one thread.

import type { Contender } from '../contender.ts';
import { type Yardstick, yardstickExports, yardstickMemory } from './yardstick.ts';

/** Operands of a product. */
export interface ProductOperands {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** Prepares the product. */
export const yardstickMatmul = (
  yardstick: Yardstick,
  name: string,
  { m, n, k, a, b }: ProductOperands,
): Contender => {
  const scratch = 2 ** 20; // packed parts of a
  const memory = yardstickMemory(m * k + k * n + k * (n + 64) + m * n + scratch);
  const { nr, packB, gemm } = yardstickExports(yardstick.gemm, memory);
  const [left, right] = [memory.put(a), memory.put(b)];
  const packed = memory.room(k * (n + nr()));
  const out = memory.room(m * n);
  const work = memory.room(scratch);
  packB(right, n, k, n, packed);
  return {
    name,
    run: () => gemm(left, k, packed, out, n, m, n, k, 0, m, 0, n, work),
    output: () => memory.take(out, m * n),
  };
};
