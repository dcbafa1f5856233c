// Fused attention: for a task (some query columns of one sequence and key head) all blocks of keys in turn, never storing more
// scores than one block × 8 columns (16 where tiles are wide). The trick: scores are computed as K·Qᵀ, keys as rows and queries in lanes, so that the
// weights come out exactly in the layout that the tile reads as its right operand in the second product, Vᵀ·Pᵀ.
//   for each block of 256 keys:  pack keys and values
//     for each panel of 8 columns that sees some of them:  scores (tile) → hide → weights → sums of values (tile)

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local } from '../assembler/value.ts';
import { type Bits, someSeen } from './attentionBits.ts';
import { attentionBitsKernel, bitsPlace, bitsScratch } from './attentionBitsRecord.ts';
import {
  defineGatherVisible,
  defineHideScores,
  defineWeighScores,
  type GatherVisible,
  type HideScores,
  type WeighScores,
} from './attentionBlock.ts';
import { defineAnyNotFinite, type Met, meetRange, meetRuns } from './attentionMeeting.ts';
import { type BeginPanel, defineBeginPanel, defineEndPanel, type EndPanel } from './attentionPanel.ts';
import {
  type AttentionRecord,
  attentionKernel,
  keyBlock,
  panelState,
  taskBytes,
  taskFields,
  wordKeys,
} from './attentionRecord.ts';
import type { Terms } from './attentionTerms.ts';
import { attentionTermsKernel, forwardTerms, termsTaskBytes } from './attentionTermsRecord.ts';
import type { PackLeft } from './packLeft.ts';
import { defineKernel, type KernelSpec, type RecordLocals, readRecord } from './record.ts';
import type { Target } from './target.ts';
import { panelColumns, type Tile, tileRows } from './tile.ts';

interface Parts {
  readonly tile: Tile;
  readonly packLeft: PackLeft;
  readonly packLeftTransposed: PackLeft;
  readonly begin: BeginPanel;
  readonly end: EndPanel;
  readonly hide: HideScores;
  readonly weigh: WeighScores;
  readonly gather: GatherVisible;
  /** Where scores have terms. */
  readonly terms: Terms | undefined;
  /** Where a bit says whether a key is seen; only with terms. */
  readonly bits: Bits | undefined;
  /** Columns of a panel. */
  readonly across: number;
}

const meetParameters = {
  panel: 'i32',
  keys: 'i32',
  values: 'i32',
  scores: 'i32',
  source: 'i32',
  sourceRow: 'i32',
  key: 'i32',
  count: 'i32',
  depth: 'i32',
  valueDepth: 'i32',
  unsafe: 'i32',
  terms: 'i32',
  from: 'i32',
  to: 'i32',
  hidden: 'i32',
} as const;

type MeetBlock = Callable<typeof meetParameters, undefined>;

/**
 * One panel and one block: `keys` and `values` are packed, `count` keys from key `key` on; of its rows the panel meets `from` (a multiple of a tile) to
 * `to`, and some lane does not see all of them where `hidden`. `source` is the block's first row of
 * values as they came; `unsafe` says that some of them are not finite; `terms` is where they lie in the record, if there are any.
 */
const defineMeetBlock = (module: ModuleBuilder, parts: Parts): MeetBlock =>
  module.define('meetBlock', { parameters: meetParameters }, (f, given) => {
    const { panel, keys, values, scores, source, sourceRow, key, count, depth, valueDepth, unsafe } = given;
    const { from, to, hidden } = given;
    const state = panelState(parts.across);
    const rowBytes = 4 * parts.across;
    const tilesTo = f.let(i32.and(i32.add(to, tileRows - 1), -tileRows));
    const queries = f.let(i32.add(panel, state.queries));
    const tile = f.let(i32.mul(depth, 4 * tileRows));
    f.call(parts.tile, {
      left: i32.add(keys, i32.mul(i32.shiftRight(from, 2), tile)),
      leftTile: tile,
      right: queries,
      rightStep: rowBytes,
      depth,
      out: i32.add(scores, i32.mul(from, rowBytes)),
      outRow: rowBytes,
      accumulate: 0,
      tiles: i32.shiftRight(i32.sub(tilesTo, from), 2),
    });
    const visibleScores = f.let(i32.add(scores, i32.mul(from, rowBytes)));
    const firstKey = f.let(i32.add(key, from));
    const seen = {
      ...{ panel, terms: given.terms, scores: visibleScores, key: firstKey },
      rows: i32.sub(tilesTo, from),
    };
    if (parts.terms !== undefined) f.call(parts.terms.apply, { ...seen, slopes: 0 });
    f.if(hidden, () =>
      f.call(parts.hide, {
        ...{ panel, scores: visibleScores, key: firstKey, rows: i32.sub(tilesTo, from) },
      }),
    );

    const sums = f.let(i32.add(queries, i32.mul(depth, rowBytes)));
    const paddedDepth = f.let(i32.and(i32.add(valueDepth, tileRows - 1), -tileRows));
    const started = f.let(i32.load(panel, state.started));
    f.call(parts.weigh, {
      panel,
      scores: visibleScores,
      rows: i32.sub(tilesTo, from),
      values: sums,
      valueRows: i32.mul(paddedDepth, started),
    });
    if (parts.terms !== undefined) f.call(parts.terms.drop, seen);
    f.store(panel, constant('i32', 1), state.started);
    f.if(
      i32.and(hidden, unsafe),
      () => {
        f.if(i32.isZero(started), () =>
          f.for(0, i32.mul(paddedDepth, rowBytes), 4, (at) => f.store(i32.add(sums, at), constant('f32', 0))),
        );
        f.call(parts.gather, {
          panel,
          scores: visibleScores,
          key: firstKey,
          rows: i32.sub(to, from),
          source: i32.add(source, i32.mul(from, sourceRow)),
          sourceRow,
          values: sums,
          valueDepth,
        });
      },
      () =>
        f.call(parts.tile, {
          left: i32.add(values, i32.mul(from, 4 * tileRows)),
          leftTile: i32.mul(count, 4 * tileRows),
          right: visibleScores,
          rightStep: rowBytes,
          depth: i32.sub(to, from),
          out: sums,
          outRow: rowBytes,
          accumulate: started,
          tiles: i32.shiftRight(paddedDepth, 2),
        }),
    );
  });

