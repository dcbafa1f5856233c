// KVCache: keys and values of the positions already decoded, so that each new token computes only its own. Of all positions, or of the last
// ones (a sliding window) and, if wanted, the first ones. They lie in the memory of the engine that is current when room is made for them, and are
// read in place; elsewhere, where the engine has none.

import {
  allocate,
  currentBackend,
  dims,
  type EngineMemory,
  ones,
  reshape,
  ShapeError,
  Tensor,
} from '@heed/tensor';
import { attention } from './attention.ts';
import { headAttention } from './headAttention.ts';
import { and, causal, firstKeys, type Mask, or, window } from './mask.ts';
import { finishSoftmax, mergeSoftmax, stateLogSumExp } from './onlineSoftmax.ts';
import { appended, ofBatches, type Recorded, wantsGradient, withoutRows } from './recordedKeys.ts';
import { addSinks } from './sinks.ts';

/** What a KVCache keeps. */
export interface KVCacheOptions {
  /** Keys before its own that a query sees, as in `window`; older ones are dropped. Default: all. Jiang 2023 (arXiv:2310.06825), §2, has left + 1 = W. */
  readonly left?: number;
  /** First positions that are kept and seen beside the window, as in `firstKeys`. Default 0. Xiao 2023 (arXiv:2309.17453). */
  readonly firstKeys?: number;
}

/** Options of `KVCache.attend`. */
export interface CacheAttendOptions {
  /** Factor of q·k. Default 1/√depth. */
  readonly scale?: number | undefined;
  /** A learned logit [heads] beside the keys, see `attention`. Default: none. */
  readonly sinks?: Tensor | undefined;
}

interface Sizes {
  readonly batch: number;
  readonly kvHeads: number;
  readonly depth: number;
  readonly valueDepth: number;
}

/**
 * Rows of one head lie together: first those of the first keys, then those of the window, or all. Room grows by doubling. What it holds is freed when
 * the cache is collected, or at once when it is disposed of.
 */
export class KVCache implements Disposable {
  /** Keys before its own that a query sees: Infinity where all are kept. */
  readonly left: number;
  /** First positions that are always kept. */
  readonly firstKeys: number;
  #keys: Float32Array<ArrayBuffer> = new Float32Array(0);
  #values: Float32Array<ArrayBuffer> = new Float32Array(0);
  /** The engine memory that holds keys and values, if one does. */
  #memory: EngineMemory | undefined;
  /** The same with their record, while something that was appended wants a gradient. */
  #recorded: Recorded | undefined;
  #capacity = 0;
  #length = 0;
  /** Position of the first row behind those of the first keys. */
  #start: number;
  #sizes: Sizes | undefined;

  constructor({ left = Number.POSITIVE_INFINITY, firstKeys = 0 }: KVCacheOptions = {}) {
    if (!(left >= 0) || !Number.isInteger(firstKeys) || firstKeys < 0)
      throw new RangeError(
        `KVCache: left ${left} and firstKeys ${firstKeys}; expected numbers from 0, firstKeys a whole one.`,
      );
    this.left = Math.floor(left);
    this.firstKeys = firstKeys;
    this.#start = firstKeys;
  }

  /** Positions appended so far: the position of the next token. */
  get length(): number {
    return this.#length;
  }

