// The terms of attention on one panel of queries and some rows of keys: bounded scores, biases, dropped weights, and the gradient of a bias.
// Queries are lanes: a bias, whose keys lie side by side, is read four keys at a time for four lanes and turned.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, f32x4, i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Operand, type Value } from '../assembler/value.ts';
import { panelState } from './attentionRecord.ts';
import { taskTerm, term, termAt } from './attentionTermsRecord.ts';
import { randomBits, randomKey } from './randomBits.ts';
import { multiplyAdd, type Target } from './target.ts';
import { panelColumns, tileRows } from './tile.ts';
import { type Rows4, transpose } from './transpose.ts';
import { tanh } from './vectorMath.ts';

const placeParameters = { terms: 'i32', taskTerms: 'i32', lane: 'i32', head: 'i32', row: 'i32' } as const;
const rowsParameters = { panel: 'i32', terms: 'i32', scores: 'i32', key: 'i32', rows: 'i32' } as const;
type RowsParameters = typeof rowsParameters;
const boundParameters: RowsParameters & { readonly slopes: 'i32' } = { ...rowsParameters, slopes: 'i32' };
const biasParameters: RowsParameters & { readonly gradient: 'i32' } = { ...rowsParameters, gradient: 'i32' };

/** Writes where the bias and the random numbers of a lane begin: its query is row `row` of the task and of head `head`. */
export type PlaceTerms = Callable<typeof placeParameters, undefined>;
/** Scores of `rows` keys from `key` on (a multiple of 4): bounded, and biased. Where `slopes` is not 0 the bound's derivatives are written there. */
export type ApplyTerms = Callable<typeof boundParameters, undefined>;
/** Weights of `rows` keys from `key` on: 0 or divided by 1 − rate. */
export type DropWeights = Callable<typeof rowsParameters, undefined>;
/** Adds gradients of scores of `rows` keys from `key` on to the bias's gradient, `gradient` bytes behind the bias. */
export type AddBiasGradient = Callable<typeof biasParameters, undefined>;

/** What kernels with terms call. */
export interface Terms {
  readonly place: PlaceTerms;
  readonly apply: ApplyTerms;
  readonly drop: DropWeights;
  readonly addBiasGradient: AddBiasGradient;
}

type Four<T> = Rows4<T>;
const four = [0, 1, 2, 3] as const;
const each = <T>(make: (index: number) => T): Four<T> => four.map(make) as unknown as Four<T>; // four

/** Four lanes of a panel's biases: where each lane's row begins, which column its key 0 reads, and the last column. */
interface BiasLanes {
  readonly rows: Four<Local<'i32'>>;
  readonly shifts: Four<Local<'i32'>>;
  readonly least: Local<'i32'>;
  readonly most: Local<'i32'>;
  readonly last: Local<'i32'>;
}

const biasLanes = (
  f: FunctionBuilder,
  panel: Local<'i32'>,
  given: {
    readonly terms: Local<'i32'>;
    readonly at: number;
    readonly across: number;
    readonly offset: Operand<'i32'>;
  },
): BiasLanes => {
  const state = panelState(given.across);
  const rows = each((lane) =>
    f.let(i32.add(i32.load(panel, state.biasRow + given.at + 4 * lane), given.offset)),
  );
  const shifts = each((lane) => f.let(i32.load(panel, state.biasShift + given.at + 4 * lane)));
  const [least, most] = [f.let(shifts[0]), f.let(shifts[0])];
  for (const shift of shifts.slice(1)) {
    f.set(least, i32.min(least, shift));
    f.set(most, i32.max(most, shift));
  }
  return { rows, shifts, least, most, last: f.let(term(given.terms, 'biasLast')) };
};

/** Whether four keys from `key` on read columns that are there, for all lanes. */
const inside = (key: Local<'i32'>, { least, most, last }: BiasLanes): Value<'i32'> =>
  i32.and(i32.atLeast(key, most), i32.atMost(i32.add(i32.sub(key, least), 3), last));

