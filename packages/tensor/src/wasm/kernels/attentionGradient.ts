// The gradient of fused attention: for a task (a sequence and a key head) all blocks of 64 query rows in turn, never storing more weights than
// 64 × 64. Dao 2023 (arXiv:2307.08691), algorithm 2, with the blocks of rows outside, so that a block's weights are normalized anew.
//   pack keys and values
//     for each block of 64 rows:  greatest score and sum of each row over all blocks of keys
//       for each block of 64 keys:  P (tile) → dP (tile) → dS → dV += Pᵀ·dO,  dK += dSᵀ·Q,  dQ += dS·K (tiles)

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Operand } from '../assembler/value.ts';
import { defineHideScores, defineWeighScores } from './attentionBlock.ts';
import { defineCopyRows, defineDifferScores, defineRowsToPanel } from './attentionGradientBlock.ts';
import {
  attentionGradientKernel,
  divideScratch,
  type GradientScratch,
  gradientKeys,
  gradientRows,
  gradientTaskBytes,
  gradientTaskFields,
} from './attentionGradientRecord.ts';
import { panelState } from './attentionRecord.ts';
import { sumOfLanes } from './lanes.ts';
import type { PackLeft } from './packLeft.ts';
import { defineKernel, type RecordLocals, readRecord } from './record.ts';
import { alongRow } from './rowLoop.ts';
import type { Target } from './target.ts';
import { panelColumns, type Tile, tileRows } from './tile.ts';

type Call = RecordLocals<typeof attentionGradientKernel.layout>;
type Task = RecordLocals<typeof gradientTaskFields>;

/** Sizes of a task as variables: depths as they are and padded to panels, and bytes of padded rows. */
interface Sizes {
  readonly wide: Local<'i32'>;
  readonly wideValue: Local<'i32'>;
  readonly wideBytes: Local<'i32'>;
  readonly wideValueBytes: Local<'i32'>;
}

/** A block of query rows of one head. */
interface Block {
  readonly firstRow: Local<'i32'>;
  readonly rows: Local<'i32'>;
  readonly panels: Local<'i32'>;
  readonly head: Local<'i32'>;
  /** Keys low to high are what any of its rows sees. */
  readonly low: Local<'i32'>;
  readonly high: Local<'i32'>;
}

/** The address of row and head in an operand. */
const placeOf = (
  [array, rowBytes, headBytes]: readonly [Local<'i32'>, Local<'i32'>, Local<'i32'>],
  row: Operand<'i32'>,
  head: Local<'i32'>,
) => i32.add(array, i32.mul(row, rowBytes), i32.mul(head, headBytes));