  /** Bytes of the keys and values that the last position sees: what fewer key heads and a window save. */
  get bytes(): number {
    if (this.#sizes === undefined) return 0;
    const { batch, kvHeads, depth, valueDepth } = this.#sizes;
    return (
      4 * batch * kvHeads * Math.min(this.#length, this.firstKeys + this.left + 1) * (depth + valueDepth)
    );
  }

  /**
   * Appends key [batch, kvHeads, new, depth] and value [batch, kvHeads, new, valueDepth]. Outside of inference and noGrad gradients pass through to
   * them, and the record of them grows with each step: decode inside.
   */
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
    this.#makeRoom(added, held);
    this.#record(key, value);
    const end = this.#rowOf(this.#length);
    for (let head = 0; head < batch * kvHeads; head++) {
      const row = head * this.#capacity + end;
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
      const result = this.#hold(rows.length * block);
      for (const [target, row] of rows.entries())
        result.set(source.subarray(row * block, (row + 1) * block), target * block);
      return result;
    };
    this.#replace(() => [pick(this.#keys, depth), pick(this.#values, valueDepth)]);
    this.#recorded &&= ofBatches(this.#recorded, rows);
    this.#sizes = { ...this.#sizes, batch: rows.length };
  }

  /** Forgets all positions from `length` on. What a window has dropped does not come back: the positions before `length` must be there. */
  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.#length)
      throw new RangeError(`KVCache.truncate: ${length} of ${this.#length} positions.`);
    if (length > this.firstKeys && this.#firstSeen(length) < this.#start)
      throw new RangeError(
        `KVCache.truncate: to ${length} positions; its window of ${this.left} earlier keys begins before position ${this.#start}, the first one that is still held.`,
      );
    this.#recorded &&= withoutRows(this.#recorded, this.#rowOf(length), this.#rowOf(this.#length));
    this.#length = length;
    if (length <= this.firstKeys) this.#start = this.firstKeys;
  }

  /** Positions that a window has dropped: those behind the first keys and before the first one that is still held. */
  get dropped(): number {
    return this.#start - this.firstKeys;
  }

  /** All that is held, copied, or with its record where gradients pass: key [batch, kvHeads, length − dropped, depth] and value, the first keys before the others. */
  read(): [key: Tensor, value: Tensor] {
    if (this.#sizes === undefined)
      throw new RangeError('KVCache.read: nothing was appended; append keys and values first.');
    if (this.#recorded !== undefined && wantsGradient(...this.#recorded)) return [...this.#recorded];
    const { batch, kvHeads, depth, valueDepth } = this.#sizes;
    const held = this.#rowOf(this.#length);
    const copy = (source: Float32Array, width: number): Tensor => {
      const data = new Float32Array(batch * kvHeads * held * width);
      this.#eachHead(source, data, { width, from: [0, held], to: 0, room: held });
      return new Tensor('float32', [batch, kvHeads, held, width], data);
    };
    return [copy(this.#keys, depth), copy(this.#values, valueDepth)];
  }

  /**
   * Attention of query [batch, heads, queries, depth], the last `queries` positions, over what is held: each sees itself and what came before it, of a
   * window the keys in it. → [batch, heads, queries, valueDepth]. Reads the cache in place; where a gradient may be asked for, it is `attention` of
   * `read()`, differentiable.
   */
  attend(query: Tensor, { scale, sinks }: CacheAttendOptions = {}): Tensor {
    const { batch, heads, queries, depth } = dims('KVCache.attend', {
      query: [query, 'batch heads queries depth'],
    });
    const held = this.#sizes;
    if (
      held === undefined ||
      held.batch !== batch ||
      held.depth !== depth ||
      heads % held.kvHeads !== 0 ||
      queries > this.#length ||
      (queries > 0 && this.#firstSeen(this.#length - queries) < this.#start)
    )
      throw new ShapeError(
        `KVCache.attend: query ${query} over a cache of ${this.#length} positions, held from ${this.#start}, ${JSON.stringify(held)}.`,
      );
    const factor = scale ?? 1 / Math.sqrt(depth);
    if (wantsGradient(query, sinks, ...(this.#recorded ?? []))) {
      const [key, value] = this.read();
      return attention(query, key, value, { mask: this.#mask(), scale: factor, sinks });
    }
    const [first, rest] = this.#visible(queries);
    const run = (visible: Int32Array, withLogSumExp: boolean) =>
      this.#run(query, held, { visible, scale: factor, withLogSumExp });
    let result = run(rest, first !== undefined || sinks !== undefined);
    if (first !== undefined) {
      const state = mergeSoftmax(stateOf(run(first, true)), stateOf(result));
      result = { output: finishSoftmax(state), logSumExp: stateLogSumExp(state) };
    }
    return sinks === undefined ? result.output : addSinks(result, sinks).output;
  }

  /** What queries see, in rows that are held: those of first keys may stand nearer than they are, and are seen anyway. */
  #mask(): Mask {
    if (this.left === Number.POSITIVE_INFINITY) return causal();
    const near = window({ left: this.left, right: 0 });
    return this.firstKeys === 0 ? near : or(near, and(causal(), firstKeys(this.firstKeys)));
  }

  /** Notes what is appended where it wants a gradient, or others did that are held. */
  #record(key: Tensor, value: Tensor): void {
    if (this.#recorded === undefined && !wantsGradient(key, value)) return;
    this.#recorded = appended(this.#recorded ?? this.read(), [key, value]);
  }

  /** First position of the window of the query at `position`, first keys left aside. */
  #firstSeen(position: number): number {
    return Math.max(this.firstKeys, position - this.left);
  }

  /** Row of a position that is held. */
  #rowOf(position: number): number {
    return position < this.firstKeys ? position : this.firstKeys + position - this.#start;
  }

  /** Rows [first, end) that each of the last queries sees; two parts where the window does not begin behind the first keys. */
  #visible(queries: number): [first: Int32Array | undefined, rest: Int32Array] {
    const [first, rest] = [new Int32Array(2 * queries), new Int32Array(2 * queries)];
    let apart = false;
    for (let i = 0; i < queries; i++) {
      const position = this.#length - queries + i;
      const begin = this.#rowOf(this.#firstSeen(position));
      first[2 * i + 1] = Math.min(this.firstKeys, position + 1);
      rest[2 * i] = begin;
      rest[2 * i + 1] = Math.max(begin, this.#rowOf(position) + 1);
      if (begin > this.firstKeys) apart = true;
    }
    if (apart && this.firstKeys > 0) return [first, rest];
    // The rows of the first keys and those behind them are one interval.
    for (let i = 0; i < queries; i++) {
      if (this.firstKeys > 0) rest[2 * i] = 0;
      rest[2 * i + 1] = this.#rowOf(this.#length - queries + i) + 1;
    }
    return [undefined, rest];
  }

  #run(
    query: Tensor,
    held: Sizes,
    {
      visible,
      scale,
      withLogSumExp,
    }: { readonly visible: Int32Array; readonly scale: number; readonly withLogSumExp: boolean },
  ) {
    const [batch, heads, queries] = query.shape as [number, number, number]; // rank 4, checked
    const out = allocate(batch * heads * queries * held.valueDepth);
    const logSumExp = withLogSumExp ? allocate(batch * heads * queries) : new Float32Array(0);
    headAttention({
      ...held,
      heads,
      queries,
      keys: this.#rowOf(this.#length),
      q: query.data,
      k: this.#keys,
      v: this.#values,
      out,
      logSumExp: withLogSumExp ? logSumExp : undefined,
      keyRoom: this.#capacity,
      scale,
      visible,
      visibleStride: 0,
    });
    return {
      output: new Tensor('float32', [batch, heads, queries, held.valueDepth], out),
      logSumExp: new Tensor('float32', withLogSumExp ? [batch, heads, queries] : [0], logSumExp),
    };
  }

  /** Frees keys and values, and forgets them: the cache is as new. */
  [Symbol.dispose](): void {
    this.#replace(() => [new Float32Array(0), new Float32Array(0)]);
    this.#memory = undefined;
    this.#sizes = undefined;
    this.#recorded = undefined;
    this.#capacity = 0;
    this.#length = 0;
    this.#start = this.firstKeys;
  }

  /** Room for so many numbers, in the current engine's memory where it has some. */
  #hold(length: number): Float32Array<ArrayBuffer> {
    return currentBackend().memory?.hold(length) ?? new Float32Array(length);
  }

  /** Puts others in the place of keys and values; those that were there are freed, unless they stay. */
  #replace(others: () => readonly [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>]): void {
    const before = [this.#keys, this.#values];
    [this.#keys, this.#values] = others();
    for (const array of before) if (array !== this.#keys && array !== this.#values) this.#memory?.drop(array);
    this.#memory = currentBackend().memory;
  }

  /** Room for more positions: rows that no later query sees are dropped; where half would be free they move down, else all move to twice the room. */
  #makeRoom(added: number, { batch, kvHeads, depth, valueDepth }: Sizes): void {
    const rows = this.#rowOf(this.#length);
    if (rows + added <= this.#capacity) return;
    const start =
      this.#length <= this.firstKeys ? this.#start : Math.max(this.#start, this.#firstSeen(this.#length));
    const dropped = start - this.#start;
    const wanted = rows - dropped + added;
    const fits = 2 * wanted <= this.#capacity && this.#capacity <= 8 * wanted;
    const room = fits ? this.#capacity : Math.max(16, (rows === 0 ? 1 : 2) * wanted);
    const pinned = Math.min(this.firstKeys, this.#length);
    const move = (source: Float32Array<ArrayBuffer>, width: number): Float32Array<ArrayBuffer> => {
      const target = fits ? source : this.#hold(batch * kvHeads * room * width);
      if (!fits) this.#eachHead(source, target, { width, from: [0, pinned], to: 0, room });
      this.#eachHead(source, target, { width, from: [pinned + dropped, rows], to: pinned, room });
      return target;
    };
    if (fits) {
      move(this.#keys, depth);
      move(this.#values, valueDepth);
    } else this.#replace(() => [move(this.#keys, depth), move(this.#values, valueDepth)]);
    this.#recorded &&= withoutRows(this.#recorded, pinned, pinned + dropped);
    this.#capacity = room;
    this.#start = start;
  }

  /** Copies a range of rows of every head to another array, or down in the same one. */
  #eachHead(
    source: Float32Array,
    target: Float32Array,
    { width, from, to, room }: { width: number; from: readonly [number, number]; to: number; room: number },
  ): void {
    const { batch, kvHeads } = this.#sizes as Sizes; // there is something to copy
    for (let head = 0; head < batch * kvHeads; head++) {
      const start = head * this.#capacity;
      const rows = source.subarray((start + from[0]) * width, (start + from[1]) * width);
      target.set(rows, (head * room + to) * width);
    }
  }
}

/** A finished result as the state of a block: its log-sum-exp is the maximum of one score, 1 its sum. */
const stateOf = ({ output, logSumExp }: { readonly output: Tensor; readonly logSumExp: Tensor }) => {
  const max = reshape(logSumExp, [...logSumExp.shape, 1]);
  return { max, sum: ones(max.shape), output };
};
