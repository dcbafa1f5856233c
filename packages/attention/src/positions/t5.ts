// T5's relative positions: a learned number for each head and bucket of distances, near ones alone, far ones together.

import { gather, ShapeError, Tensor, transpose } from '@heed/tensor';
import { type ByDistance, byDistance } from '../bias.ts';

/** Options of T5's buckets. */
export interface T5BucketOptions {
  /** Whether keys behind and before the query have buckets of their own (encoder); else what comes later is bucket 0 (decoder). Default true. */
  readonly bidirectional?: boolean;
  /** Default 32. */
  readonly buckets?: number;
  /** From here on all distances share the last bucket. Default 128. */
  readonly maxDistance?: number;
}

const round = Math.fround;

/** Bucket of a distance back, in float32 as the published code: at the borders of buckets the rounding decides. */
const bucketOf = (distance: number, buckets: number, maxDistance: number): number => {
  const exact = Math.floor(buckets / 2);
  if (distance < exact) return distance;
  const share = round(round(Math.log(round(distance / exact))) / round(Math.log(maxDistance / exact)));
  return Math.min(buckets - 1, exact + Math.trunc(round(share * (buckets - exact))));
};

/**
 * Buckets of distances key − query, int32 of the same length: half of them hold one distance each, the others grow by a factor up to maxDistance.
 * Raffel 2020 (arXiv:1910.10683), §2.1; borders as in the published code.
 *
 * @example
 * t5Buckets([-200, -1, 0, 1, 200]).toArray(); //=> [15, 1, 0, 17, 31]
 */
export const t5Buckets = (distances: readonly number[], options: T5BucketOptions = {}): Tensor<'int32'> => {
  const { bidirectional = true, buckets = 32, maxDistance = 128 } = options;
  const own = bidirectional ? Math.floor(buckets / 2) : buckets;
  if (!Number.isInteger(buckets) || own < 2 || !(maxDistance > Math.floor(own / 2)))
    throw new RangeError(
      `t5Buckets: ${buckets} buckets up to distance ${maxDistance}; expected at least ${bidirectional ? 4 : 2} buckets, and a distance beyond those that have their own.`,
    );
  const ids = distances.map((distance) => {
    const later = bidirectional && distance > 0 ? own : 0;
    const back = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
    return later + bucketOf(back, own, maxDistance);
  });
  return new Tensor('int32', [ids.length], Int32Array.from(ids));
};

/**
 * T5's bias for a call with `queries` and `keys`, from a learned table [buckets, heads] (Hugging Face's `relative_attention_bias.weight`). Query 0
 * stands at `start`, by default keys − queries. O(queries + keys) numbers; differentiable in the table. T5 does not scale scores: give `scale: 1`.
 *
 * @example
 * attention(q, k, v, { bias: t5Bias(table, { queries, keys }), scale: 1 });
 */
export const t5Bias = (
  table: Tensor,
  options: Omit<T5BucketOptions, 'buckets'> & {
    readonly queries: number;
    readonly keys: number;
    readonly start?: number;
  },
): ByDistance => {
  const { queries, keys, start = keys - queries, ...rest } = options;
  if (table.rank !== 2) throw new ShapeError(`t5Bias: table ${table}; expected [buckets, heads].`);
  const first = 1 - keys;
  const moved = keys - queries - start; // a distance from where the query really stands
  const distances = Array.from(
    { length: Math.max(1, queries + keys - 1) },
    (_, column) => first + column + moved,
  );
  const ids = t5Buckets(distances, { ...rest, buckets: table.shape[0] as number }); // rank 2
  return byDistance(transpose(gather(table, ids)), { first });
};