/** Calls back for each panel of the task with the address of its state and the number of its first column. */
const eachPanel = (
  f: FunctionBuilder,
  {
    states,
    bytes,
    task,
    across,
  }: {
    states: Local<'i32'>;
    bytes: Local<'i32'>;
    task: { firstColumn: Local<'i32'>; columns: Local<'i32'> };
    across: number;
  },
  body: (panel: Local<'i32'>, column: Local<'i32'>) => void,
): void => {
  const panel = f.let(states);
  f.for(task.firstColumn, i32.add(task.firstColumn, task.columns), across, (column) => {
    body(panel, column);
    f.set(panel, i32.add(panel, bytes));
  });
};

/** Where a lane's bias, random numbers and bits begin, for each of a panel. */
const beginTerms = (
  f: FunctionBuilder,
  { terms: { place }, bits }: { readonly terms: Terms; readonly bits: Bits | undefined },
  given: {
    readonly record: Local<'i32'>;
    readonly task: RecordLocals<typeof taskFields>;
    readonly taskAddress: Local<'i32'>;
    readonly group: Local<'i32'>;
    readonly panel: Local<'i32'>;
    readonly column: Local<'i32'>;
    readonly across: number;
  },
): void => {
  const { record, task, taskAddress, group, panel, column, across } = given;
  const last = f.let(i32.sub(i32.add(task.firstColumn, task.columns), 1));
  f.for(0, across, 1, (lane) => {
    // Lanes that are missing read what the last one reads.
    const mine = f.let(i32.add(column, lane));
    f.set(mine, i32.min(mine, last));
    const own = f.let(i32.add(panel, i32.shiftLeft(lane, 2)));
    const head = f.let(i32.add(i32.mul(task.kvHead, group), i32.div(mine, task.queries)));
    const row = f.let(i32.remainder(mine, task.queries));
    f.call(place, {
      terms: i32.add(record, forwardTerms.record),
      taskTerms: i32.add(taskAddress, forwardTerms.task),
      ...{ lane: own, head, row },
    });
    if (bits !== undefined)
      f.call(bits.place, {
        bits: i32.add(record, bitsPlace.forward),
        ...{ lane: own, head, row: i32.add(task.firstVisible, row) },
      });
  });
};

/** Which kernel it is. */
const specOf = ({ terms, bits }: Pick<Parts, 'terms' | 'bits'>): KernelSpec<AttentionRecord> => {
  if (bits !== undefined) return attentionBitsKernel;
  return terms === undefined ? attentionKernel : attentionTermsKernel;
};

/**
 * Kernel 'attention', or with `terms` kernel 'attentionTerms', or with `bits` too kernel 'attentionBits'. 2 · rows · keys · (depth + valueDepth) FLOP and as many exponentials as visible
 * scores; a bound costs as many again, dropout 40 integer operations a weight.
 */