/** The address of a lane's number for a key, held between the first and the last column. */
const held = (
  f: FunctionBuilder,
  { rows, shifts, last }: BiasLanes,
  [lane, key]: readonly [number, Value<'i32'>],
): Value<'i32'> => {
  const column = f.let(i32.sub(key, shifts[lane] as Local<'i32'>)); // four lanes
  f.set(column, i32.max(column, constant('i32', 0)));
  f.set(column, i32.min(column, last));
  return i32.add(rows[lane] as Local<'i32'>, i32.shiftLeft(column, 2));
};

/** Where four keys of a lane lie side by side. */
const addressOf = ({ rows, shifts }: BiasLanes, lane: number, key: Local<'i32'>): Value<'i32'> =>
  i32.add(rows[lane] as Local<'i32'>, i32.shiftLeft(i32.sub(key, shifts[lane] as Local<'i32'>), 2)); // four lanes

const addBias = (
  f: FunctionBuilder,
  target: Target,
  given: {
    readonly lanes: BiasLanes;
    readonly scores: Local<'i32'>;
    readonly at: number;
    readonly key: Local<'i32'>;
  },
): void => {
  const { lanes, scores, at, key } = given;
  const rowBytes = 4 * panelColumns(target);
  const found = each(() => f.local('v128'));
  f.if(
    inside(key, lanes),
    () => {
      const byLane = each((lane) => v128.load(addressOf(lanes, lane, key)));
      transpose(f, byLane).forEach((vector, row) => f.set(found[row] as Local<'v128'>, vector)); // four
    },
    () => {
      for (const row of four) {
        const [a, b, c, d] = each((lane) => f.let(v128.loadSplat(held(f, lanes, [lane, i32.add(key, row)]))));
        const [low, high] = [v128.shuffle(a, b, [0, 4, 0, 4]), v128.shuffle(c, d, [0, 4, 0, 4])];
        f.set(found[row], v128.shuffle(low, high, [0, 1, 4, 5]));
      }
    },
  );
  found.forEach((bias, row) => {
    const place = at + row * rowBytes;
    f.store(scores, multiplyAdd(target, bias, Math.LOG2E, v128.load(scores, place)), place);
  });
};

const definePlace = (module: ModuleBuilder, target: Target): PlaceTerms =>
  module.define('placeTerms', { parameters: placeParameters }, (f, { terms, taskTerms, lane, head, row }) => {
    const state = panelState(panelColumns(target));
    const bias = i32.add(
      term(terms, 'bias'),
      taskTerm(taskTerms, 'biasStart'),
      i32.mul(head, term(terms, 'biasHead')),
      i32.mul(row, term(terms, 'biasRow')),
    );
    f.store(lane, bias, state.biasRow);
    const shift = i32.add(taskTerm(taskTerms, 'biasShift'), i32.mul(row, term(terms, 'biasSlope')));
    f.store(lane, shift, state.biasShift);
    const position = i32.add(
      taskTerm(taskTerms, 'position'),
      i32.mul(head, term(terms, 'positionHead')),
      i32.mul(row, term(terms, 'positionRow')),
    );
    f.store(lane, position, state.position);
  });

const defineApply = (module: ModuleBuilder, target: Target): ApplyTerms =>
  module.define('applyTerms', { parameters: boundParameters }, (f, given) => {
    const { panel, terms, scores, key, rows, slopes } = given;
    const across = panelColumns(target);
    const rowBytes = 4 * across;
    const end = f.let(i32.add(scores, i32.mul(rows, rowBytes)));
    const at = f.let(scores);
    const softcap = f.let(f32.load(terms, termAt('softcap')));
    const one = f.local('v128');
    f.set(one, 1);
    f.if(
      f32.equal(softcap, 0),
      () =>
        f.if(slopes, () =>
          f.while(i32.below(at, end), () => {
            f.store(slopes, one);
            f.set(slopes, i32.add(slopes, 16));
            f.set(at, i32.add(at, 16));
          }),
        ),
      () => {
        const most = f.let(f32x4.splat(softcap));
        f.while(i32.below(at, end), () => {
          const bounded = f.let(tanh(f, target, f.let(v128.load(at))));
          f.store(at, f32x4.mul(bounded, most));
          f.if(slopes, () => {
            f.store(slopes, f32x4.sub(1, f32x4.mul(bounded, bounded)));
            f.set(slopes, i32.add(slopes, 16));
          });
          f.set(at, i32.add(at, 16));
        });
      },
    );
    f.if(term(terms, 'bias'), () => {
      const [row, tile] = [f.local('i32'), f.local('i32')];
      for (let lane = 0; lane < rowBytes; lane += 16) {
        const lanes = biasLanes(f, panel, { terms, at: lane, across, offset: 0 });
        f.set(row, key);
        f.set(tile, scores);
        f.while(i32.below(tile, end), () => {
          addBias(f, target, { lanes, scores: tile, at: lane, key: row });
          f.set(row, i32.add(row, tileRows));
          f.set(tile, i32.add(tile, tileRows * rowBytes));
        });
      }
    });
  });

