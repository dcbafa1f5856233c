// The product of rows of 16-bit integers (from codeRows) and a packed weight of 8-bit integers: exact sums in 32 bits, the same loops as
// the product of floats, then scales, bias and activation on the strip just written.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { defineCopyEdge } from './copyEdge.ts';
import { type Finish, finishProduct } from './finish.ts';
import type { PackLeft } from './packLeft.ts';
import { type FinishedStrip, locateProduct, placesInScratch, productKernel } from './productRecord.ts';
import { productRow } from './productRow.ts';
import { productRows } from './productRows.ts';
import { defineKernel, type KernelSpec } from './record.ts';
import { defineRowTiles } from './rowTile.ts';
import type { Target } from './target.ts';
import { defineTile, panelColumns } from './tile.ts';
import { integerArithmetic } from './tileArithmetic.ts';

/**
 * The fields of a product, of which a k-step is a pair of integers: `left` 16 bits each, `right` packed, 8 bits each. One batch, nothing
 * transposed. `leftScales` [rows] and `rightScales` [columns] are floats.
 */
type ScaledFields = { readonly leftScales: 'i32'; readonly rightScales: 'i32' };

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
} as const;

/** Function 'scaleStrip': 32-bit sums become floats in place, times the scale of their row, then that of their column. */
const defineScaleStrip = (module: ModuleBuilder): Callable<typeof scaleParameters, undefined> =>
  module.define('scaleStrip', { parameters: scaleParameters }, (f, given) => {
    const { out, outRow, rows, columns, leftScales, rightScales } = given;
    const factor = f.local('v128');
    const at = f.local('i32');
    const scale = f.local('i32');
    const whole = f.local('i32');
    const end = f.local('i32');
    f.for(0, rows, 1, () => {
      f.set(factor, v128.loadSplat(leftScales));
      f.set(at, out);
      f.set(scale, rightScales);
      f.set(whole, i32.add(out, i32.shiftLeft(i32.and(columns, -4), 2)));
      f.set(end, i32.add(out, i32.shiftLeft(columns, 2)));
      f.while(i32.less(at, whole), () => {
        f.store(at, f32x4.mul(f32x4.mul(f32x4.fromI32(v128.load(at)), factor), v128.load(scale)));
        f.set(at, i32.add(at, 16));
        f.set(scale, i32.add(scale, 16));
      });
      f.while(i32.less(at, end), () => {
        f.store(at, f32.mul(f32.mul(f32.fromI32(i32.load(at)), f32x4.lane(factor, 0)), f32.load(scale)));
        f.set(at, i32.add(at, 4));
        f.set(scale, i32.add(scale, 4));
      });
      f.set(out, i32.add(out, outRow));
      f.set(leftScales, i32.add(leftScales, 4));
    });
  });

/** Kernel 'integerProduct'. 4 · rows · columns · depth operations on integers. */
export const defineIntegerProduct = (
  module: ModuleBuilder,
  target: Target,
  shared: { readonly packLeft: PackLeft; readonly packLeftTransposed: PackLeft; readonly finish: Finish },
): void => {
  const across = panelColumns(target);
  const tile = defineTile(module, integerArithmetic, across);
  const tiles = defineRowTiles(module, integerArithmetic, { rows: 1, panels: 32 / across, across });
  const copyEdge = defineCopyEdge(module, integerArithmetic);
  const scaleStrip = defineScaleStrip(module);
  defineKernel(module, integerProductKernel, (f: FunctionBuilder, fields, { chunk, scratch }) => {
    const place = locateProduct(f, fields, { chunk, across });
    const leftScales = f.let(i32.add(fields.leftScales, i32.shiftLeft(place.firstRow, 2)));
    const finish = (strip: FinishedStrip): void => {
      f.call(scaleStrip, {
        ...{ out: strip.out, outRow: fields.outRow, rows: place.rows, columns: strip.width, leftScales },
        rightScales: i32.add(fields.rightScales, i32.shiftLeft(i32.add(place.firstColumn, strip.column), 2)),
      });
      finishProduct(f, shared.finish, { place, fields, strip });
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
