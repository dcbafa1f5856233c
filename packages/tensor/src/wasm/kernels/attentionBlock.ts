// One panel of queries meets one block of keys: hides what is not seen, turns scores into weights, keeps the running maximum
// and sum. Dao 2023 (arXiv:2307.08691), algorithm 1, lines 8–10, with queries in lanes so that nothing is summed across lanes.

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32x4, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { seesBit } from './attentionBits.ts';
import { panelState } from './attentionRecord.ts';
import { multiplyAdd, type Target } from './target.ts';
import { panelColumns } from './tile.ts';
import { exp2OfNegative, maxFloat } from './vectorMath.ts';

/** Bytes of a row of scores, the offsets of its vectors, and the panel's state. */
const panelOf = (target: Target) => {
  const across = panelColumns(target);
  const offsets = Array.from({ length: across / 4 }, (_, j) => 16 * j);
  return { rowBytes: 4 * across, offsets, state: panelState(across) };
};

const hideParameters = { panel: 'i32', scores: 'i32', key: 'i32', rows: 'i32' } as const;
const weighParameters = {
  panel: 'i32',
  scores: 'i32',
  rows: 'i32',
  values: 'i32',
  valueRows: 'i32',
} as const;
const gatherParameters = {
  panel: 'i32',
  scores: 'i32',
  key: 'i32',
  rows: 'i32',
  source: 'i32',
  sourceRow: 'i32',
  values: 'i32',
  valueDepth: 'i32',
} as const;

/**
 * Sets scores that a lane must not see to −∞: `rows` rows of scores, the first of which belongs to key `key`; with bits, whose words for these rows
 * are the panel's `met`, to what those say.
 */
export type HideScores = Callable<typeof hideParameters, undefined>;
/** scores → 2^(score − maximum); updates maximum and sum of the panel and rescales the `valueRows` sums of values at `values`. */
export type WeighScores = Callable<typeof weighParameters, undefined>;
/** values += weights · source for lanes that see the key: the slow way, for values that are not finite. */
export type GatherVisible = Callable<typeof gatherParameters, undefined>;

/** Whether each lane sees the key: all ones or zeros. */
const sees = (key: Local<'v128'>, first: Local<'v128'>, end: Local<'v128'>): Value<'v128'> =>
  v128.and(i32x4.atLeast(key, first), i32x4.less(key, end));

/** Function 'hideScores' for ranges. */
const defineHideRanges = (module: ModuleBuilder, target: Target): HideScores =>
  module.define('hideScores', { parameters: hideParameters }, (f, { panel, scores, key, rows }) => {
    const { rowBytes, offsets, state } = panelOf(target);
    const index = f.let(i32x4.splat(key));
    const stop = f.let(i32.add(scores, i32.mul(rows, rowBytes)));
    const bounds = offsets.map((at) => ({
      at,
      first: f.let(v128.load(panel, state.first + at)),
      end: f.let(v128.load(panel, state.end + at)),
    }));
    f.while(i32.below(scores, stop), () => {
      for (const { at, first, end } of bounds)
        f.store(
          scores,
          v128.choose(v128.load(scores, at), constant('f32x4', -Infinity), sees(index, first, end)),
          at,
        );
      f.set(index, i32x4.add(index, 1));
      f.set(scores, i32.add(scores, rowBytes));
    });
  });

/** Function 'hideScores' for bits. */
const defineHideBits = (module: ModuleBuilder, target: Target): HideScores =>
  module.define('hideScores', { parameters: hideParameters }, (f, { panel, scores, rows }) => {
    const { rowBytes, offsets, state } = panelOf(target);
    const words = f.let(i32.load(panel, state.met));
    f.for(0, rows, 1, (row) => {
      const sees = seesBit(f, { words, row, rowBytes });
      for (const at of offsets)
        f.store(scores, v128.choose(v128.load(scores, at), constant('f32x4', -Infinity), sees(at)), at);
      f.set(scores, i32.add(scores, rowBytes));
    });
  });

/** Function 'hideScores'. */
export const defineHideScores = (module: ModuleBuilder, target: Target, withBits: boolean): HideScores =>
  withBits ? defineHideBits(module, target) : defineHideRanges(module, target);

/**
 * Function 'weighScores'. Two rows a turn, in two sums, so that one does not wait for the other; as many vectors at once as V8 joins, loads
 * and stores of a row side by side.
 */
