import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  gradientCheck,
  maskedFill,
  matmul,
  mul,
  normal,
  random,
  reshape,
  slice,
  softmax,
  type Tensor,
  tensor,
} from '@heed/tensor';
import { expectClose, forAll, readSafetensors, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  finishSoftmax,
  mergeSoftmax,
  type SoftmaxState,
  softmaxBlock,
  stateLogSumExp,
} from '../src/index.ts';

/** States of consecutive blocks of keys, of scores [rows, keys] and values [keys, width]. */
const blocksOf = (scores: Tensor, values: Tensor, splits: readonly number[]): SoftmaxState[] => {
  let start = 0;
  return splits.map((count) => {
    const [from, to] = [start, start + count];
    start = to;
    return softmaxBlock(slice(scores, scores.rank - 1, from, to), (weights) =>
      matmul(weights, slice(values, values.rank - 2, from, to)),
    );
  });
};

const merged = (states: readonly SoftmaxState[]): SoftmaxState => states.reduce((a, b) => mergeSoftmax(a, b));

/** Merges two neighbours or any two at a time, by a drawn order. */
const inOrder = (states: readonly SoftmaxState[], draws: readonly number[]): SoftmaxState => {
  const left = [...states];
  for (let turn = 0; left.length > 1; turn++) {
    const take = () => left.splice((draws[turn % draws.length] ?? 0) % left.length, 1)[0] as SoftmaxState;
    left.push(mergeSoftmax(take(), take()));
  }
  return left[0] as SoftmaxState;
};

describe('mergeSoftmax', () => {
  it('gives the same for any split and any order, scores up to ±1e4, hidden ones and empty blocks among them', () => {
    forAll(
      [
        fc.array(fc.nat(5), { minLength: 1, maxLength: 7 }),
        fc.array(fc.nat(100), { minLength: 1, maxLength: 7 }),
        fc.constantFrom(1, 50, 3000),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(1000),
      ],
      (splits, draws, spread, hiding, seed) => {
        const keys = splits.reduce((a, b) => a + b, 0);
        const source = random(seed);
        const free = mul(normal([4, keys], source), spread);
        const hidden = tensor(
          Uint8Array.from({ length: 4 * keys }, () => (source.uniform() < hiding ? 1 : 0)),
          [4, keys],
        );
        const scores = maskedFill(free, hidden, Number.NEGATIVE_INFINITY);
        const values = normal([keys, 3], source);
        const state = inOrder(blocksOf(scores, values, splits), draws);
        const expected = keys === 0 ? new Float64Array(12) : reference(scores, values);
        const close = { absolute: 1e-5 + spread * 2 ** -20, relative: 1e-5 };
        expectClose(finishSoftmax(state), { shape: [4, 3], data: expected }, close);
        expectClose(stateLogSumExp(state), stateLogSumExp(merged(blocksOf(scores, values, [keys]))), {
          absolute: 1e-5,
          relative: 1e-6,
        });
      },
      { runs: 100 },
    );
  });
  it('has the gradients of the softmax of all', () => {
    const inputs = [normal([2, 7], random(1)), normal([7, 3], random(2))] as const;
    gradientCheck(
      (scores, values) => finishSoftmax(merged(blocksOf(scores, values, [2, 0, 4, 1]))),
      [...inputs],
    );
    gradientCheck((scores) => stateLogSumExp(merged(blocksOf(scores, inputs[1], [3, 4]))), [inputs[0]]);
    expectClose(finishSoftmax(merged(blocksOf(...inputs, [5, 2]))), matmul(softmax(inputs[0]), inputs[1]), {
      absolute: 1e-6,
      relative: 1e-6,
    });
  });
});

/** softmax(scores) · values in float64; zeros where a row sees nothing. */
const reference = (scores: Tensor, values: Tensor): Float64Array => {
  const [rows, keys] = scores.shape as [number, number];
  const width = values.shape[1] as number;
  const out = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    const row = [...scores.data.slice(i * keys, (i + 1) * keys)];
    const top = Math.max(...row);
    if (top === Number.NEGATIVE_INFINITY) continue;
    const total = row.reduce((s, x) => s + Math.exp(x - top), 0);
    for (const [j, x] of row.entries())
      for (let c = 0; c < width; c++)
        out[i * width + c] =
          (out[i * width + c] as number) +
          (Math.exp(x - top) / total) * (values.data[j * width + c] as number);
  }
  return out;
};

interface Case {
  readonly name: string;
  readonly options: { readonly splits: readonly number[] };
  readonly inputs: Readonly<Record<'query' | 'key' | 'value' | 'mask', string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

const suite = (folder: string, title: string) => {
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[];
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors')));
  const stored = (key: string | undefined) => {
    const found = tensors.get(key ?? '');
    if (found === undefined) throw new Error(`golden file lacks ${key}`);
    return found;
  };
  it.each(cases)(`${title}: $name`, ({ options: { splits }, inputs, outputs, tolerance }) => {
    const float = (key: string) =>
      tensor(Float32Array.from(stored(key).data as Float32Array), stored(key).shape);
    const [q, k, v] = [float(inputs.query), float(inputs.key), float(inputs.value)];
    const mask = stored(inputs.mask);
    const hidden = tensor(
      Uint8Array.from(mask.data as Uint8Array, (bit) => 1 - bit),
      mask.shape,
    );
    const products = mul(matmul(q, k, { transposeB: true }), 1 / Math.sqrt(q.shape[3] as number));
    const scores = maskedFill(products, hidden, Number.NEGATIVE_INFINITY);
    const states = blocksOf(scores, v, splits);
    const check = (state: SoftmaxState, suffix: string | number) => {
      const flat = (x: Tensor) => reshape(x, x.shape.slice(0, -1));
      const parts = { m: flat(state.max), l: flat(state.sum), o: state.output, output: finishSoftmax(state) };
      for (const [name, part] of Object.entries(parts))
        expectClose(part, stored(outputs[`${name}${suffix}`]), { ...tolerance, name: `${name}${suffix}` });
    };
    for (const [index, state] of states.entries()) check(state, index);
    for (const all of [merged(states), merged([...states].reverse())]) {
      check(all, '');
      expectClose(
        reshape(stateLogSumExp(all), stored(outputs.log_sum_exp).shape),
        stored(outputs.log_sum_exp),
        tolerance,
      );
    }
    expect(states.length).toBe(splits.length);
  });
};

suite(path.join(import.meta.dirname, 'golden/merge'), 'a selection of the golden merges');

const whole = shared('data/golden/merge');
describe.skipIf(whole === undefined)(`all golden merges${skipReason('data/golden/merge')}`, () => {
  if (whole !== undefined) suite(whole, 'golden');
});
