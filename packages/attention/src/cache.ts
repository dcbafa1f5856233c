// KVCache: keys and values of the positions already decoded, so that each new token computes only its own.

import { dims, ShapeError, Tensor } from '@heed/tensor';
import { headAttention } from './headAttention.ts';

/** Grows by doubling; rows of one head lie together. Values are copied in; without gradient. */
export class KVCache {
  #keys = new Float32Array(0);
  #values = new Float32Array(0);
  #capacity = 0;
  #length = 0;
  #sizes: { batch: number; kvHeads: number; depth: number; valueDepth: number } | undefined;

  /** Positions held. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the positions held, keys and values: what fewer key heads save. */
  get bytes(): number {
    if (this.#sizes === undefined) return 0;
    const { batch, kvHeads, depth, valueDepth } = this.#sizes;
    return 4 * batch * kvHeads * this.#length * (depth + valueDepth);
  }

  /** Appends key [batch, kvHeads, new, depth] and value [batch, kvHeads, new, valueDepth]. */
  append(key: Tensor, value: Tensor): void {
    const { batch, kvHeads, added, depth, valueDepth } = dims('KVCache.append', {
      key: [key, 'batch kvHeads added depth'],
      value: [value, 'batch kvHeads added valueDepth'],
    });
    this.#sizes ??= { batch, kvHeads, depth, valueDepth };
    const held = this.#sizes;
    if (
      held.batch !== batch ||
      held.kvHeads !== kvHeads ||
      held.depth !== depth ||
      held.valueDepth !== valueDepth
    )
      throw new ShapeError(
        `KVCache.append: key ${key} and value ${value} into a cache of ${JSON.stringify(held)}.`,
      );
    this.#reserve(this.#length + added);
    for (let head = 0; head < batch * kvHeads; head++) {
      const row = head * this.#capacity + this.#length;
      this.#keys.set(key.data.subarray(head * added * depth, (head + 1) * added * depth), row * depth);
      this.#values.set(
        value.data.subarray(head * added * valueDepth, (head + 1) * added * valueDepth),
        row * valueDepth,
      );
    }
    this.#length += added;
  }

  /** Keeps these batch rows, in this order, repeats allowed: what a beam needs. */
  select(rows: readonly number[]): void {
    if (this.#sizes === undefined) return;
    const { batch, kvHeads, depth, valueDepth } = this.#sizes;
    for (const row of rows)
      if (!Number.isInteger(row) || row < 0 || row >= batch)
        throw new RangeError(`KVCache.select: row ${row} of ${batch}.`);
    const pick = (source: Float32Array, width: number): Float32Array<ArrayBuffer> => {
      const block = kvHeads * this.#capacity * width;
      const result = new Float32Array(rows.length * block);
      for (const [target, row] of rows.entries())
        result.set(source.subarray(row * block, (row + 1) * block), target * block);
      return result;
    };
    this.#keys = pick(this.#keys, depth);
    this.#values = pick(this.#values, valueDepth);
    this.#sizes = { ...this.#sizes, batch: rows.length };
  }

  /** Forgets all positions from `length` on. */
  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.#length)
      throw new RangeError(`KVCache.truncate: ${length} of ${this.#length} positions.`);
    this.#length = length;
  }

  /**
   * Attention of query [batch, heads, queries, depth] over all that is held; the last query stands at the last position and sees
   * everything, each earlier one a position less. Reads the cache in place. Without gradient.
   */
  attend(query: Tensor, scale?: number): Tensor {
    const { batch, heads, queries, depth } = dims('KVCache.attend', {
      query: [query, 'batch heads queries depth'],
    });
    const held = this.#sizes;
    if (
      held === undefined ||
      held.batch !== batch ||
      held.depth !== depth ||
      heads % held.kvHeads !== 0 ||
      queries > this.#length
    )
      throw new ShapeError(
        `KVCache.attend: query ${query} over a cache of ${this.#length} positions, ${JSON.stringify(held)}.`,
      );
    const visible = new Int32Array(2 * queries);
    for (let i = 0; i < queries; i++) visible[2 * i + 1] = this.#length - queries + i + 1;
    const out = new Float32Array(batch * heads * queries * held.valueDepth);
    headAttention({
      ...held,
      heads,
      queries,
      keys: this.#length,
      q: query.data,
      k: this.#keys,
      v: this.#values,
      out,
      logSumExp: undefined,
      keyRoom: this.#capacity,
      scale: scale ?? 1 / Math.sqrt(depth),
      visible,
      visibleStride: 0,
    });
    return new Tensor('float32', [batch, heads, queries, held.valueDepth], out);
  }

  #reserve(length: number): void {
    if (length <= this.#capacity || this.#sizes === undefined) return;
    const { batch, kvHeads, depth, valueDepth } = this.#sizes;
    const before = this.#capacity;
    this.#capacity = Math.max(16, 2 * before, length);
    const grow = (source: Float32Array, width: number): Float32Array<ArrayBuffer> => {
      const result = new Float32Array(batch * kvHeads * this.#capacity * width);
      for (let head = 0; head < batch * kvHeads; head++)
        result.set(
          source.subarray(head * before * width, (head * before + this.#length) * width),
          head * this.#capacity * width,
        );
      return result;
    };
    this.#keys = grow(this.#keys, depth);
    this.#values = grow(this.#values, valueDepth);
  }
}
