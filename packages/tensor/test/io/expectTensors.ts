// Tensors that a golden file says another program wrote.
import { expectClose } from '@heed/testing';
import { expect } from 'vitest';
import type { AnyTensor } from '../../src/index.ts';
import { wideIntegers } from '../../src/io/index.ts';

/** As weightFiles.py writes them: numbers in base64, or integers beyond int32 as texts. */
export interface ExpectedTensor {
  readonly dtype: 'float32' | 'int32' | 'bool' | 'wide';
  readonly shape: readonly number[];
  readonly data: string | readonly string[];
}

const numbers = ({ dtype, data }: ExpectedTensor): Float32Array | Int32Array | Uint8Array => {
  const { buffer } = Uint8Array.from(Buffer.from(data as string, 'base64'));
  return dtype === 'float32'
    ? new Float32Array(buffer)
    : dtype === 'int32'
      ? new Int32Array(buffer)
      : new Uint8Array(buffer);
};

/** Exactly these names, each with this dtype, shape and bits. */
export const expectTensors = (
  tensors: ReadonlyMap<string, AnyTensor>,
  expected: Readonly<Record<string, ExpectedTensor>>,
): void => {
  expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, wanted] of Object.entries(expected)) {
    const tensor = tensors.get(name) as AnyTensor;
    expect([...tensor.shape]).toEqual(wanted.shape);
    if (wanted.dtype === 'wide') expect(Array.from(wideIntegers(tensor), String)).toEqual(wanted.data);
    else {
      expect(tensor.dtype).toBe(wanted.dtype);
      expectClose(tensor, { shape: [...wanted.shape], data: numbers(wanted) }, { name });
    }
  }
};
