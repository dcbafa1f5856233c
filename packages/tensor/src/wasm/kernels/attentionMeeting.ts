// Which rows of a block of keys a panel of queries meets, by the ranges or by the bits of its lanes; and whether values can be multiplied by 0 at all.
// What happens when they meet is in attention.ts.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local } from '../assembler/value.ts';
import { eachSeenRun } from './attentionBits.ts';
import { panelState, wordKeys } from './attentionRecord.ts';
import { tileRows } from './tile.ts';

/** A panel's state, and a block of `count` keys from key `key` on. */
interface Meeting {
  readonly panel: Local<'i32'>;
  readonly key: Local<'i32'>;
  readonly count: Local<'i32'>;
}

/** Rows that are met, from a multiple of a tile on; whether some lane does not see all of them. Rows count from the block's first key. */
export interface Met {
  readonly from: Local<'i32'>;
  readonly to: Local<'i32'>;
  readonly hidden: Local<'i32'>;
}

/** The rows of a block that any lane of a panel sees, by the ranges of its lanes. */
export const meetRange = (
  f: FunctionBuilder,
  across: number,
  { panel, key, count }: Meeting,
  met: (rows: Met) => void,
): void => {
  const state = panelState(across);
  const from = f.let(i32.sub(i32.load(panel, state.low), key));
  f.set(from, i32.and(i32.max(from, constant('i32', 0)), -tileRows));
  const to = f.let(i32.sub(i32.load(panel, state.high), key));
  f.set(to, i32.min(to, count));
  f.if(i32.less(from, to), () => {
    const tilesTo = i32.and(i32.add(to, tileRows - 1), -tileRows);
    const hidden = f.let(
      i32.or(
        i32.less(i32.add(key, from), i32.load(panel, state.greatestFirst)),
        i32.greater(i32.add(key, tilesTo), i32.load(panel, state.leastEnd)),
      ),
    );
    met({ from, to, hidden });
  });
};

/** The same by bits: each run of 32 rows and more of which some lane sees some; `words` are those of the block. */
export const meetRuns = (
  f: FunctionBuilder,
  across: number,
  {
    panel,
    count,
    found,
    words,
  }: Pick<Meeting, 'panel' | 'count'> & { readonly found: Local<'i32'>; readonly words: Local<'i32'> },
  met: (rows: Met) => void,
): void =>
  eachSeenRun(f, found, (first, end) => {
    const [from, to] = [f.let(i32.mul(first, wordKeys)), f.let(i32.mul(end, wordKeys))];
    f.set(to, i32.min(to, count));
    const partly = i32.shiftRightUnsigned(found, 16);
    const run = i32.sub(i32.shiftLeft(1, end), i32.shiftLeft(1, first));
    const hidden = f.let(i32.isZero(i32.isZero(i32.and(partly, run))));
    f.store(panel, i32.add(words, i32.mul(first, 4 * across)), panelState(across).met);
    met({ from, to, hidden });
  });

/** Whether any of `count` rows of values holds NaN or an infinity: a number times 0 is then not 0. */
export const defineAnyNotFinite = (
  module: ModuleBuilder,
): Callable<{ source: 'i32'; row: 'i32'; count: 'i32'; depth: 'i32' }, 'i32'> =>
  module.define(
    'anyNotFinite',
    { parameters: { source: 'i32', row: 'i32', count: 'i32', depth: 'i32' }, result: 'i32' },
    (f, { source, row, count, depth }) => {
      const sum = f.local('v128');
      const at = f.local('i32');
      const stop = f.local('i32');
      f.for(0, count, 1, () => {
        f.set(at, source);
        f.set(stop, i32.add(source, i32.shiftLeft(i32.and(depth, -4), 2)));
        f.while(i32.below(at, stop), () => {
          f.set(sum, f32x4.add(sum, f32x4.mul(v128.load(at), 0)));
          f.set(at, i32.add(at, 16));
        });
        f.set(stop, i32.add(source, i32.shiftLeft(depth, 2)));
        f.while(i32.below(at, stop), () => {
          f.set(sum, f32x4.add(sum, f32x4.mul(v128.loadLow(at), 0)));
          f.set(at, i32.add(at, 4));
        });
        f.set(source, i32.add(source, row));
      });
      f.return(v128.anyTrue(f32x4.notEqual(sum, 0)));
    },
  );
