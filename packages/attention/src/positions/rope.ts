// Rotary positions: queries and keys are turned by angles that grow with their position, so that their product depends on the distance only.
// Which angles: ropeFrequencies.ts.

import { defineOp, ShapeError, Tensor } from '@heed/tensor';
import { type RopeFrequencies, ropeFrequencies } from './ropeFrequencies.ts';

/** Which two numbers of a vector turn together: (i, i + r/2), as Llama and GPT-NeoX; or (2i, 2i + 1), as the paper and GPT-J. */
export type RopePairs = 'halves' | 'interleaved';

interface Rotation {
  /** [1 or batch, length, half] */
  readonly cos: Float32Array;
  readonly sin: Float32Array;
  /** Pairs that turn. */
  readonly half: number;
  readonly length: number;
  /** Rows of x, [..., length], that one table serves before the next: all, or those of a batch. */
  readonly rowsPerTable: number;
  readonly pairs: RopePairs;
}

const turn = (x: Float32Array, depth: number, rotation: Rotation): Float32Array => {
  const { cos, sin, half, length, rowsPerTable, pairs } = rotation;
  const out = Float32Array.from(x);
  const [step, apart] = pairs === 'halves' ? [1, half] : [2, 1];
  for (let row = 0; row * depth < x.length; row++) {
    const table = (Math.floor(row / rowsPerTable) * length + (row % length)) * half;
    for (let i = 0; i < half; i++) {
      const first = row * depth + i * step;
      const [a, b] = [x[first] as number, x[first + apart] as number]; // 2 · half ≤ depth
      const [c, s] = [cos[table + i] as number, sin[table + i] as number]; // i < half
      out[first] = a * c - b * s;
      out[first + apart] = b * c + a * s;
    }
  }
  return out;
};

const turnOp: (inputs: readonly [Tensor], rotation: Rotation) => Tensor = defineOp<
  readonly [Tensor],
  Rotation
>({
  name: 'rotate',
  forward: ([x], rotation) => ({ shape: x.shape, data: turn(x.data, x.shape.at(-1) as number, rotation) }),
  // The transpose of a rotation turns back.
  backward: (gradient, { options }) => [turnOp([gradient], { ...options, sin: options.sin.map((s) => -s) })],
});

/** Cosines and sines of the angles of each position and pair. */
export interface RotationTables {
  /** [length, half], or [batch, length, half] where positions differ by batch. Without gradient. */
  readonly cos: Tensor;
  readonly sin: Tensor;
}

/**
 * Turns pairs of numbers of x [batch, ..., length, depth] by given angles: (a, b) becomes (a·cos − b·sin, b·cos + a·sin). Only the first
 * 2 · half numbers of each vector turn (partial rotation), the others stay. Differentiable in x. Su 2021 (arXiv:2104.09864), equation 34.
 *
 * @example
 * rotate(x, { cos, sin }, { pairs: 'interleaved' });
 */
export const rotate = (
  x: Tensor,
  { cos, sin }: RotationTables,
  { pairs = 'halves' }: { readonly pairs?: RopePairs } = {},
): Tensor => {
  const [length = 0, depth = 0] = x.shape.slice(-2);
  const half = cos.shape.at(-1) ?? 0;
  const tables = cos.rank === 3 ? (cos.shape[0] as number) : 1;
  const fits =
    x.rank >= 2 &&
    cos.shape.join() === sin.shape.join() &&
    (cos.rank === 2 || (cos.rank === 3 && x.rank > 2 && (tables === 1 || tables === x.shape[0]))) &&
    cos.shape.at(-2) === length &&
    2 * half <= depth;
  if (!fits)
    throw new ShapeError(
      `rotate: x ${x} with cos ${cos} and sin ${sin}; expected x [batch, ..., length, depth] and both [length, half] or [batch, length, half] with half at most depth / 2.`,
    );
  const rows = depth === 0 ? 0 : x.size / depth;
  const rowsPerTable = Math.max(1, rows / Math.max(1, tables));
  return turnOp([x], { cos: cos.data, sin: sin.data, half, length, rowsPerTable, pairs });
};

/** Positions of rows: those from a number on, one each, or one each in every batch. */
export type Positions = number | readonly number[] | readonly (readonly number[])[];

/** Options of `rope`. */
export interface RopeOptions {
  /** Position of the first row, or of each, or of each in each batch. Default 0. */
  readonly positions?: Positions;
  /** Default: ropeFrequencies(depth of x). */
  readonly frequencies?: RopeFrequencies;
  /** Default 'halves'. */
  readonly pairs?: RopePairs;
}

/** Tables of cosines and sines [length, half] or [batch, length, half] for positions, multiplied by the frequencies' magnitude. */
export const rotationTables = (
  frequencies: RopeFrequencies,
  positions: readonly number[] | readonly (readonly number[])[],
): RotationTables => {
  const { rates, magnitude } = frequencies;
  const nested = positions.some((row) => typeof row !== 'number');
  const flat = positions.flat() as readonly number[];
  const batches = positions as readonly (readonly number[])[];
  const length = nested ? (batches[0]?.length ?? 0) : positions.length;
  if ((nested && batches.some((row) => row.length !== length)) || flat.some((p) => !Number.isFinite(p)))
    throw new RangeError('rope: positions must be finite numbers, as many in each batch.');
  const shape = [...(nested ? [positions.length] : []), length, rates.length];
  const [cos, sin] = [
    new Float32Array(flat.length * rates.length),
    new Float32Array(flat.length * rates.length),
  ];
  let index = 0;
  for (const position of flat)
    for (const rate of rates) {
      cos[index] = magnitude * Math.cos(position * rate);
      sin[index++] = magnitude * Math.sin(position * rate);
    }
  return { cos: new Tensor('float32', shape, cos), sin: new Tensor('float32', shape, sin) };
};

/**
 * x [batch, heads, length, depth] with each vector turned by its position: what queries and keys go through before `attention`, so that
 * q·k depends on the distance only. Same shape. Differentiable. Su 2021 (arXiv:2104.09864), §3.2.
 *
 * @example
 * attention(rope(q, { positions: keys - queries }), rope(k), v, { mask: causal() });
 */
export const rope = (x: Tensor, options: RopeOptions = {}): Tensor => {
  const [length = 0, depth = 0] = x.shape.slice(-2);
  const { positions = 0, frequencies = ropeFrequencies(depth), pairs = 'halves' } = options;
  const rows = typeof positions === 'number' ? Array.from({ length }, (_, i) => positions + i) : positions;
  return rotate(x, rotationTables(frequencies, rows), { pairs });
};
