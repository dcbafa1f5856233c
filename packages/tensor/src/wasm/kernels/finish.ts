// What follows a matrix product, done on a strip of one panel's columns while it is still in cache: bias, then activation.

import type { Activation } from '../../backend/backend.ts';
import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32x4, i32, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { chooseActivation } from './activation.ts';
import type { FinishedStrip, ProductFields, ProductPlace } from './productRecord.ts';
import type { Target } from './target.ts';
import { panelColumns } from './tile.ts';

const parameters = {
  out: 'i32',
  outRow: 'i32',
  rows: 'i32',
  columns: 'i32',
  bias: 'i32',
  activation: 'i32',
} as const;

/** The function that finishes a strip. */
export type Finish = Callable<typeof parameters, undefined>;

const activations: readonly Activation[] = ['none', 'relu', 'gelu', 'geluTanh', 'silu', 'tanh'];

/**
 * out[i][j] = activation(out[i][j] + bias[j]) for `rows` × `columns` numbers, at most a panel's columns; `bias` is the address of the
 * strip's first bias, or 0 for none.
 */
export const defineFinish = (module: ModuleBuilder, target: Target): Finish =>
  module.define('finish', { parameters }, (f, { out, outRow, rows, columns, bias, activation }) => {
    const whole = panelColumns(target);
    const biases = Array.from({ length: whole / 4 }, () => f.local('v128'));
    const low = f.local('v128');
    const value = f.local('v128');
    const end = f.local('i32');
    f.if(i32.and(i32.isZero(bias), i32.isZero(activation)), () => f.return());
    f.set(end, i32.add(out, i32.mul(rows, outRow)));
    f.if(
      i32.equal(columns, whole),
      () => {
        f.if(bias, () => biases.forEach((vector, j) => f.set(vector, v128.load(bias, 16 * j))));
        chooseActivation(f, [activation, activations], (apply) =>
          f.while(i32.below(out, end), () => {
            biases.forEach((vector, j) => {
              f.set(value, f32x4.add(v128.load(out, 16 * j), vector));
              f.store(out, apply(f, target, value), 16 * j);
            });
            f.set(out, i32.add(out, outRow));
          }),
        );
      },
      () =>
        chooseActivation(f, [activation, activations], (apply) =>
          f.while(i32.below(out, end), () => {
            f.for(0, columns, 1, (j) => {
              const at = f.let(i32.add(out, i32.shiftLeft(j, 2)));
              f.set(low, v128.loadLow(at));
              f.if(bias, () => f.set(low, f32x4.add(low, v128.loadLow(i32.add(bias, i32.shiftLeft(j, 2))))));
              f.store(at, f32x4.lane(apply(f, target, low), 0));
            });
            f.set(out, i32.add(out, outRow));
          }),
        ),
    );
  });

/** Finishes a strip of a chunk of a product: its bias begins at the strip's column. */
export const finishProduct = (
  f: FunctionBuilder,
  finish: Finish,
  {
    place,
    fields,
    strip,
  }: { readonly place: ProductPlace; readonly fields: ProductFields; readonly strip: FinishedStrip },
): void => {
  const bias = f.let(place.bias);
  f.if(bias, () => f.set(bias, i32.add(bias, i32.shiftLeft(strip.column, 2))));
  f.call(finish, {
    ...{ out: strip.out, outRow: fields.outRow, rows: place.rows, columns: strip.width },
    ...{ bias, activation: fields.activation },
  });
};