/** Kernel 'attentionGradient'. 2 · rows · keys · (4 · depth + 2 · valueDepth) FLOP and twice as many exponentials as visible scores. */
export const defineAttentionGradient = (
  module: ModuleBuilder,
  target: Target,
  { tile, packLeft }: { readonly tile: Tile; readonly packLeft: PackLeft },
): void => {
  const across = panelColumns(target);
  const state = panelState(across);
  const rowBytes = 4 * across;
  const copyRows = defineCopyRows(module);
  const rowsToPanel = defineRowsToPanel(module, target);
  const differ = defineDifferScores(module, target);
  const hide = defineHideScores(module, target);
  const weigh = defineWeighScores(module, target);

  const zero = (f: FunctionBuilder, from: Local<'i32'>, floats: Operand<'i32'>): void => {
    const at = f.let(from);
    const end = f.let(i32.add(from, i32.shiftLeft(floats, 2)));
    f.while(i32.less(at, end), () => {
      f.store(at, constant('f32x4', 0));
      f.set(at, i32.add(at, 16));
    });
  };

  /** Calls back for each panel of a block with the address of its state and its number. */
  const eachPanel = (
    f: FunctionBuilder,
    { panels }: Block,
    s: GradientScratch,
    body: (panel: Local<'i32'>, number: Local<'i32'>) => void,
  ): void =>
    f.for(0, panels, 1, (number) => body(f.let(i32.add(s.panels, i32.mul(number, state.queries))), number));

  /** What each row of the block sees, and Σ dO·O of each, in the panels' states. */
  const beginRows = (
    f: FunctionBuilder,
    call: Call,
    [task, block, s]: readonly [Task, Block, GradientScratch],
  ): void => {
    const { firstRow, rows, panels, head } = block;
    const [first, end] = [f.local('i32'), f.local('i32')];
    const sum = f.local('v128');
    f.for(0, i32.mul(panels, across), 1, (index) => {
      const panel = f.let(i32.add(s.panels, i32.mul(i32.div(index, across), state.queries)));
      const lane = f.let(i32.add(panel, i32.shiftLeft(i32.remainder(index, across), 2)));
      f.set(first, task.keys);
      f.set(end, 0);
      f.set(sum, 0);
      f.if(i32.less(index, rows), () => {
        f.set(first, 0);
        f.set(end, task.keys);
        const row = f.let(i32.add(firstRow, index));
        f.if(call.visible, () => {
          const pair = f.let(i32.add(call.visible, i32.shiftLeft(i32.add(task.firstVisible, row), 3)));
          f.set(first, i32.load(pair));
          f.set(first, i32.max(first, constant('i32', 0)));
          f.set(end, i32.load(pair, 4));
          f.set(end, i32.min(end, task.keys));
        });
        const at = f.let(i32.add(task.firstQuery, row));
        const out = f.let(placeOf([call.out, call.outRow, call.outHead], at, head));
        const up = f.let(placeOf([call.gradient, call.gradientRow, call.gradientHead], at, head));
        alongRow(f, call.valueDepth, (step) =>
          f.set(sum, f32x4.add(sum, step.counted(f32x4.mul(step.load(out), step.load(up))))),
        );
      });
      // A lane that sees nothing widens no bound: first = keys, end = 0.
      f.if(i32.atLeast(first, end), () => {
        f.set(first, task.keys);
        f.set(end, 0);
      });
      f.store(lane, first, state.first);
      f.store(lane, end, state.end);
      f.store(lane, sumOfLanes(f, sum), state.out);
      f.store(lane, constant('f32', -Infinity), state.max);
      f.store(lane, constant('f32', 0), state.sum);
      f.set(block.low, i32.min(block.low, first));
      f.set(block.high, i32.max(block.high, end));
    });
  };

  /** Queries and upstream gradients of the block, as padded rows and as panels. */
  const bringRows = (
    f: FunctionBuilder,
    call: Call,
    [task, block, s, sizes]: readonly [Task, Block, GradientScratch, Sizes],
  ): void => {
    const { firstRow, rows, panels, head } = block;
    const at = f.let(i32.add(task.firstQuery, firstRow));
    const missing = f.let(i32.sub(i32.mul(panels, across), rows));
    const bring = (
      source: Local<'i32'>,
      sourceRow: Local<'i32'>,
      into: { to: Local<'i32'>; width: Local<'i32'>; padded: Local<'i32'>; bytes: Local<'i32'> },
    ): void => {
      const { to, width, padded, bytes } = into;
      f.call(copyRows, { source, sourceRow, rows, width, to, toRow: bytes, padded });
      zero(f, f.let(i32.add(to, i32.mul(rows, bytes))), i32.mul(missing, padded));
    };
    bring(f.let(placeOf([call.q, call.qRow, call.qHead], at, head)), call.qRow, {
      ...{ to: s.queryRows, width: call.depth, padded: sizes.wide, bytes: sizes.wideBytes },
    });
    bring(f.let(placeOf([call.gradient, call.gradientRow, call.gradientHead], at, head)), call.gradientRow, {
      to: s.upstreamRows,
      width: call.valueDepth,
      padded: sizes.wideValue,
      bytes: sizes.wideValueBytes,
    });
    const inPowersOfTwo = f.let(f32.mul(call.scale, Math.LOG2E));
    const one = f.let(constant('f32', 1));
    f.for(0, panels, 1, (number) => {
      const place = (array: Local<'i32'>, bytes: Local<'i32'>) =>
        i32.add(array, i32.mul(i32.mul(number, across), bytes));
      for (const [source, to, width, bytes, scale] of [
        [s.queryRows, s.queryPanels, sizes.wide, sizes.wideBytes, inPowersOfTwo],
        [s.upstreamRows, s.upstreamPanels, sizes.wideValue, sizes.wideValueBytes, one],
      ] as const)
        f.call(rowsToPanel, {
          source: place(source, bytes),
          sourceRow: bytes,
          width,
          to: place(to, bytes),
          scale,
        });
    });
  };

  /** A product of packed keys or values from `key` on with one panel. */
  const panelProduct = (
    f: FunctionBuilder,
    [packed, depth]: readonly [Local<'i32'>, Local<'i32'>],
    given: {
      readonly key: Local<'i32'>;
      readonly tiles: Local<'i32'>;
      readonly right: Operand<'i32'>;
      readonly out: Local<'i32'>;
    },
  ): void => {
    const leftTile = f.let(i32.mul(depth, 4 * tileRows));
    f.call(tile, {
      left: i32.add(packed, i32.mul(i32.shiftRight(given.key, 2), leftTile)),
      leftTile,
      right: given.right,
      rightStep: rowBytes,
      depth,
      out: given.out,
      outRow: rowBytes,
      accumulate: 0,
      tiles: given.tiles,
    });
  };

  /** Calls back for each block of keys that rows of the block see: first key, keys of the block, tiles of 4. */
  const eachKeys = (
    f: FunctionBuilder,
    task: Task,
    block: Block,
    body: (key: Local<'i32'>, count: Local<'i32'>, tiles: Local<'i32'>) => void,
  ): void =>
    f.for(i32.and(block.low, -gradientKeys), block.high, gradientKeys, (key) => {
      const count = f.let(i32.sub(task.keys, key));
      f.if(i32.greater(count, gradientKeys), () => f.set(count, gradientKeys));
      body(key, count, f.let(i32.shiftRight(i32.add(count, tileRows - 1), 2)));
    });

  /** left [tiles of 4][depth ≤ 64][4] times rows of `bytes`, added to rows of the same width. */
  const addProduct = (
    f: FunctionBuilder,
    bytes: Local<'i32'>,
    given: {
      readonly left: Local<'i32'>;
      readonly depth: Local<'i32'>;
      readonly tiles: Local<'i32'>;
      readonly right: Local<'i32'>;
      readonly out: Local<'i32'>;
    },
  ): void => {
    f.for(0, bytes, rowBytes, (column) =>
      f.call(tile, {
        left: given.left,
        leftTile: 4 * tileRows * gradientRows, // as many keys as rows in a block
        right: i32.add(given.right, column),
        rightStep: bytes,
        depth: given.depth,
        out: i32.add(given.out, column),
        outRow: bytes,
        accumulate: 1,
        tiles: given.tiles,
      }),
    );
  };

  defineKernel(module, attentionGradientKernel, (f, call, { chunk, scratch }) => {
    const { depth, valueDepth } = call;
    const task = readRecord(
      f,
      f.let(i32.add(call.tasks, i32.mul(chunk, gradientTaskBytes))),
      gradientTaskFields,
    );
    const padded = (width: Local<'i32'>) => f.let(i32.and(i32.add(width, across - 1), -across));
    const [wide, wideValue] = [padded(depth), padded(valueDepth)];
    const [wideBytes, wideValueBytes] = [f.let(i32.shiftLeft(wide, 2)), f.let(i32.shiftLeft(wideValue, 2))];
    const sizes: Sizes = { wide, wideValue, wideBytes, wideValueBytes };
    const s = divideScratch(f, scratch, { across, keys: task.keys, depth, valueDepth, wide, wideValue });

    const keys = f.let(placeOf([call.k, call.kRow, call.kHead], task.firstKey, task.kvHead));
    const values = f.let(placeOf([call.v, call.vRow, call.vHead], task.firstKey, task.kvHead));
    f.call(packLeft, { source: keys, sourceRow: call.kRow, rows: task.keys, depth, packed: s.packedKeys });
    f.call(packLeft, {
      source: values,
      sourceRow: call.vRow,
      rows: task.keys,
      depth: valueDepth,
      packed: s.packedValues,
    });
    f.call(copyRows, {
      source: keys,
      sourceRow: call.kRow,
      rows: task.keys,
      width: depth,
      to: s.keyRows,
      toRow: wideBytes,
      padded: wide,
    });
    const paddedKeys = f.let(i32.and(i32.add(task.keys, tileRows - 1), -tileRows));
    zero(f, s.keySums, i32.mul(paddedKeys, wide));
    zero(f, s.valueSums, i32.mul(paddedKeys, wideValue));

    f.for(0, call.group, 1, (member) => {
      const head = f.let(i32.add(i32.mul(task.kvHead, call.group), member));
      f.for(0, task.queries, gradientRows, (firstRow) => {
        const rows = f.let(i32.sub(task.queries, firstRow));
        f.if(i32.greater(rows, gradientRows), () => f.set(rows, gradientRows));
        const panels = f.let(i32.div(i32.add(rows, across - 1), across));
        const block: Block = { firstRow, rows, panels, head, low: f.let(task.keys), high: f.local('i32') };
        f.set(block.high, 0);
        beginRows(f, call, [task, block, s]);
        bringRows(f, call, [task, block, s, sizes]);
        const panelOf = (array: Local<'i32'>, bytes: Local<'i32'>, number: Local<'i32'>) =>
          i32.add(array, i32.mul(i32.mul(number, across), bytes));

        eachPanel(f, block, s, (panel, number) => {
          const right = f.let(panelOf(s.queryPanels, wideBytes, number));
          eachKeys(f, task, block, (key, _count, tiles) => {
            panelProduct(f, [s.packedKeys, depth], { key, tiles, right, out: s.scores });
            const scoreRows = f.let(i32.shiftLeft(tiles, 2));
            f.call(hide, { panel, scores: s.scores, key, rows: scoreRows });
            f.call(weigh, { panel, scores: s.scores, rows: scoreRows, values: s.scores, valueRows: 0 });
          });
          for (let at = 0; at < 4 * across; at += 16) {
            const sum = f.let(v128.load(panel, state.sum + at));
            // A row that sees nothing has sum 0: its share is 0, not 1 / 0.
            f.store(panel, v128.choose(0, f32x4.div(1, sum), f32x4.equal(sum, 0)), state.logSumExp + at);
          }
        });

        zero(f, s.querySums, i32.mul(i32.mul(panels, across), wide));
        eachKeys(f, task, block, (key, count, tiles) => {
          eachPanel(f, block, s, (panel, number) => {
            panelProduct(f, [s.packedKeys, depth], {
              key,
              tiles,
              right: panelOf(s.queryPanels, wideBytes, number),
              out: s.scores,
            });
            panelProduct(f, [s.packedValues, valueDepth], {
              ...{ key, tiles, out: s.weightGradients },
              right: panelOf(s.upstreamPanels, wideValueBytes, number),
            });
            const row = f.let(i32.mul(number, 4 * tileRows * across)); // bytes of the panel's rows within a tile of keys
            f.call(differ, {
              ...{
                panel,
                scores: s.scores,
                weightGradients: s.weightGradients,
                key,
                tiles,
                scale: call.scale,
              },
              weights: i32.add(s.weights, row),
              scoreGradients: i32.add(s.scoreGradients, row),
              scoreRows: i32.add(s.scoreRows, i32.mul(number, 4 * gradientKeys * across)),
            });
          });
          const blockRows = f.let(i32.mul(panels, across));
          const sums = (array: Local<'i32'>, bytes: Local<'i32'>) =>
            f.let(i32.add(array, i32.mul(key, bytes)));
          addProduct(f, wideValueBytes, {
            ...{ left: s.weights, depth: blockRows, tiles, right: s.upstreamRows },
            out: sums(s.valueSums, wideValueBytes),
          });
          addProduct(f, wideBytes, {
            ...{ left: s.scoreGradients, depth: blockRows, tiles, right: s.queryRows },
            out: sums(s.keySums, wideBytes),
          });
          addProduct(f, wideBytes, {
            ...{ left: s.scoreRows, depth: count, tiles: f.let(i32.shiftRight(blockRows, 2)) },
            ...{ right: sums(s.keyRows, wideBytes), out: s.querySums },
          });
        });
        f.call(copyRows, {
          ...{ source: s.querySums, sourceRow: wideBytes, rows, width: depth, padded: 0 },
          to: placeOf(
            [call.qGradient, call.qGradientRow, call.qGradientHead],
            i32.add(task.firstQuery, firstRow),
            head,
          ),
          toRow: call.qGradientRow,
        });
      });
    });

    f.call(copyRows, {
      ...{ source: s.keySums, sourceRow: wideBytes, rows: task.keys, width: depth, padded: 0 },
      to: placeOf([call.kGradient, call.kGradientRow, call.kGradientHead], task.firstKey, task.kvHead),
      toRow: call.kGradientRow,
    });
    f.call(copyRows, {
      ...{ source: s.valueSums, sourceRow: wideValueBytes, rows: task.keys, width: valueDepth, padded: 0 },
      to: placeOf([call.vGradient, call.vGradientRow, call.vGradientHead], task.firstKey, task.kvHead),
      toRow: call.vGradientRow,
    });
  });
};
