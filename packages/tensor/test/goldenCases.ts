// Cases of another program: read from the golden files and from the data folder, and compared, values and gradients.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectClose, golden, readSafetensors } from '@heed/testing';
import { expect } from 'vitest';
import { type AnyTensor, add, backward, mul, sum, Tensor, tensorOf } from '../src/index.ts';

/** An array of a case. */
export interface Stored {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}
/** Arrays by name. */
export type Named = Readonly<Record<string, Stored>>;

/** One case of another program. */
export interface GoldenCase {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: Named;
  readonly outputs: Named;
  readonly gradients: Named;
  readonly upstream: Named;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

/** A stored array as a tensor of its dtype. */
export const tensorFrom = ({ dtype, shape, data }: Stored): AnyTensor => {
  if (dtype === 'F32') return tensorOf('float32', shape, Float32Array.from(data));
  return dtype === 'I32'
    ? tensorOf('int32', shape, Int32Array.from(data))
    : tensorOf('bool', shape, Uint8Array.from(data));
};

/** A record with each value changed. */
export const mapValues = <A, B>(
  values: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Record<string, B> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));

/** The cases of a golden file of this repository: arrays in base64. */
export const packedCases = (file: string): GoldenCase[] => {
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
  return golden<GoldenCase[]>(import.meta.dirname, file).map((one) => ({
    ...one,
    ...mapValues(
      { inputs: one.inputs, outputs: one.outputs, gradients: one.gradients, upstream: one.upstream },
      (named) => mapValues(named as never, decode),
    ),
  }));
};

/** The cases of a group of the data folder. */
export const wholeCases = (folder: string): GoldenCase[] => {
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors')));
  const stored = (key: string): Stored => tensors.get(key) as Stored;
  interface Raw extends Omit<GoldenCase, 'inputs' | 'outputs' | 'gradients' | 'upstream'> {
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

/** Σ output·upstream over the outputs that have one: what the gradients belong to. */
const totalOf = (results: Readonly<Record<string, AnyTensor>>, upstream: Named): Tensor | undefined => {
  const parts = Object.entries(upstream).map(([name, stored]) =>
    sum(mul(results[name] as Tensor, tensorFrom(stored) as Tensor)),
  );
  return parts.length === 0 ? undefined : parts.reduce((a, b) => add(a, b));
};

/** Tensors by name: what a case computes. */
export type Results = Readonly<Record<string, AnyTensor>>;

/** Compares results and the gradients of Σ output·upstream; `leaves` are the tensors to which the named gradients belong. */
export const expectCase = (one: GoldenCase, results: Results, leaves: Results): void => {
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
      gradients.get(leaves[name] as AnyTensor) ??
      new Tensor('float32', expected.shape, new Float32Array(expected.data.length));
    expectClose(given, expected, { ...one.tolerance, name: `gradient of ${name}` });
  }
};
