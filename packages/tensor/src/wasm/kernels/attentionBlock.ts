// One panel of 8 queries meets one block of keys: hides what is not seen, turns scores into weights, keeps the running maximum
// and sum. Dao 2023 (arXiv:2307.08691), algorithm 1, lines 8–10, with queries in lanes so that nothing is summed across lanes.

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32x4, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { panelState } from './attentionRecord.ts';
import { multiplyAdd, type Target } from './target.ts';
import { tileColumns } from './tile.ts';
import { exp2OfNegative, maxFloat } from './vectorMath.ts';

const rowBytes = 4 * tileColumns;

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

/** Sets scores that a lane must not see to −∞: `rows` rows of scores, the first of which belongs to key `key`. */
export type HideScores = Callable<typeof hideParameters, undefined>;
/** scores → 2^(score − maximum); updates maximum and sum of the panel and rescales the `valueRows` sums of values at `values`. */
export type WeighScores = Callable<typeof weighParameters, undefined>;
/** values += weights · source for lanes that see the key: the slow way, for values that are not finite. */
export type GatherVisible = Callable<typeof gatherParameters, undefined>;

/** Whether each lane sees the key: all ones or zeros. */
const sees = (key: Local<'v128'>, first: Local<'v128'>, end: Local<'v128'>): Value<'v128'> =>
  v128.and(i32x4.atLeast(key, first), i32x4.less(key, end));

/** Function 'hideScores'. */
export const defineHideScores = (module: ModuleBuilder): HideScores =>
  module.define('hideScores', { parameters: hideParameters }, (f, { panel, scores, key, rows }) => {
    const index = f.let(i32x4.splat(key));
    const stop = f.let(i32.add(scores, i32.mul(rows, rowBytes)));
    const bounds = [0, 16].map((half) => ({
      half,
      first: f.let(v128.load(panel, panelState.first + half)),
      end: f.let(v128.load(panel, panelState.end + half)),
    }));
    f.while(i32.less(scores, stop), () => {
      for (const { half, first, end } of bounds)
        f.store(
          scores,
          v128.choose(v128.load(scores, half), constant('f32x4', -Infinity), sees(index, first, end)),
          half,
        );
      f.set(index, i32x4.add(index, 1));
      f.set(scores, i32.add(scores, rowBytes));
    });
  });

/** Function 'weighScores'. Two rows a turn, in two sums, so that one does not wait for the other. */
export const defineWeighScores = (module: ModuleBuilder, target: Target): WeighScores =>
  module.define(
    'weighScores',
    { parameters: weighParameters },
    (f, { panel, scores, rows, values, valueRows }) => {
      const stop = f.let(i32.add(scores, i32.mul(rows, rowBytes))); // rows are a multiple of 4
      const from = f.local('i32');
      const [even, odd, before, difference] = [
        f.local('v128'),
        f.local('v128'),
        f.local('v128'),
        f.local('v128'),
      ];
      const factors = [0, 16].map((half) => {
        f.set(before, v128.load(panel, panelState.max + half));
        f.set(even, before);
        f.set(odd, before);
        f.set(from, scores);
        f.while(i32.less(from, stop), () => {
          f.set(even, f32x4.pseudoMax(even, v128.load(from, half)));
          f.set(odd, f32x4.pseudoMax(odd, v128.load(from, half + rowBytes)));
          f.set(from, i32.add(from, 2 * rowBytes));
        });
        f.set(even, f32x4.pseudoMax(even, odd));
        f.store(panel, even, panelState.max + half);
        // A finite maximum to subtract where nothing was seen yet: −∞ − −∞ would be NaN, and must be the weight 0.
        const max = f.let(f32x4.pseudoMax(even, -maxFloat));
        f.set(difference, f32x4.sub(before, max));
        const factor = f.let(exp2OfNegative(f, target, difference));
        f.set(even, f32x4.mul(v128.load(panel, panelState.sum + half), factor));
        f.set(odd, 0);
        f.set(from, scores);
        f.while(i32.less(from, stop), () => {
          for (const [sum, row] of [
            [even, 0],
            [odd, rowBytes],
          ] as const) {
            f.set(difference, f32x4.sub(v128.load(from, half + row), max));
            const weight = f.let(exp2OfNegative(f, target, difference));
            f.store(from, weight, half + row);
            f.set(sum, f32x4.add(sum, weight));
          }
          f.set(from, i32.add(from, 2 * rowBytes));
        });
        f.store(panel, f32x4.add(even, odd), panelState.sum + half);
        return factor;
      }) as [Local<'v128'>, Local<'v128'>];
      const [low, high] = factors;
      f.if(v128.anyTrue(v128.or(f32x4.notEqual(low, 1), f32x4.notEqual(high, 1))), () => {
        const end = f.let(i32.add(values, i32.mul(valueRows, rowBytes)));
        f.while(i32.less(values, end), () => {
          f.store(values, f32x4.mul(v128.load(values), low));
          f.store(values, f32x4.mul(v128.load(values, 16), high), 16);
          f.set(values, i32.add(values, rowBytes));
        });
      });
    },
  );

/** Function 'gatherVisible'. A hidden key must not be multiplied at all: 0 · ∞ is NaN. */
export const defineGatherVisible = (module: ModuleBuilder, target: Target): GatherVisible =>
  module.define('gatherVisible', { parameters: gatherParameters }, (f, given) => {
    const { panel, scores, key, rows, source, sourceRow, values, valueDepth } = given;
    const index = f.let(i32x4.splat(key));
    f.for(0, rows, 1, () => {
      const halves = [0, 16].map((half) => {
        const first = f.let(v128.load(panel, panelState.first + half));
        const end = f.let(v128.load(panel, panelState.end + half));
        return { half, weight: f.let(v128.load(scores, half)), seen: f.let(sees(index, first, end)) };
      });
      f.for(0, valueDepth, 1, (c) => {
        const to = f.let(i32.add(values, i32.mul(c, rowBytes)));
        const value = f.let(v128.loadSplat(i32.add(source, i32.shiftLeft(c, 2))));
        for (const { half, weight, seen } of halves) {
          const sum = f.let(v128.load(to, half));
          f.store(to, v128.choose(multiplyAdd(target, weight, value, sum), sum, seen), half);
        }
      });
      f.set(index, i32x4.add(index, 1));
      f.set(scores, i32.add(scores, rowBytes));
      f.set(source, i32.add(source, sourceRow));
    });
  });
