// What the attention gradient does to rows and panels beside its products: rows padded, rows to panels, weights and the gradients of
// scores from scores, all three in the layouts that the tile reads as left operands.

import type { Callable } from '../assembler/functionBuilder.ts';
import { f32x4, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { seesBit } from './attentionBits.ts';
import { gradientKeys, gradientRows } from './attentionGradientRecord.ts';
import { panelState } from './attentionRecord.ts';
import { alongRow } from './rowLoop.ts';
import type { Target } from './target.ts';
import { panelColumns, tileRows } from './tile.ts';
import { type Rows4, transpose } from './transpose.ts';
import { exp2OfNegative, maxFloat } from './vectorMath.ts';

const copyParameters = {
  source: 'i32',
  sourceRow: 'i32',
  rows: 'i32',
  width: 'i32',
  to: 'i32',
  toRow: 'i32',
  padded: 'i32',
} as const;
const panelParameters = { source: 'i32', sourceRow: 'i32', width: 'i32', to: 'i32', scale: 'f32' } as const;
const differParameters = {
  panel: 'i32',
  tops: 'i32',
  scores: 'i32',
  weightGradients: 'i32',
  key: 'i32',
  tiles: 'i32',
  scale: 'f32',
  weights: 'i32',
  scoreGradients: 'i32',
  scoreRows: 'i32',
  slopes: 'i32',
  factors: 'i32',
} as const;

/** Copies `rows` rows of `width` numbers; where `padded` is not less than width, zeros follow in each row up to that many numbers. */
export type CopyRows = Callable<typeof copyParameters, undefined>;
/** `across` rows of `width` numbers (a multiple of 4) become [width][across], times scale. */
export type RowsToPanel = Callable<typeof panelParameters, undefined>;
/**
 * Of one panel and `tiles` · 4 keys from `key` on, whose `scores` are 2^(score − top) with the lanes' maxima at `tops`: weights
 * P = 2^(score − max) · share and the gradients of scores
 * scale · P ∘ (weightGradients − delta), 0 where a lane does not see the key. The first two as [tile of 4 keys][row][4], the last as
 * [tile of 4 rows][key][4], at the panel's place in each.
 * With bits what is seen is what the words at the panel's `met` say.
 * With terms P is multiplied by `factors` for the first, weightGradients by them for the others, those by `slopes`, and what they were before the
 * slopes and the scale takes the place of weightGradients.
 */
export type DifferScores = Callable<typeof differParameters, undefined>;

/** Function 'copyRows'. */
export const defineCopyRows = (module: ModuleBuilder): CopyRows =>
  module.define(
    'copyRows',
    { parameters: copyParameters },
    (f, { source, sourceRow, rows, width, to, toRow, padded }) => {
      const [at, stop] = [f.local('i32'), f.local('i32')];
      f.for(0, rows, 1, () => {
        alongRow(f, width, (step) => step.store(to, step.load(source)));
        f.set(at, i32.add(to, i32.shiftLeft(width, 2)));
        f.set(stop, i32.add(to, i32.shiftLeft(padded, 2)));
        f.while(i32.below(at, stop), () => {
          f.store(at, constant('i32', 0));
          f.set(at, i32.add(at, 4));
        });
        f.set(source, i32.add(source, sourceRow));
        f.set(to, i32.add(to, toRow));
      });
    },
  );

/** Function 'rowsToPanel'. */
export const defineRowsToPanel = (module: ModuleBuilder, target: Target): RowsToPanel =>
  module.define(
    'rowsToPanel',
    { parameters: panelParameters },
    (f, { source, sourceRow, width, to, scale }) => {
      const across = panelColumns(target);
      const scales = f.let(f32x4.splat(scale));
      const pointers = Array.from({ length: across }, (_, row) =>
        f.let(i32.add(source, i32.mul(sourceRow, row))),
      );
      f.for(0, width, 4, () => {
        for (let first = 0; first < across; first += 4) {
          const rows = pointers.slice(first, first + 4).map((pointer) => v128.load(pointer));
          transpose(f, rows as unknown as Rows4<Value<'v128'>>).forEach((values, c) =>
            f.store(to, f32x4.mul(values, scales), 4 * (across * c + first)),
          ); // four of the rows
        }
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, 16));
        f.set(to, i32.add(to, 16 * across));
      });
    },
  );

