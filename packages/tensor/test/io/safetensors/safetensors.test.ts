// Writing and reading safetensors: round trips, sharing of memory, and files made to deceive.
import { expectClose, forAll, readSafetensors as plainReader } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyTensor,
  booleans,
  CheckpointError,
  integers,
  type Tensor,
  tensor,
  zeros,
} from '../../../src/index.ts';
import {
  readSafetensors,
  readSafetensorsMetadata,
  wideIntegers,
  writeSafetensors,
} from '../../../src/io/index.ts';

/** A file of a header and data, however wrong. */
const fileOf = (header: string, data: Uint8Array = new Uint8Array()): Uint8Array => {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
};

const entry = (offsets: readonly [number, number], shape: readonly number[] = [1]): string =>
  `{"dtype":"F32","shape":${JSON.stringify(shape)},"data_offsets":${JSON.stringify(offsets)}}`;

const anyTensor: fc.Arbitrary<AnyTensor> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 }),
    fc.constantFrom('float32', 'int32', 'bool' as const),
    fc.integer(),
  )
  .map(([shape, dtype, seed]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = Array.from({ length: size }, (_, i) => Math.imul(seed + i, 0x9e3779b9));
    if (dtype === 'bool')
      return tensor(
        Uint8Array.from(numbers, (n) => n & 1),
        shape,
      );
    return dtype === 'int32'
      ? tensor(Int32Array.from(numbers), shape)
      : tensor(
          Float32Array.from(numbers, (n) => n / 2 ** 20),
          shape,
        );
  });

/** Not one escaped character alone: Node 24.21's JSON.parse takes such a key for a backslash if it has seen that one in its place. */
const parsesRight = (name: string): boolean => name.length !== 1 || JSON.stringify(name).length === 3;

describe('writeSafetensors', () => {
  it('what is written is read again, in this reader and in a plain one: any names, shapes and dtypes', () => {
    forAll(
      [
        fc.dictionary(
          fc
            .oneof(fc.string(), fc.constantFrom('0', '__proto__', 'data_offsets', '"a"', '\\a', 'ü/ä'))
            .filter(parsesRight),
          anyTensor,
          { maxKeys: 6 },
        ),
      ],
      (named) => {
        const tensors = new Map(Object.entries(named).filter(([name]) => name !== '__metadata__'));
        const bytes = writeSafetensors(tensors, { format: 'pt', 'a "b"': '{"data_offsets":[0,1]}' });
        const back = readSafetensors(bytes);
        expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
        for (const [name, written] of tensors) {
          expect(String(back.get(name))).toBe(String(written));
          expectClose(back.get(name) as AnyTensor, written, { name });
          if (name !== '__proto__') expectClose(plainReader(bytes).tensors.get(name)!, written, { name }); // the plain reader keeps names in an object
        }
        expect(Object.fromEntries(readSafetensorsMetadata(bytes))).toEqual({
          format: 'pt',
          'a "b"': '{"data_offsets":[0,1]}',
        });
      },
    );
  });

  it('a tensor called __proto__ is not lost', () => {
    const back = readSafetensors(writeSafetensors(new Map([['__proto__', tensor([1, 2])]])));
    expect([...(back.get('__proto__') as Tensor).data]).toEqual([1, 2]);
  });

  it('equal tensors give equal files, whatever their order', () => {
    const [a, b, c] = [tensor([1, 2]), integers([3]), booleans([1, 0, 1])];
    const one = writeSafetensors(
      new Map<string, AnyTensor>([
        ['a', a],
        ['b', b],
        ['c', c],
      ]),
    );
    expect(
      writeSafetensors(
        new Map<string, AnyTensor>([
          ['c', c],
          ['b', b],
          ['a', a],
        ]),
      ),
    ).toEqual(one);
  });

  it('the header is padded, so that float32 and int32 are read without a copy', () => {
    const bytes = writeSafetensors(
      new Map<string, AnyTensor>([
        ['odd', booleans([1])],
        ['b', tensor([1, 2])],
        ['i', integers([3])],
      ]),
    );
    const back = readSafetensors(bytes);
    expect((new DataView(bytes.buffer).getBigUint64(0, true) + 8n) % 8n).toBe(0n);
    expect(back.get('b')?.data.buffer).toBe(bytes.buffer);
    expect(back.get('i')?.data.buffer).toBe(bytes.buffer);
  });

  it('refuses the name that the format keeps for itself', () => {
    expect(() => writeSafetensors(new Map([['__metadata__', tensor([1])]]))).toThrow(
      /the format keeps for itself/,
    );
  });

  it('of nothing is a file without tensors', () => {
    expect(readSafetensors(writeSafetensors(new Map())).size).toBe(0);
  });
});

