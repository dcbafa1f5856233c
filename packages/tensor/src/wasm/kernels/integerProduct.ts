// The product of rows of 16-bit integers (from codeRows) and a packed weight of 8-bit integers: exact sums in 32 bits, the same loops as
// the product of floats, then scales, bias and activation on the strip just written.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Operand, type Value } from '../assembler/value.ts';
import { defineCopyEdge } from './copyEdge.ts';
import type { Finish } from './finish.ts';
import type { PackLeft } from './packLeft.ts';
import { type FinishedStrip, locateProduct, placesInScratch, productKernel } from './productRecord.ts';
import { productRow } from './productRow.ts';
import { productRows } from './productRows.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { defineRowTiles } from './rowTile.ts';
import type { Target } from './target.ts';
import { defineTile, tileRows, wideColumns } from './tile.ts';
import { integerArithmetic } from './tileArithmetic.ts';

/**
 * The fields of a product, of which a k-step is a pair of integers: `left` 16 bits each, `right` packed, 8 bits each. One batch, nothing
 * transposed. `leftScales` [rows] and `rightScales` [columns] are floats.
 */
type ScaledFields = { readonly leftScales: 'i32'; readonly rightScales: 'i32' };

/** Columns of a panel of packed weights. */
export const integerColumns: number = wideColumns;

/** out = activation(sums · leftScale · rightScale + bias); see the fields above. */
export const integerProductKernel: KernelSpec<typeof productKernel.layout & ScaledFields> = {
  name: 'integerProduct',
  layout: { ...productKernel.layout, leftScales: 'i32', rightScales: 'i32' },
};

const scaleParameters = {
  out: 'i32',
  outRow: 'i32',
  rows: 'i32',
  columns: 'i32',
  leftScales: 'i32',
  rightScales: 'i32',
  bias: 'i32',
} as const;

/**
 * Function 'scaleStrip': 32-bit sums of at most a panel's columns become floats in place, times the scale of their row, then that of their
 * column, then plus the bias of their column where `bias` is not 0.
 */
const defineScaleStrip = (
  module: ModuleBuilder,
  across: number,
): Callable<typeof scaleParameters, undefined> =>
  module.define('scaleStrip', { parameters: scaleParameters }, (f, given) => {
    const { out, outRow, rows, columns, leftScales, rightScales, bias } = given;
    const vectors = Array.from({ length: across / 4 }, (_, j) => ({
      at: 16 * j,
      scale: f.local('v128'),
      bias: f.local('v128'),
    }));
    const [factor, added] = [f.local('v128'), f.local('v128')];
    const end = f.let(i32.add(leftScales, i32.shiftLeft(rows, 2)));
    const eachRow = (body: () => void): void =>
      f.while(i32.below(leftScales, end), () => {
        f.set(factor, v128.loadSplat(leftScales));
        body();
        f.set(out, i32.add(out, outRow));
        f.set(leftScales, i32.add(leftScales, 4));
      });
    const scaled = (sums: Value<'v128'>, scale: Operand<'v128'>): Value<'v128'> =>
      f32x4.mul(f32x4.mul(f32x4.fromI32(sums), factor), scale);
    f.if(
      i32.equal(columns, across),
      () => {
        for (const vector of vectors) {
          f.set(vector.scale, v128.load(rightScales, vector.at));
          f.if(bias, () => f.set(vector.bias, v128.load(bias, vector.at)));
        }
        eachRow(() => {
          for (const vector of vectors)
            f.store(out, f32x4.add(scaled(v128.load(out, vector.at), vector.scale), vector.bias), vector.at);
        });
      },
      () =>
        eachRow(() =>
          f.for(0, i32.shiftLeft(columns, 2), 4, (column) => {
            const at = f.let(i32.add(out, column));
            const value = f.let(scaled(v128.loadLow(at), v128.loadLow(i32.add(rightScales, column))));
            f.set(added, 0);
            f.if(bias, () => f.set(added, v128.loadLow(i32.add(bias, column))));
            f.store(at, f32x4.lane(f32x4.add(value, added), 0));
          }),
        ),
    );
  });

/** Kernel 'integerProduct'. 4 · rows · columns · depth operations on integers. */
export const defineIntegerProduct = (
  module: ModuleBuilder,
  target: Target,
  shared: { readonly packLeft: PackLeft; readonly packLeftTransposed: PackLeft; readonly finish: Finish },
): void => {
  const across = integerColumns;
  // Where V8 does not join vectors, 2 × 16 sums are a seventh faster than 4 × 8 (Node 20 and 24, Zen 4), of floats they are slower.
  const tile = defineTile(module, integerArithmetic, { columns: across, rows: target.wide ? tileRows : 2 });
  const tiles = defineRowTiles(module, integerArithmetic, { rows: 1, panels: 32 / across, across });
  const copyEdge = defineCopyEdge(module, integerArithmetic);
  const scaleStrip = defineScaleStrip(module, across);
  defineKernel(module, integerProductKernel, (f: FunctionBuilder, fields, { chunk, scratch }) => {
    const place = locateProduct(f, fields, { chunk, across });
    const leftScales = f.let(i32.add(fields.leftScales, i32.shiftLeft(place.firstRow, 2)));
    const noBias = f.let(constant('i32', 0));
    const finish = ({ out, column, width }: FinishedStrip): void => {
      const to = f.let(out);
      const first = f.let(i32.shiftLeft(column, 2)); // bytes of a column's scale, and of its bias
      const bias = f.let(place.bias);
      f.if(bias, () => f.set(bias, i32.add(bias, first)));
      f.call(scaleStrip, {
        ...{ out: to, outRow: fields.outRow, rows: place.rows, columns: width, leftScales, bias },
        rightScales: i32.add(fields.rightScales, i32.shiftLeft(place.firstColumn, 2), first),
      });
      f.call(shared.finish, {
        ...{ out: to, outRow: fields.outRow, rows: place.rows, columns: width, bias: noBias },
        activation: fields.activation,
      });
    };
    const { packLeft, packLeftTransposed } = shared;
    const parts = { tile, tiles, packLeft, packLeftTransposed, copyEdge, across, finish };
    const given = { place, fields, ...placesInScratch(f, scratch) };
    f.if(
      i32.equal(place.rows, 1),
      () => productRow(f, parts, given),
      () => productRows(f, parts, given),
    );
  });
};