/** Function 'differScores'. */
export const defineDifferScores = (
  module: ModuleBuilder,
  target: Target,
  { withTerms, withBits }: { readonly withTerms: boolean; readonly withBits: boolean },
): DifferScores =>
  module.define('differScores', { parameters: differParameters }, (f, given) => {
    const across = panelColumns(target);
    const state = panelState(across);
    const { panel, tops, scores, weightGradients, key, tiles, weights, scoreGradients, scoreRows } = given;
    const { slopes, factors } = given;
    const scale = f.let(f32x4.splat(given.scale));
    // A finite maximum to subtract where nothing is seen: −∞ − −∞ would be NaN.
    const finite = (address: Local<'i32'>, at: number): Value<'v128'> =>
      f32x4.pseudoMax(v128.load(address, at), -maxFloat);
    /** What the maximum has risen by since, times the row's share. */
    const shareOf = (at: number): Local<'v128'> => {
      const lower = f.let(f32x4.sub(finite(tops, at), finite(panel, state.max + at)));
      return f.let(f32x4.mul(exp2OfNegative(f, target, lower), v128.load(panel, state.logSumExp + at)));
    };
    const lanes = Array.from({ length: across / 4 }, (_, j) => ({
      at: 16 * j,
      share: shareOf(16 * j),
      delta: f.let(v128.load(panel, state.out + 16 * j)),
      first: f.let(v128.load(panel, state.first + 16 * j)),
      end: f.let(v128.load(panel, state.end + 16 * j)),
    }));
    const words = withBits ? f.let(i32.load(panel, state.met)) : undefined;
    const index = f.local('v128');
    const difference = f.local('v128');
    f.for(0, tiles, 1, (tile) => {
      const bit = words && seesBit(f, { words, row: f.let(i32.mul(tile, tileRows)), rowBytes: 4 * across });
      for (const { at, share, delta, first, end } of lanes) {
        f.set(index, i32x4.splat(key));
        const found = Array.from({ length: tileRows }, (_, row) => {
          const offset = at + row * 4 * across;
          const inRange = v128.and(i32x4.atLeast(index, first), i32x4.less(index, end));
          const seen = f.let(bit === undefined ? inRange : bit(at, row));
          const weight = f.let(v128.and(f32x4.mul(v128.load(scores, offset), share), seen));
          const change = f.local('v128');
          if (withTerms) {
            const factor = f.let(v128.load(factors, offset));
            f.set(difference, f32x4.sub(f32x4.mul(v128.load(weightGradients, offset), factor), delta));
            f.set(change, v128.and(f32x4.mul(weight, difference), seen));
            f.store(weightGradients, change, offset);
            f.set(change, f32x4.mul(change, f32x4.mul(v128.load(slopes, offset), scale)));
            // A panel that sees nothing of these keys has no slopes: they are what was there before.
            if (withBits) f.set(change, v128.and(change, seen));
            f.set(weight, f32x4.mul(weight, factor));
          } else {
            f.set(difference, f32x4.sub(v128.load(weightGradients, offset), delta));
            f.set(change, v128.and(f32x4.mul(f32x4.mul(weight, difference), scale), seen));
          }
          // Rows of 4 lanes of this panel: one tile of 4 rows for each of its vectors.
          f.store(scoreRows, change, 16 * (row + (at / 16) * gradientKeys));
          f.set(index, i32x4.add(index, 1));
          return { weight, change };
        });
        const four = (name: 'weight' | 'change'): Rows4<Local<'v128'>> =>
          found.map((one) => one[name]) as unknown as Rows4<Local<'v128'>>; // four rows
        transpose(f, four('weight')).forEach((keys, lane) => f.store(weights, keys, 4 * at + 16 * lane));
        transpose(f, four('change')).forEach((keys, lane) =>
          f.store(scoreGradients, keys, 4 * at + 16 * lane),
        );
      }
      f.set(key, i32.add(key, tileRows));
      for (const panelOf of withTerms
        ? [scores, weightGradients, slopes, factors]
        : [scores, weightGradients])
        f.set(panelOf, i32.add(panelOf, tileRows * 4 * across));
      for (const left of [weights, scoreGradients]) f.set(left, i32.add(left, 4 * tileRows * gradientRows));
      f.set(scoreRows, i32.add(scoreRows, 16 * tileRows));
    });
  });
