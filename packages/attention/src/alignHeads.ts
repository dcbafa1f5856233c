// alignHeads: rotations of heads that make those of a group alike, without changing what an attention computes, since q·k and W·v stay the same
// where both sides are turned. Generalized Procrustes analysis: Gower 1975, doi:10.1007/BF02291478.

import { polar } from './polar.ts';

/** An orthogonal matrix [depth, depth], row by row. */
export type Rotation = Float64Array;

/** Rounds in which all heads are turned towards the mean of what they were turned to. */
const rounds = 10;

/** rotation · head, for a head of depth rows. */
const turnedHead = (rotation: Rotation, head: Float64Array, depth: number): Float64Array => {
  const width = head.length / depth;
  const out = new Float64Array(head.length);
  for (let r = 0; r < depth; r++)
    for (let s = 0; s < depth; s++) {
      const factor = rotation[r * depth + s] as number; // inside
      for (let c = 0; c < width; c++)
        out[r * width + c] = (out[r * width + c] as number) + factor * (head[s * width + c] as number); // inside
    }
  return out;
};

/** target · headᵀ, [depth, depth]. */
const products = (target: Float64Array, head: Float64Array, depth: number): Float64Array => {
  const width = head.length / depth;
  const out = new Float64Array(depth * depth);
  for (let r = 0; r < depth; r++)
    for (let s = 0; s < depth; s++) {
      let total = 0;
      for (let c = 0; c < width; c++)
        total += (target[r * width + c] as number) * (head[s * width + c] as number); // inside
      out[r * depth + s] = total;
    }
  return out;
};

/** Rotations of the heads of one group, all of them towards their mean. */
const alignGroup = (heads: readonly Float64Array[], depth: number): Rotation[] => {
  let target = heads[0] as Float64Array; // a group has one head at least
  let rotations: Rotation[] = [];
  for (let round = 0; round < rounds; round++) {
    const towards = target;
    rotations = heads.map((head) => polar(products(towards, head, depth), depth));
    const turned = heads.map((head, i) => turnedHead(rotations[i] as Rotation, head, depth)); // one a head
    target = towards.map((_, e) => turned.reduce((sum, head) => sum + (head[e] as number), 0) / heads.length); // one size
  }
  return rotations;
};

/** Heads one under the other: heads · depth rows of `width` numbers. */
export interface HeadRows {
  readonly data: Float32Array;
  readonly width: number;
}

/** The heads of some rows, each in an array of its own. */
const headsOf = ({ data }: HeadRows, heads: number): Float64Array[] => {
  const size = data.length / heads;
  return Array.from({ length: heads }, (_, h) => Float64Array.from(data.subarray(h * size, (h + 1) * size)));
};

/** One rotation a head: those of each group of `group` neighbours become alike. */
export const alignments = (rows: HeadRows, heads: number, group: number): Rotation[] => {
  const own = headsOf(rows, heads);
  const depth = rows.data.length / rows.width / heads;
  return own.flatMap((_, h) => (h % group === 0 ? alignGroup(own.slice(h, h + group), depth) : []));
};

/** Each head turned; where there are more heads than rotations, neighbours share one, as queries share keys. */
export const turnedHeads = (rows: HeadRows, heads: number, rotations: readonly Rotation[]): HeadRows => {
  const depth = rows.data.length / rows.width / heads;
  const share = heads / rotations.length;
  const turned = headsOf(rows, heads).map(
    (head, h) => turnedHead(rotations[Math.floor(h / share)] as Rotation, head, depth), // one a group of heads
  );
  return { data: Float32Array.from(turned.flatMap((head) => [...head])), width: rows.width };
};

/** An output's weight [width, heads · depth] for values that were turned: each head's columns times the transpose of its rotation. */
export const turnedColumns = (
  weight: Float32Array,
  heads: number,
  rotations: readonly Rotation[],
): Float32Array<ArrayBuffer> => {
  const depth = Math.sqrt((rotations[0] as Rotation).length); // a model has one head at least
  const share = heads / rotations.length;
  const out = new Float32Array(weight.length);
  for (let at = 0; at < weight.length; at += depth) {
    const rotation = rotations[Math.floor(((at / depth) % heads) / share)] as Rotation; // one a group of heads
    for (let c = 0; c < depth; c++) {
      let total = 0;
      for (let s = 0; s < depth; s++)
        total += (weight[at + s] as number) * (rotation[c * depth + s] as number); // inside
      out[at + c] = total;
    }
  }
  return out;
};
