// A panel of 8 query columns (16 in wide ones), one a lane: how it begins (queries packed, what each lane sees) and how it ends (sums divided,
// turned back into rows). What happens between is in attentionBlock.ts.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32, select, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { attentionKernel, panelState, taskFields } from './attentionRecord.ts';
import { readRecord } from './record.ts';
import type { Target } from './target.ts';
import { panelColumns } from './tile.ts';
import { type Rows4, transpose } from './transpose.ts';

const beginParameters = { record: 'i32', task: 'i32', panel: 'i32', column: 'i32', nowhere: 'i32' } as const;
const endParameters = { panel: 'i32', depth: 'i32', valueDepth: 'i32', withLogSumExp: 'i32' } as const;

/** Begins a panel whose first column is `column`; lanes that are missing write to `nowhere`. */
export type BeginPanel = Callable<typeof beginParameters, undefined>;
/** Ends a panel: writes its rows of `out` and its log-sum-exps. */
export type EndPanel = Callable<typeof endParameters, undefined>;

/** Numbers from 0, of so many. */
const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** A row of `depth` numbers for each lane becomes [depth][lanes], times scale. */
const packQueries = (
  f: FunctionBuilder,
  pointers: readonly Local<'i32'>[],
  { to, depth, scale }: { to: Local<'i32'>; depth: Local<'i32'>; scale: Local<'f32'> },
): void => {
  const across = pointers.length;
  const scales = f.let(f32x4.splat(scale));
  const advance = (bytes: number): void => {
    for (const pointer of pointers) f.set(pointer, i32.add(pointer, bytes));
  };
  f.for(0, i32.shiftRight(depth, 2), 1, () => {
    for (let first = 0; first < across; first += 4) {
      const rows = pointers.slice(first, first + 4).map((pointer) => v128.load(pointer)) as unknown as Rows4<
        Value<'v128'>
      >; // four of all
      transpose(f, rows).forEach((values, c) =>
        f.store(to, f32x4.mul(values, scales), 4 * (across * c + first)),
      );
    }
    advance(16);
    f.set(to, i32.add(to, 16 * across));
  });
  f.for(0, i32.and(depth, 3), 1, () => {
    pointers.forEach((pointer, lane) => f.store(to, f32.mul(f32.load(pointer), scale), 4 * lane));
    advance(4);
    f.set(to, i32.add(to, 4 * across));
  });
};

/** Function 'beginPanel'. */
export const defineBeginPanel = (module: ModuleBuilder, target: Target): BeginPanel =>
  module.define(
    'beginPanel',
    { parameters: beginParameters },
    (f, { record, task, panel, column, nowhere }) => {
      const across = panelColumns(target);
      const state = panelState(across);
      const call = readRecord(f, record, attentionKernel.layout);
      const it = readRecord(f, task, taskFields);
      const endColumn = f.let(i32.add(it.firstColumn, it.columns));
      const last = f.let(i32.sub(endColumn, 1));
      const [low, high, greatestFirst, leastEnd] = [
        f.let(it.keys),
        f.local('i32'),
        f.local('i32'),
        f.let(it.keys),
      ];
      const [first, end] = [f.local('i32'), f.local('i32')];
      const pointers = upTo(across).map((lane) => {
        const mine = f.let(i32.add(column, lane));
        const present = f.let(i32.less(mine, endColumn));
        f.set(mine, select('i32', [mine, last], present));
        const row = f.let(i32.remainder(mine, it.queries));
        const head = f.let(i32.add(i32.mul(it.kvHead, call.group), i32.div(mine, it.queries)));
        f.set(first, 0);
        f.set(end, it.keys);
        f.if(call.visible, () => {
          const pair = f.let(i32.add(call.visible, i32.shiftLeft(i32.add(it.firstVisible, row), 3)));
          f.set(first, i32.load(pair));
          f.set(first, i32.max(first, constant('i32', 0)));
          f.set(end, i32.load(pair, 4));
          f.set(end, i32.min(end, it.keys));
        });
        // A lane that sees nothing is written so that it widens no bound: first = keys, end = 0.
        f.if(i32.atLeast(first, end), () => {
          f.set(first, it.keys);
          f.set(end, 0);
        });
        f.set(low, i32.min(low, first));
        f.set(high, i32.max(high, end));
        f.set(greatestFirst, i32.max(greatestFirst, first));
        f.set(leastEnd, i32.min(leastEnd, end));
        f.store(panel, first, state.first + 4 * lane);
        f.store(panel, end, state.end + 4 * lane);
        f.set(row, i32.add(row, it.firstQuery));
        const out = i32.add(call.out, i32.mul(row, call.outRow), i32.mul(head, call.outHead));
        const sum = i32.add(
          call.logSumExp,
          i32.mul(row, call.logSumExpRow),
          i32.mul(head, call.logSumExpHead),
        );
        f.store(panel, select('i32', [out, nowhere], present), state.out + 4 * lane);
        f.store(panel, select('i32', [sum, nowhere], present), state.logSumExp + 4 * lane);
        return f.let(i32.add(call.q, i32.mul(row, call.qRow), i32.mul(head, call.qHead)));
      });
      for (let at = 0; at < 4 * across; at += 16) {
        f.store(panel, constant('f32x4', -Infinity), state.max + at);
        f.store(panel, constant('f32x4', 0), state.sum + at);
      }
      f.store(panel, low, state.low);
      f.store(panel, high, state.high);
      f.store(panel, greatestFirst, state.greatestFirst);
      f.store(panel, leastEnd, state.leastEnd);
      f.store(panel, constant('i32', 0), state.started);
      packQueries(f, pointers, {
        to: f.let(i32.add(panel, state.queries)),
        depth: call.depth,
        scale: call.scale,
      });
    },
  );