export const defineAttention = (
  module: ModuleBuilder,
  target: Target,
  shared: Pick<Parts, 'tile' | 'packLeft' | 'packLeftTransposed' | 'terms' | 'bits'> & {
    readonly log: Callable<{ x: 'f32' }, 'f32'>;
  },
): void => {
  const { terms, bits } = shared;
  const across = panelColumns(target);
  const state = panelState(across);
  const rowBytes = 4 * across;
  const parts: Parts = {
    ...shared,
    across,
    begin: defineBeginPanel(module, target),
    end: defineEndPanel(module, target, shared.log),
    hide: defineHideScores(module, target, bits !== undefined),
    weigh: defineWeighScores(module, target),
    gather: defineGatherVisible(module, target, bits !== undefined),
  };
  const meet = defineMeetBlock(module, parts);
  const anyNotFinite = defineAnyNotFinite(module);
  const bytesOfTask = terms === undefined ? taskBytes : termsTaskBytes;
  defineKernel(module, specOf(shared), (f, call, { record, chunk, scratch }) => {
    const { depth, valueDepth } = call;
    const taskAddress = f.let(i32.add(call.tasks, i32.mul(chunk, bytesOfTask)));
    const task = readRecord(f, taskAddress, taskFields);
    // Scratch: with bits the words of a panel and block; packed keys, packed values, scores, a row for missing lanes, the panels (as in
    // attentionScratch).
    const words = f.let(scratch);
    if (bits !== undefined) f.set(scratch, i32.add(scratch, bitsScratch(across)));
    const paddedDepth = f.let(i32.and(i32.add(valueDepth, tileRows - 1), -tileRows));
    const values = f.let(i32.add(scratch, i32.mul(depth, 4 * keyBlock)));
    const scores = f.let(i32.add(values, i32.mul(paddedDepth, 4 * keyBlock)));
    const nowhere = f.let(i32.add(scores, rowBytes * keyBlock));
    const states = f.let(i32.add(nowhere, i32.shiftLeft(paddedDepth, 2)));
    const bytes = f.let(i32.add(state.queries, i32.mul(i32.add(depth, paddedDepth), rowBytes)));
    const panels = { states, bytes, task, across };

    const low = f.let(task.keys);
    const high = f.local('i32');
    eachPanel(f, panels, (panel, column) => {
      f.call(parts.begin, { record, task: taskAddress, panel, column, nowhere });
      if (terms !== undefined)
        beginTerms(
          f,
          { terms, bits },
          { record, task, taskAddress, group: call.group, panel, column, across },
        );
      const [panelLow, panelHigh] = [f.let(i32.load(panel, state.low)), f.let(i32.load(panel, state.high))];
      f.set(low, i32.min(low, panelLow));
      f.set(high, i32.max(high, panelHigh));
    });

    f.for(i32.and(low, -keyBlock), high, keyBlock, (key) => {
      const count = f.let(i32.sub(task.keys, key));
      f.if(i32.greater(count, keyBlock), () => f.set(count, keyBlock));
      const row = f.let(i32.add(task.firstKey, key));
      const keys = i32.add(call.k, i32.mul(row, call.kRow), i32.mul(task.kvHead, call.kHead));
      const source = f.let(i32.add(call.v, i32.mul(row, call.vRow), i32.mul(task.kvHead, call.vHead)));
      const unsafe = f.local('i32');
      const pack = (): void => {
        f.call(parts.packLeft, { source: keys, sourceRow: call.kRow, rows: count, depth, packed: scratch });
        f.call(parts.packLeftTransposed, {
          source,
          sourceRow: call.vRow,
          rows: valueDepth,
          depth: count,
          packed: values,
        });
        // Without `visible` nothing is hidden but the padding of the last tile, which is not multiplied.
        const hides = bits === undefined ? call.visible : constant('i32', 1);
        f.if(hides, () =>
          f.set(unsafe, f.result(anyNotFinite, { source, row: call.vRow, count, depth: valueDepth })),
        );
      };
      const meetBlock = (panel: Local<'i32'>, met: Met): void =>
        f.call(meet, {
          panel,
          keys: scratch,
          values,
          scores,
          source,
          sourceRow: call.vRow,
          key,
          count,
          depth,
          valueDepth,
          unsafe,
          terms: i32.add(record, forwardTerms.record),
          ...met,
        });
      if (bits === undefined) {
        pack();
        eachPanel(f, panels, (panel) =>
          meetRange(f, across, { panel, key, count }, (met) => meetBlock(panel, met)),
        );
        return;
      }
      // A block is packed when the first panel sees some of it; `packed` is then as great as what a panel may see.
      const packed = f.local('i32');
      f.set(packed, 0);
      const groups = f.let(i32.shiftRight(i32.add(count, wordKeys - 1), 5));
      eachPanel(f, panels, (panel) => {
        const found = f.let(f.result(bits.gather, { panel, key, groups, to: words }));
        f.if(i32.less(packed, i32.and(found, someSeen)), () => {
          pack();
          f.set(packed, someSeen);
        });
        meetRuns(f, across, { panel, count, found, words }, (met) => meetBlock(panel, met));
      });
    });

    eachPanel(f, panels, (panel) =>
      f.call(parts.end, { panel, depth, valueDepth, withLogSumExp: call.logSumExp }),
    );
  });
};
