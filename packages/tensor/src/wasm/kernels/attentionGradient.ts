// The gradient of fused attention: for a task (a sequence and a key head) all blocks of 64 query rows in turn, never storing more weights than
// 64 × 64. Dao 2023 (arXiv:2307.08691), algorithm 2, with the blocks of rows outside, so that a block's weights are normalized anew.
//   pack keys and values
//     for each block of 64 rows:  P as in the forward pass, against all keys, with each row's greatest score and sum
//       for each block of 64 keys:  dP (tile) → dS → dV += Pᵀ·dO,  dK += dSᵀ·Q,  dQ += dS·K (tiles)

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Operand, type Value } from '../assembler/value.ts';
import { type Bits, someSeen } from './attentionBits.ts';
import { attentionBitsGradientKernel } from './attentionBitsRecord.ts';
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
  seenBytes,
} from './attentionGradientRecord.ts';
import {
  beginRows,
  beginTermsOfRows,
  bringRows,
  fill,
  type GradientBlock,
  type GradientFields,
  type GradientSizes,
  type GradientTask,
  placeOf,
} from './attentionGradientRows.ts';
import { panelState, wordKeys } from './attentionRecord.ts';
import type { Terms } from './attentionTerms.ts';
import {
  attentionTermsGradientKernel,
  gradientTerms,
  termsGradientTaskBytes,
} from './attentionTermsRecord.ts';
import type { PackLeft } from './packLeft.ts';
import { defineKernel, readRecord } from './record.ts';
import type { Target } from './target.ts';
import { panelColumns, type Tile, tileRows } from './tile.ts';

/** A task, and what differs with terms. */
interface TaskPlace {
  readonly record: Local<'i32'>;
  readonly taskAddress: Local<'i32'>;
  readonly scratch: Local<'i32'>;
  readonly queryScale: Value<'f32'>;
  /** Bytes from the bias to its gradient; 0 where that is not wanted. */
  readonly biasGradient: Local<'i32'> | undefined;
}

/**
 * Kernel 'attentionGradient', or with `terms` kernel 'attentionTermsGradient', or with `bits` too kernel 'attentionBitsGradient'. 2 · rows · keys · (3 · depth + 2 · valueDepth) FLOP and as many
 * exponentials as visible scores.
 */
