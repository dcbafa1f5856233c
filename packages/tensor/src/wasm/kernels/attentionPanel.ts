// A panel of 8 query columns, one a lane: how it begins (queries packed, what each lane sees) and how it ends (sums divided,
// turned back into rows). What happens between is in attentionBlock.ts.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32, select, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { attentionKernel, panelState, taskFields } from './attentionRecord.ts';
import { readRecord } from './record.ts';
import { tileColumns } from './tile.ts';
import { type Rows4, transpose } from './transpose.ts';

const beginParameters = { record: 'i32', task: 'i32', panel: 'i32', column: 'i32', nowhere: 'i32' } as const;
const endParameters = { panel: 'i32', depth: 'i32', valueDepth: 'i32', withLogSumExp: 'i32' } as const;

/** Begins a panel whose first column is `column`; lanes that are missing write to `nowhere`. */
export type BeginPanel = Callable<typeof beginParameters, undefined>;
/** Ends a panel: writes its rows of `out` and its log-sum-exps. */
export type EndPanel = Callable<typeof endParameters, undefined>;

const lanes = Array.from({ length: tileColumns }, (_, lane) => lane);

/** Eight rows of `depth` numbers become [depth][8], times scale. */
const packQueries = (
  f: FunctionBuilder,
  pointers: readonly Local<'i32'>[],
  { to, depth, scale }: { to: Local<'i32'>; depth: Local<'i32'>; scale: Local<'f32'> },
): void => {
  const scales = f.let(f32x4.splat(scale));
  const advance = (bytes: number): void => {
    for (const pointer of pointers) f.set(pointer, i32.add(pointer, bytes));
  };
  f.for(0, i32.shiftRight(depth, 2), 1, () => {
    for (const half of [0, 4]) {
      const rows = pointers.slice(half, half + 4).map((pointer) => v128.load(pointer)) as unknown as Rows4<
        Value<'v128'>
      >; // four of eight
      transpose(f, rows).forEach((values, c) =>
        f.store(to, f32x4.mul(values, scales), 4 * (tileColumns * c + half)),
      );
    }
    advance(16);
    f.set(to, i32.add(to, 16 * tileColumns));
  });
  f.for(0, i32.and(depth, 3), 1, () => {
    pointers.forEach((pointer, lane) => f.store(to, f32.mul(f32.load(pointer), scale), 4 * lane));
    advance(4);
    f.set(to, i32.add(to, 4 * tileColumns));
  });
};

/** Function 'beginPanel'. */
export const defineBeginPanel = (module: ModuleBuilder): BeginPanel =>
  module.define(
    'beginPanel',
    { parameters: beginParameters },
    (f, { record, task, panel, column, nowhere }) => {
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
      const pointers = lanes.map((lane) => {
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
        f.store(panel, first, panelState.first + 4 * lane);
        f.store(panel, end, panelState.end + 4 * lane);
        f.set(row, i32.add(row, it.firstQuery));
        const out = i32.add(call.out, i32.mul(row, call.outRow), i32.mul(head, call.outHead));
        const sum = i32.add(
          call.logSumExp,
          i32.mul(row, call.logSumExpRow),
          i32.mul(head, call.logSumExpHead),
        );
        f.store(panel, select('i32', [out, nowhere], present), panelState.out + 4 * lane);
        f.store(panel, select('i32', [sum, nowhere], present), panelState.logSumExp + 4 * lane);
        return f.let(i32.add(call.q, i32.mul(row, call.qRow), i32.mul(head, call.qHead)));
      });
      for (const half of [0, 16]) {
        f.store(panel, constant('f32x4', -Infinity), panelState.max + half);
        f.store(panel, constant('f32x4', 0), panelState.sum + half);
      }
      f.store(panel, low, panelState.low);
      f.store(panel, high, panelState.high);
      f.store(panel, greatestFirst, panelState.greatestFirst);
      f.store(panel, leastEnd, panelState.leastEnd);
      f.store(panel, constant('i32', 0), panelState.started);
      packQueries(f, pointers, {
        to: f.let(i32.add(panel, panelState.queries)),
        depth: call.depth,
        scale: call.scale,
      });
    },
  );

/** Function 'endPanel'; `log` is the natural logarithm. */
export const defineEndPanel = (module: ModuleBuilder, log: Callable<{ x: 'f32' }, 'f32'>): EndPanel =>
  module.define(
    'endPanel',
    { parameters: endParameters },
    (f, { panel, depth, valueDepth, withLogSumExp }) => {
      const values = f.let(i32.add(panel, panelState.queries, i32.mul(depth, 4 * tileColumns)));
      const shares = [0, 16].map((half) => {
        const sum = f.let(v128.load(panel, panelState.sum + half));
        // A row that sees nothing has sum 0 and all values 0: its share is 0, not 1 / 0.
        return f.let(v128.choose(0, f32x4.div(1, sum), f32x4.equal(sum, 0)));
      }) as [Local<'v128'>, Local<'v128'>];
      f.if(i32.isZero(i32.load(panel, panelState.started)), () =>
        f.for(0, i32.mul(valueDepth, 4 * tileColumns), 4, (at) =>
          f.store(i32.add(values, at), constant('f32', 0)),
        ),
      );
      const pointers = lanes.map((lane) => f.let(i32.load(panel, panelState.out + 4 * lane)));
      const advance = (bytes: number): void => {
        for (const pointer of pointers) f.set(pointer, i32.add(pointer, bytes));
      };
      const from = f.let(values);
      f.for(0, i32.shiftRight(valueDepth, 2), 1, () => {
        shares.forEach((share, half) => {
          const rows = [0, 1, 2, 3].map((c) =>
            f32x4.mul(v128.load(from, 32 * c + 16 * half), share),
          ) as unknown as Rows4<Value<'v128'>>; // four
          transpose(f, rows).forEach((row, lane) => f.store(pointers[4 * half + lane] as Local<'i32'>, row)); // eight pointers
        });
        advance(16);
        f.set(from, i32.add(from, 16 * tileColumns));
      });
      f.for(0, i32.and(valueDepth, 3), 1, () => {
        pointers.forEach((pointer, lane) =>
          f.store(
            pointer,
            f32.mul(f32.load(from, 4 * lane), f32x4.lane(shares[lane >> 2] as Local<'v128'>, lane & 3)),
          ),
        );
        advance(4);
        f.set(from, i32.add(from, 4 * tileColumns));
      });
      f.if(withLogSumExp, () => {
        for (const lane of lanes) {
          const max = f.let(f32.load(panel, panelState.max + 4 * lane));
          const sum = f.result(log, { x: f32.load(panel, panelState.sum + 4 * lane) });
          f.store(i32.load(panel, panelState.logSumExp + 4 * lane), f32.add(f32.mul(max, Math.LN2), sum));
        }
      });
    },
  );