const defineDrop = (module: ModuleBuilder, target: Target): DropWeights =>
  module.define('dropWeights', { parameters: rowsParameters }, (f, { panel, terms, scores, key, rows }) => {
    const across = panelColumns(target);
    const state = panelState(across);
    const threshold = f.let(term(terms, 'threshold'));
    f.if(i32.isZero(threshold), () => f.return());
    const end = f.let(i32.add(scores, i32.mul(rows, 4 * across)));
    const random = randomKey(f, [term(terms, 'low'), term(terms, 'high')]);
    const [least, keep] = [
      f.let(i32x4.splat(threshold)),
      f.let(f32x4.splat(f32.load(terms, termAt('keep')))),
    ];
    const counters = Array.from({ length: across / 4 }, (_, j) =>
      f.let(i32x4.add(v128.load(panel, state.position + 16 * j), i32x4.splat(key))),
    );
    f.while(i32.below(scores, end), () => {
      counters.forEach((counter, j) => {
        const bits = randomBits(f, random, counter);
        const kept = i32x4.atLeast(i32x4.shiftRightUnsigned(bits, 8), least);
        f.store(scores, v128.and(kept, f32x4.mul(v128.load(scores, 16 * j), keep)), 16 * j);
        f.set(counter, i32x4.add(counter, 1));
      });
      f.set(scores, i32.add(scores, 4 * across));
    });
  });

const defineAddBiasGradient = (module: ModuleBuilder, target: Target): AddBiasGradient =>
  module.define('addBiasGradient', { parameters: biasParameters }, (f, given) => {
    const { panel, terms, scores, key, rows, gradient } = given;
    const across = panelColumns(target);
    const rowBytes = 4 * across;
    const end = f.let(i32.add(scores, i32.mul(rows, rowBytes)));
    const [row, tile, place] = [f.local('i32'), f.local('i32'), f.local('i32')];
    for (let at = 0; at < rowBytes; at += 16) {
      const lanes = biasLanes(f, panel, { terms, at, across, offset: gradient });
      f.set(row, key);
      f.set(tile, scores);
      f.while(i32.below(tile, end), () => {
        const changes = each((index) => v128.load(tile, at + index * rowBytes));
        const all = f.let(inside(row, lanes));
        // Lane after lane: two of them may add to one number.
        transpose(f, changes).forEach((vector, lane) => {
          const change = f.let(vector);
          f.if(
            all,
            () => {
              f.set(place, addressOf(lanes, lane, row));
              f.store(place, f32x4.add(v128.load(place), change));
            },
            () => {
              for (const index of four) {
                f.set(place, held(f, lanes, [lane, i32.add(row, index)]));
                f.store(place, f32.add(f32.load(place), f32x4.lane(change, index)));
              }
            },
          );
        });
        f.set(row, i32.add(row, tileRows));
        f.set(tile, i32.add(tile, tileRows * rowBytes));
      });
    }
  });

/** The functions of kernels with terms. */
export const defineTerms = (module: ModuleBuilder, target: Target): Terms => ({
  place: definePlace(module, target),
  apply: defineApply(module, target),
  drop: defineDrop(module, target),
  addBiasGradient: defineAddBiasGradient(module, target),
});
