import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { golden, readSafetensors, shared, skipReason } from '../src/index.ts';

const file = (header: unknown, ...parts: ArrayBufferView[]): Uint8Array => {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(text.length)]).buffer);
  const body = parts.map((p) => new Uint8Array(p.buffer, p.byteOffset, p.byteLength));
  return new Uint8Array(Buffer.concat([length, text, ...body]));
};

describe('readSafetensors', () => {
  it('reads every number type, unaligned too, and the metadata', () => {
    const bytes = file(
      {
        __metadata__: { seed: '1' },
        flag: { dtype: 'BOOL', shape: [1], data_offsets: [0, 1] },
        real: { dtype: 'F32', shape: [2, 1], data_offsets: [1, 9] },
        long: { dtype: 'I64', shape: [1], data_offsets: [9, 17] },
        half: { dtype: 'F16', shape: [4], data_offsets: [17, 25] },
        brain: { dtype: 'BF16', shape: [1], data_offsets: [25, 27] },
        none: { dtype: 'F32', shape: [0], data_offsets: [27, 27] },
      },
      new Uint8Array([1]),
      new Float32Array([1.5, -2]),
      new BigInt64Array([-7n]),
      new Uint16Array([0x3c00, 0xc000, 0x7c00, 0x0001]), // 1, -2, Infinity, the smallest subnormal
      new Uint16Array([0xc040]), // -3
    );
    const { tensors, metadata } = readSafetensors(bytes);
    const plain = (name: string): unknown => [...(tensors.get(name)?.data ?? [])];
    expect(metadata).toEqual({ seed: '1' });
    expect(tensors.get('real')?.shape).toEqual([2, 1]);
    expect(plain('flag')).toEqual([1]);
    expect(plain('real')).toEqual([1.5, -2]);
    expect(plain('long')).toEqual([-7]);
    expect(plain('half')).toEqual([1, -2, Infinity, 2 ** -24]);
    expect(plain('brain')).toEqual([-3]);
    expect(plain('none')).toEqual([]);
  });
  const folder = shared('data/golden/ops');
  it.skipIf(!folder)(`reads all shared goldens of ops${skipReason('data/golden/ops')}`, () => {
    const names = readdirSync(folder!, { recursive: true, encoding: 'utf8' }).filter((n) =>
      n.endsWith('.safetensors'),
    );
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      for (const [key, { shape, data }] of readSafetensors(readFileSync(path.join(folder!, name))).tensors) {
        expect(data.length, `${name} ${key}`).toBe(shape.reduce((size, n) => size * n, 1));
      }
    }
  });
});

describe('golden', () => {
  it('reads JSON, gzipped or not', () => {
    expect(golden(import.meta.dirname, 'plain.json')).toEqual({ a: [1, 2] });
    expect(golden(import.meta.dirname, 'packed.json.gz')).toEqual({ a: [1, 2] });
  });
});

describe('shared', () => {
  it('is undefined, with a reason, for what is not there', () => {
    expect(shared('no/such/thing')).toBeUndefined();
    expect(skipReason('no/such/thing')).toContain('no/such/thing');
  });
});
