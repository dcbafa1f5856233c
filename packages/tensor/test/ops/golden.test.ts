// PyTorch's numbers: values and gradients of every golden case of the ops that this package has, on every engine.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectClose, golden, readSafetensors, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  type AnyTensor,
  add,
  backward,
  inference,
  mul,
  sum,
  Tensor,
  tensorOf,
  useBackend,
  variable,
} from '../../src/index.ts';
import { backends } from '../backends.ts';
import { goldenOps, isTensor, leftOut, type Options } from './goldenOps.ts';

interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}
type Named = Readonly<Record<string, Stored>>;

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Options;
  readonly inputs: Named;
  readonly outputs: Named;
  readonly gradients: Named;
  readonly upstream: Named;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

const tensorFrom = ({ dtype, shape, data }: Stored): AnyTensor => {
  if (dtype === 'F32') return tensorOf('float32', shape, Float32Array.from(data));
  return dtype === 'I32'
    ? tensorOf('int32', shape, Int32Array.from(data))
    : tensorOf('bool', shape, Uint8Array.from(data));
};

const mapValues = <A, B>(
  values: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));

/** The copy in this repository: arrays in base64. */
const packed = (): Case[] => {
  const arrays = { F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;
  const decode = ({
    dtype,
    shape,
    data,
  }: {
    dtype: keyof typeof arrays;
    shape: number[];
    data: string;
  }): Stored => {
    const bytes = Uint8Array.from(Buffer.from(data, 'base64'));
    return { dtype, shape, data: new arrays[dtype](bytes.buffer) };
  };
  return golden<Case[]>(path.join(import.meta.dirname, '..'), 'ops.json.gz').map((one) => ({
    ...one,
    ...mapValues(
      { inputs: one.inputs, outputs: one.outputs, gradients: one.gradients, upstream: one.upstream },
      (named) => mapValues(named as never, decode),
    ),
  }));
};

/** The whole group, where the data folder is there. */
const whole = (folder: string): Case[] => {
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors')));
  const stored = (key: string): Stored => tensors.get(key) as Stored;
  interface Raw extends Omit<Case, 'inputs' | 'outputs' | 'gradients' | 'upstream'> {
    readonly inputs: Record<string, string>;
    readonly outputs: Record<string, string>;
    readonly gradients?: Record<string, string>;
    readonly upstream?: string | Record<string, string>;
  }
  return (JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Raw[]).map((raw) => ({
    ...raw,
    inputs: mapValues(raw.inputs, stored),
    outputs: mapValues(raw.outputs, stored),
    gradients: mapValues(raw.gradients ?? {}, stored),
    upstream: mapValues(
      typeof raw.upstream === 'string' ? { output: raw.upstream } : (raw.upstream ?? {}),
      stored,
    ),
  }));
};

const resultsOf = (
  one: Case,
  inputs: Readonly<Record<string, AnyTensor>>,
): Readonly<Record<string, AnyTensor>> => {
  const run = goldenOps[one.op];
  if (run === undefined) throw new Error(`no expression for ${one.op}`);
  const result = run(inputs, one.options);
  return isTensor(result) ? { output: result } : result;
};

/** Σ output·upstream over the outputs that have one: what the gradients belong to. */
const totalOf = (results: Readonly<Record<string, AnyTensor>>, upstream: Named): Tensor | undefined => {
  const parts = Object.entries(upstream).map(([name, stored]) =>
    sum(mul(results[name] as Tensor, tensorFrom(stored) as Tensor)),
  );
  return parts.length === 0 ? undefined : parts.reduce((a, b) => add(a, b));
};

const check = (one: Case): void => {
  const inputs = mapValues(one.inputs, (stored, name) =>
    name in one.gradients ? variable(tensorFrom(stored) as Tensor) : tensorFrom(stored),
  );
  const results = resultsOf(one, inputs);
  expect(Object.keys(results).sort()).toEqual(Object.keys(one.outputs).sort());
  for (const [name, expected] of Object.entries(one.outputs)) {
    const given = results[name] as AnyTensor;
    expect(given.dtype).toBe({ F32: 'float32', I32: 'int32', U8: 'bool' }[expected.dtype]);
    expectClose(given, expected, { ...(given.dtype === 'float32' && one.tolerance), name });
  }
  const total = Object.keys(one.gradients).length === 0 ? undefined : totalOf(results, one.upstream);
  if (total === undefined) return;
  const gradients = backward(total);
  for (const [name, expected] of Object.entries(one.gradients)) {
    const given =
      gradients.get(inputs[name] as Tensor) ??
      new Tensor('float32', expected.shape, new Float32Array(expected.data.length));
    expectClose(given, expected, { ...one.tolerance, name: `gradient of ${name}` });
  }
};

const suite = (title: string, cases: readonly Case[]): void => {
  const known = cases.filter((one) => one.op in goldenOps && !(one.name in leftOut));
  describe.each(backends)(`${title}, $name`, ({ backend }) => {
    it.each(known)('$name', (one) => {
      using _ = useBackend(backend);
      check(one);
    });

    it('gives the same values inside inference, bit by bit', () => {
      using _ = useBackend(backend);
      for (const one of known) {
        const inputs = mapValues(one.inputs, tensorFrom);
        const outside = resultsOf(one, inputs);
        const inside = inference(() => ({ ...resultsOf(one, inputs) }));
        for (const [name, expected] of Object.entries(outside))
          expectClose(inside[name] as AnyTensor, expected, { name: `${one.name} ${name}` });
      }
    });
  });

  it(`${title}: every case is run, but ${Object.entries(leftOut).map((why) => why.join(': '))}`, () => {
    expect(cases.length - known.length).toBe(cases.filter(({ name }) => name in leftOut).length);
    expect(new Set(known.map(({ op }) => op)).size).toBe(Object.keys(goldenOps).length); // every expression is used
  });
};

suite('golden ops of this repository', packed());

const folder = shared('data/golden/ops');
describe.skipIf(folder === undefined)(`the whole group${skipReason('data/golden/ops')}`, () => {
  if (folder !== undefined) suite('golden ops', whole(folder));
});