export const defineAttentionGradient = (
  module: ModuleBuilder,
  target: Target,
  shared: {
    readonly tile: Tile;
    readonly packLeft: PackLeft;
    readonly terms: Terms | undefined;
    readonly bits: Bits | undefined;
  },
): void => {
  const { tile, packLeft, terms, bits } = shared;
  const withBits = bits !== undefined;
  const across = panelColumns(target);
  const state = panelState(across);
  const rowBytes = 4 * across;
  const wordBytes = 4 * (gradientKeys / wordKeys); // of a row, for a block of keys
  const copyRows = defineCopyRows(module);
  const rowsToPanel = defineRowsToPanel(module, target);
  const differ = defineDifferScores(module, target, { withTerms: terms !== undefined, withBits });
  const hide = defineHideScores(module, target, withBits);
  const weigh = defineWeighScores(module, target);

  /** Calls back for each panel of a block with the address of its state and its number. */
  const eachPanel = (
    f: FunctionBuilder,
    { panels }: GradientBlock,
    s: GradientScratch,
    body: (panel: Local<'i32'>, number: Local<'i32'>) => void,
  ): void =>
    f.for(0, panels, 1, (number) => body(f.let(i32.add(s.panels, i32.mul(number, state.queries))), number));

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
    task: GradientTask,
    block: GradientBlock,
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

  /** Where it is said whether anybody of a block of rows sees any of a block of keys. */
  const seenAt = (s: GradientScratch, key: Local<'i32'>): Value<'i32'> =>
    i32.add(s.blockSeen, i32.mul(i32.div(key, gradientKeys), seenBytes));

  /** Gathers a panel's words for a block of keys: which of them anybody sees. */
  const gathered = (
    f: FunctionBuilder,
    { gather }: Bits,
    given: { [Name in 'panel' | 'key' | 'count' | 'words']: Local<'i32'> },
  ): Value<'i32'> => {
    const { panel, key, count, words } = given;
    const groups = i32.shiftRight(i32.add(count, wordKeys - 1), 5);
    return i32.and(f.result(gather, { panel, key, groups, to: words }), someSeen);
  };

  const oneTask = (f: FunctionBuilder, call: GradientFields, given: TaskPlace): void => {
    const { record, taskAddress, scratch, queryScale, biasGradient } = given;
    const { depth, valueDepth } = call;
    const task = readRecord(f, taskAddress, gradientTaskFields);
    const padded = (width: Local<'i32'>) => f.let(i32.and(i32.add(width, across - 1), -across));
    const [wide, wideValue] = [padded(depth), padded(valueDepth)];
    const [wideBytes, wideValueBytes] = [f.let(i32.shiftLeft(wide, 2)), f.let(i32.shiftLeft(wideValue, 2))];
    const sizes: GradientSizes = { wide, wideValue, wideBytes, wideValueBytes };
    const s = divideScratch(f, scratch, {
      across,
      keys: task.keys,
      depth,
      valueDepth,
      wide,
      wideValue,
      ...{ withTerms: terms !== undefined, withBits },
    });

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
    fill(f, 0, [s.keySums, i32.mul(paddedKeys, wide)]);
    fill(f, 0, [s.valueSums, i32.mul(paddedKeys, wideValue)]);

    f.for(0, call.group, 1, (member) => {
      const head = f.let(i32.add(i32.mul(task.kvHead, call.group), member));
      f.for(0, task.queries, gradientRows, (firstRow) => {
        const rows = f.let(i32.sub(task.queries, firstRow));
        f.if(i32.greater(rows, gradientRows), () => f.set(rows, gradientRows));
        const panels = f.let(i32.div(i32.add(rows, across - 1), across));
        const block: GradientBlock = {
          firstRow,
          rows,
          panels,
          head,
          low: f.let(task.keys),
          high: f.local('i32'),
        };
        f.set(block.high, 0);
        const own = { call, task, block, s, across };
        beginRows(f, own);
        bringRows(f, { ...own, queryScale }, { copyRows, rowsToPanel, sizes });
        if (terms !== undefined) beginTermsOfRows(f, { terms, bits }, { ...own, record, taskAddress });
        /** Where a block of keys and a panel have their part of what is kept for all keys: so many bytes a row of the block. */
        const partOf = (array: Local<'i32'>, key: Local<'i32'>, number: Local<'i32'>, bytes: number) =>
          f.let(
            i32.add(
              array,
              i32.mul(key, (bytes * gradientRows) / gradientKeys),
              i32.mul(number, bytes * across),
            ),
          );
        const withTerms = (panel: Local<'i32'>, key: Local<'i32'>, rows: Value<'i32'>) => ({
          ...{ panel, terms: i32.add(record, gradientTerms.record), key, rows },
        });
        const panelOf = (array: Local<'i32'>, bytes: Local<'i32'>, number: Local<'i32'>) =>
          i32.add(array, i32.mul(i32.mul(number, across), bytes));

        if (withBits) {
          const blocks = i32.div(i32.add(task.keys, gradientKeys - 1), gradientKeys);
          fill(f, 0, [s.blockSeen, i32.mul(blocks, seenBytes / 4)]);
        }
        eachPanel(f, block, s, (panel, number) => {
          const right = f.let(panelOf(s.queryPanels, wideBytes, number));
          eachKeys(f, task, block, (key, count, tiles) => {
            const scoresOf = (): void => {
              const scores = partOf(s.blockScores, key, number, 4 * gradientKeys);
              panelProduct(f, [s.packedKeys, depth], { key, tiles, right, out: scores });
              const scoreRows = f.let(i32.shiftLeft(tiles, 2));
              if (terms !== undefined) {
                const slopes = partOf(s.blockSlopes, key, number, 4 * gradientKeys);
                f.call(terms.apply, { ...withTerms(panel, key, scoreRows), scores, slopes });
              }
              f.call(hide, { panel, scores, key, rows: scoreRows });
              f.call(weigh, { panel, scores, rows: scoreRows, values: scores, valueRows: 0 });
              const tops = partOf(s.blockTops, key, number, 4);
              for (let at = 0; at < 4 * across; at += 16) f.store(tops, v128.load(panel, state.max + at), at);
            };
            if (bits === undefined) {
              scoresOf();
              return;
            }
            const words = partOf(s.blockWords, key, number, wordBytes);
            f.store(panel, words, state.met);
            f.if(
              gathered(f, bits, { panel, key, count, words }),
              () => {
                f.store(seenAt(s, key), constant('i32', 1));
                scoresOf();
              },
              () => fill(f, 0, [words, (wordBytes / 4) * across]),
            );
          });
          for (let at = 0; at < 4 * across; at += 16) {
            const sum = f.let(v128.load(panel, state.sum + at));
            // A row that sees nothing has sum 0: its share is 0, not 1 / 0.
            f.store(panel, v128.choose(0, f32x4.div(1, sum), f32x4.equal(sum, 0)), state.logSumExp + at);
          }
        });

        fill(f, 0, [s.querySums, i32.mul(i32.mul(panels, across), wide)]);
        eachKeys(f, task, block, (key, count, tiles) => {
          const gradients = (): void => {
            eachPanel(f, block, s, (panel, number) => {
              panelProduct(f, [s.packedValues, valueDepth], {
                ...{ key, tiles, out: s.weightGradients },
                right: panelOf(s.upstreamPanels, wideValueBytes, number),
              });
              const rowsOfTerms = withTerms(panel, key, i32.shiftLeft(tiles, 2));
              if (terms !== undefined) {
                fill(f, 1, [s.factors, i32.mul(tiles, tileRows * across)]);
                f.call(terms.drop, { ...rowsOfTerms, scores: s.factors });
              }
              const row = f.let(i32.mul(number, 4 * tileRows * across)); // bytes of the panel's rows within a tile of keys
              if (withBits) f.store(panel, partOf(s.blockWords, key, number, wordBytes), state.met);
              f.call(differ, {
                ...{ panel, key, tiles, scale: call.scale, factors: s.factors },
                tops: partOf(s.blockTops, key, number, 4),
                scores: partOf(s.blockScores, key, number, 4 * gradientKeys),
                slopes: partOf(s.blockSlopes, key, number, 4 * gradientKeys),
                weightGradients: s.weightGradients,
                weights: i32.add(s.weights, row),
                scoreGradients: i32.add(s.scoreGradients, row),
                scoreRows: i32.add(s.scoreRows, i32.mul(number, 4 * gradientKeys * across)),
              });
              if (terms !== undefined && biasGradient !== undefined)
                f.if(biasGradient, () =>
                  f.call(terms.addBiasGradient, {
                    ...rowsOfTerms,
                    scores: s.weightGradients,
                    gradient: biasGradient,
                  }),
                );
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
          };
          if (bits === undefined) gradients();
          else f.if(i32.load(seenAt(s, key)), gradients);
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
  };

  const spec = withBits ? attentionBitsGradientKernel : attentionTermsGradientKernel;
  if (terms === undefined)
    defineKernel(module, attentionGradientKernel, (f, call, { record, chunk, scratch }) =>
      oneTask(f, call, {
        ...{ record, scratch, taskAddress: f.let(i32.add(call.tasks, i32.mul(chunk, gradientTaskBytes))) },
        ...{ queryScale: f32.mul(call.scale, Math.LOG2E), biasGradient: undefined },
      }),
    );
  else
    defineKernel(module, spec, (f, call, { record, chunk, scratch }) => {
      const bounds = f.let(i32.add(call.groups, i32.shiftLeft(chunk, 2)));
      f.for(i32.load(bounds), i32.load(bounds, 4), 1, (number) =>
        oneTask(f, call, {
          ...{
            record,
            scratch,
            taskAddress: f.let(i32.add(call.tasks, i32.mul(number, termsGradientTaskBytes))),
          },
          ...{ queryScale: call.queryScale, biasGradient: call.biasGradient },
        }),
      );
    });
};