/** Function 'endPanel'; `log` is the natural logarithm. */
export const defineEndPanel = (
  module: ModuleBuilder,
  target: Target,
  log: Callable<{ x: 'f32' }, 'f32'>,
): EndPanel =>
  module.define(
    'endPanel',
    { parameters: endParameters },
    (f, { panel, depth, valueDepth, withLogSumExp }) => {
      const across = panelColumns(target);
      const state = panelState(across);
      const lanes = upTo(across);
      const values = f.let(i32.add(panel, state.queries, i32.mul(depth, 4 * across)));
      const shares = upTo(across / 4).map((vector) => {
        const sum = f.let(v128.load(panel, state.sum + 16 * vector));
        // A row that sees nothing has sum 0 and all values 0: its share is 0, not 1 / 0.
        return f.let(v128.choose(0, f32x4.div(1, sum), f32x4.equal(sum, 0)));
      });
      f.if(i32.isZero(i32.load(panel, state.started)), () =>
        f.for(0, i32.mul(valueDepth, 4 * across), 4, (at) =>
          f.store(i32.add(values, at), constant('f32', 0)),
        ),
      );
      const pointers = lanes.map((lane) => f.let(i32.load(panel, state.out + 4 * lane)));
      const advance = (bytes: number): void => {
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, bytes));
      };
      const from = f.let(values);
      f.for(0, i32.shiftRight(valueDepth, 2), 1, () => {
        shares.forEach((share, vector) => {
          const rows = [0, 1, 2, 3].map((c) =>
            f32x4.mul(v128.load(from, 4 * across * c + 16 * vector), share),
          ) as unknown as Rows4<Value<'v128'>>; // four
          transpose(f, rows).forEach(
            (row, lane) => f.store(pointers[4 * vector + lane] as Local<'i32'>, row), // a pointer a lane
          );
        });
        advance(16);
        f.set(from, i32.add(from, 16 * across));
      });
      f.for(0, i32.and(valueDepth, 3), 1, () => {
        pointers.forEach((pointer, lane) =>
          f.store(
            pointer,
            f32.mul(f32.load(from, 4 * lane), f32x4.lane(shares[lane >> 2] as Local<'v128'>, lane & 3)),
          ),
        );
        advance(4);
        f.set(from, i32.add(from, 4 * across));
      });
      f.if(withLogSumExp, () => {
        for (const lane of lanes) {
          const max = f.let(f32.load(panel, state.max + 4 * lane));
          const sum = f.result(log, { x: f32.load(panel, state.sum + 4 * lane) });
          f.store(i32.load(panel, state.logSumExp + 4 * lane), f32.add(f32.mul(max, Math.LN2), sum));
        }
      });
    },
  );