describe('wideIntegers', () => {
  it('gives integers that fit int32 too, and refuses what is none', () => {
    expect([...wideIntegers(integers([3, -4]))]).toEqual([3n, -4n]);
    expect(() => wideIntegers(tensor([1]))).toThrow(/given float32\[1\]; expected a tensor of integers/);
  });

  it('gives unsigned numbers of 32 and 64 bits exactly', () => {
    const file = (dtype: string, data: ArrayBufferView<ArrayBuffer>) =>
      readSafetensors(
        fileOf(
          `{"x":{"dtype":"${dtype}","shape":[2],"data_offsets":[0,${data.byteLength}]}}`,
          new Uint8Array(data.buffer),
        ),
      ).get('x') as AnyTensor;
    const [wide, large] = [2n ** 64n - 1n, 2 ** 32 - 1];
    expect([...wideIntegers(file('U64', BigUint64Array.of(wide, 1n)))]).toEqual([wide, 1n]);
    expect([...wideIntegers(file('U32', Uint32Array.of(large, 1)))]).toEqual([BigInt(large), 1n]);
    expect([...wideIntegers(file('U32', Uint32Array.of(7, 1)))]).toEqual([7n, 1n]);
  });
});

describe('readSafetensors', () => {
  it('reads bytes at any place of a buffer, also those of a Node Buffer that begin off the grid', () => {
    const bytes = writeSafetensors(
      new Map<string, AnyTensor>([
        ['x', tensor([1, 2, 3])],
        ['i', integers([-4])],
        ['m', booleans([0, 1])],
      ]),
    );
    for (const shift of [0, 1, 2, 3, 5]) {
      const room = Buffer.alloc(bytes.length + shift);
      room.set(bytes, shift);
      const back = readSafetensors(room.subarray(shift));
      expect([...back.values()].map(({ data }) => [...data])).toEqual([[-4], [1, 2, 3], [0, 1]]);
      expect((back.get('m') as AnyTensor).data.constructor).toBe(Uint8Array);
    }
  });

  it('reads only what is wanted: the others are not decoded, though their places are checked', () => {
    const wide = new Uint8Array(8);
    const file = fileOf(
      `{"x":${entry([0, 4])},"wide":{"dtype":"I64","shape":[1],"data_offsets":[4,12]}}`,
      new Uint8Array([0, 0, 128, 63, ...wide]),
    );
    expect(
      [...readSafetensors(file, { wanted: (name) => name === 'x' })].map(([name, x]) => [name, x.item()]),
    ).toEqual([['x', 1]]);
    const hole = fileOf(`{"x":${entry([0, 4])},"y":${entry([8, 12])}}`, new Uint8Array(12));
    expect(() => readSafetensors(hole, { wanted: (name) => name === 'x' })).toThrow(/"y" begins at byte 8/);
  });

  it('finds a name that stands twice, however it is spelt and whatever texts stand around', () => {
    const twice = (first: string, second: string, before = '') =>
      fileOf(`{${before}"${first}":${entry([0, 4])},"${second}":${entry([0, 4])}}`, new Uint8Array(4));
    expect(() => readSafetensors(twice('a', 'a'))).toThrow(/tensor "a" stands twice/);
    expect(() => readSafetensors(twice('a', '\\u0061'))).toThrow(/tensor "a" stands twice/);
    expect(() => readSafetensors(twice('a\\"', 'a\\"'))).toThrow(/stands twice/);
    const texts = '"__metadata__":{"a":"}{,\\"data_offsets\\":","b":"\\\\"},';
    expect(() => readSafetensors(twice('a', 'a', texts))).toThrow(/tensor "a" stands twice/);
    expect(
      readSafetensors(fileOf(`{${texts}"a":${entry([0, 4])},"b":${entry([4, 8])}}`, new Uint8Array(8))).size,
    ).toBe(2);
  });

  it('takes tensors without elements and scalars', () => {
    const back = readSafetensors(
      fileOf(`{"none":${entry([0, 0], [3, 0])},"one":${entry([0, 4], [])}}`, new Uint8Array(4)),
    );
    expect([...back.values()].map(String)).toEqual(['float32[3, 0]', 'float32[]']);
  });

  it('allocates nothing for what a header claims', () => {
    for (const shape of [
      '[9007199254740992]',
      '[4294967296,4294967296,4294967296]',
      '[1e300]',
      '[2147483648,2147483648,0]',
      '[-1]',
      '[1.5]',
      '["1"]',
      'null',
    ])
      expect(() =>
        readSafetensors(
          fileOf(`{"a":{"dtype":"F32","shape":${shape},"data_offsets":[0,4]}}`, new Uint8Array(4)),
        ),
      ).toThrow(/tensor "a": .*shape|tensor "a": 4 bytes/);
    for (const offsets of ['[0]', '[0,4,8]', '[4,0]', '[-4,0]', '[0,9007199254740993]', '"04"', '[0,4.5]'])
      expect(() =>
        readSafetensors(
          fileOf(`{"a":{"dtype":"F32","shape":[1],"data_offsets":${offsets}}}`, new Uint8Array(4)),
        ),
      ).toThrow(CheckpointError);
  });

  it('any damage to a good file gives a CheckpointError or other numbers, nothing else', () => {
    const good = writeSafetensors(
      new Map<string, AnyTensor>([
        [
          'weight',
          tensor([
            [1, 2],
            [3, 4],
          ]),
        ],
        ['bias', zeros([3])],
        ['mask', booleans([1, 0, 1])],
      ]),
      { format: 'pt' },
    );
    forAll(
      [
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(good.length)),
      ],
      (changes, cut) => {
        const bytes = good.slice(0, cut ?? good.length);
        for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
        try {
          for (const tensor of readSafetensors(bytes).values())
            if (tensor.filled) expect(tensor.data.length).toBe(tensor.size);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 1000 },
    );
  });
});