export const defineWeighScores = (module: ModuleBuilder, target: Target): WeighScores =>
  module.define(
    'weighScores',
    { parameters: weighParameters },
    (f, { panel, scores, rows, values, valueRows }) => {
      const { rowBytes, offsets, state } = panelOf(target);
      const joined = target.wide ? 2 : 1;
      const stop = f.let(i32.add(scores, i32.mul(rows, rowBytes))); // rows are a multiple of 4
      const from = f.local('i32');
      /** Two rows a turn: the body is told where the row begins. */
      const everyRow = (body: (row: 0 | 1) => void): void => {
        f.set(from, scores);
        f.while(i32.below(from, stop), () => {
          body(0);
          body(1);
          f.set(from, i32.add(from, 2 * rowBytes));
        });
      };
      const factors = offsets.map(() => f.local('v128'));
      for (let first = 0; first < offsets.length; first += joined) {
        const lanes = offsets.slice(first, first + joined).map((at, j) => ({
          ...{ at, factor: factors[first + j] as Local<'v128'>, before: f.local('v128') }, // one factor a vector
          ...{ max: f.local('v128'), score: f.local('v128') },
          sums: [f.local('v128'), f.local('v128')] as const,
        }));
        const each = (body: (lane: (typeof lanes)[number]) => void): void => lanes.forEach(body);
        each(({ at, before }) => f.set(before, v128.load(panel, state.max + at)));
        each(({ before, sums }) => {
          for (const sum of sums) f.set(sum, before);
        });
        everyRow((row) => {
          each(({ at, score }) => f.set(score, v128.load(from, at + row * rowBytes)));
          each(({ score, sums }) => f.set(sums[row], f32x4.pseudoMax(sums[row], score)));
        });
        each(({ sums: [even, odd] }) => f.set(even, f32x4.pseudoMax(even, odd)));
        each(({ at, sums: [even] }) => f.store(panel, even, state.max + at));
        // A finite maximum to subtract where nothing was seen yet: −∞ − −∞ would be NaN, and must be the weight 0.
        each(({ max, sums: [even] }) => f.set(max, f32x4.pseudoMax(even, -maxFloat)));
        each(({ before, max }) => f.set(before, f32x4.sub(before, max)));
        each(({ factor, before }) => f.set(factor, exp2OfNegative(f, target, before)));
        each(({ at, factor, sums: [even, odd] }) => {
          f.set(even, f32x4.mul(v128.load(panel, state.sum + at), factor));
          f.set(odd, 0);
        });
        everyRow((row) => {
          each(({ at, score }) => f.set(score, v128.load(from, at + row * rowBytes)));
          each(({ score, max }) => f.set(score, f32x4.sub(score, max)));
          each(({ score }) => f.set(score, exp2OfNegative(f, target, score)));
          each(({ at, score }) => f.store(from, score, at + row * rowBytes));
          each(({ score, sums }) => f.set(sums[row], f32x4.add(sums[row], score)));
        });
        each(({ sums: [even, odd] }) => f.set(even, f32x4.add(even, odd)));
        each(({ at, sums: [even] }) => f.store(panel, even, state.sum + at));
      }
      const changed = factors.map((factor) => f32x4.notEqual(factor, 1));
      f.if(v128.anyTrue(changed.reduce((a, b) => v128.or(a, b))), () => {
        const end = f.let(i32.add(values, i32.mul(valueRows, rowBytes)));
        const sums = factors.map(() => f.local('v128'));
        f.while(i32.below(values, end), () => {
          sums.forEach((sum, j) => f.set(sum, v128.load(values, 16 * j)));
          sums.forEach((sum, j) => f.store(values, f32x4.mul(sum, factors[j] as Local<'v128'>), 16 * j)); // one factor a vector
          f.set(values, i32.add(values, rowBytes));
        });
      });
    },
  );

/** Function 'gatherVisible'. A hidden key must not be multiplied at all: 0 · ∞ is NaN. */
export const defineGatherVisible = (
  module: ModuleBuilder,
  target: Target,
  withBits: boolean,
): GatherVisible =>
  module.define('gatherVisible', { parameters: gatherParameters }, (f, given) => {
    const { panel, scores, key, rows, source, sourceRow, values, valueDepth } = given;
    const { rowBytes, offsets, state } = panelOf(target);
    const index = f.let(i32x4.splat(key));
    const words = withBits ? f.let(i32.load(panel, state.met)) : undefined;
    f.for(0, rows, 1, (row) => {
      const bit = words && seesBit(f, { words, row, rowBytes });
      const lanes = offsets.map((at) => {
        const first = f.let(v128.load(panel, state.first + at));
        const end = f.let(v128.load(panel, state.end + at));
        return {
          ...{ at, weight: f.let(v128.load(scores, at)) },
          seen: f.let(bit === undefined ? sees(index, first, end) : bit(at)),
        };
      });
      f.for(0, valueDepth, 1, (c) => {
        const to = f.let(i32.add(values, i32.mul(c, rowBytes)));
        const value = f.let(v128.loadSplat(i32.add(source, i32.shiftLeft(c, 2))));
        for (const { at, weight, seen } of lanes) {
          const sum = f.let(v128.load(to, at));
          f.store(to, v128.choose(multiplyAdd(target, weight, value, sum), sum, seen), at);
        }
      });
      f.set(index, i32x4.add(index, 1));
      f.set(scores, i32.add(scores, rowBytes));
      f.set(source, i32.add(source, sourceRow));
    });
  });
