// NumPy files: round trips, every order of bytes and axes, and headers made to deceive.
import { expectClose, forAll, forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, booleans, CheckpointError, integers, tensor } from '../../../src/index.ts';
import { readNpy, readNpz, wideIntegers, writeNpy, writeNpz } from '../../../src/io/index.ts';
import { files } from '../goldenFiles.ts';
import { archive } from '../zip/archive.ts';

/** A file of version 1 with this header and data. */
const fileOf = (header: string, data: Uint8Array = new Uint8Array()): Uint8Array => {
  const text = new TextEncoder().encode(header);
  return Uint8Array.from([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    text.length & 255,
    text.length >> 8,
    ...text,
    ...data,
  ]);
};
const described = (descr: string, shape: string, data: Uint8Array, fortran = 'False') =>
  fileOf(`{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`, data);

const anyTensor: fc.Arbitrary<AnyTensor> = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    fc.constantFrom('float32', 'int32', 'bool' as const),
  )
  .map(([shape, dtype]) => {
    const numbers = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.imul(i + 1, 0x9e3779b9),
    );
    if (dtype === 'bool')
      return tensor(
        Uint8Array.from(numbers, (n) => (n >> 7) & 1),
        shape,
      );
    return dtype === 'int32'
      ? tensor(Int32Array.from(numbers), shape)
      : tensor(Float32Array.from(numbers), shape);
  });

describe('writeNpy and writeNpz', () => {
  it('what is written is read again, of any shape and dtype and under any name', async () => {
    forAll([anyTensor], (written) => {
      const bytes = writeNpy(written);
      expect(String(readNpy(bytes))).toBe(String(written));
      expectClose(readNpy(bytes), written);
      expect((bytes.length - written.data.byteLength) % 64).toBe(0);
    });
    await forAllAsync(
      [fc.dictionary(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), anyTensor, { maxKeys: 4 })],
      async (named) => {
        const back = await readNpz(writeNpz(new Map(Object.entries(named))));
        expect([...back.keys()].sort()).toEqual(Object.keys(named).sort());
        for (const [name, written] of Object.entries(named))
          expectClose(back.get(name) as AnyTensor, written, { name });
      },
    );
  });

  it('writes byte by byte what numpy.save does', () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    expect([...writeNpy(tensor([1, 2]))]).toEqual([
      ...[0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0],
      ...new TextEncoder().encode(`${header.padEnd(117)}\n`),
      ...[0, 0, 0x80, 0x3f, 0, 0, 0, 0x40],
    ]);
    for (const name of ['float32', 'int32', 'bool', 'scalar', 'empty', 'one']) {
      const bytes = files.get(`files/npy/${name}.npy`) as Uint8Array;
      expect(Buffer.from(writeNpy(readNpy(bytes))).equals(Buffer.from(bytes))).toBe(true);
    }
  });
});

describe('readNpy', () => {
  it('gives the same array in any order of axes and bytes', () => {
    const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 0, maxLength: 4 });
    forAll([shape, fc.boolean(), fc.boolean()], (extents, fortran, big) => {
      const size = extents.reduce((a, b) => a * b, 1);
      const data = new DataView(new ArrayBuffer(2 * size));
      const expected: number[] = [];
      // Element by index: its place in Fortran's order is i0 + n0 (i1 + n1 (i2 + …)).
      for (let flat = 0; flat < size; flat++) {
        let [rest, place, step] = [flat, 0, 1];
        const index = [...extents].reverse().map((extent) => {
          const at = rest % extent;
          rest = Math.floor(rest / extent);
          return at;
        });
        for (const [axis, extent] of extents.entries()) {
          place += (index[extents.length - 1 - axis] as number) * step;
          step *= extent;
        }
        data.setInt16(2 * (fortran ? place : flat), flat - 300, !big);
        expected.push(flat - 300);
      }
      const tuple = `(${extents.join(', ')}${extents.length === 1 ? ',' : ''})`;
      const read = readNpy(
        described(big ? "'>i2'" : "'<i2'", tuple, new Uint8Array(data.buffer), fortran ? 'True' : 'False'),
      );
      expect([[...read.shape], [...read.data]]).toEqual([extents, expected]);
    });
  });

  it('takes entries in any order, double quotes, and the long integers of Python 2', () => {
    const data = new Uint8Array(Int32Array.of(1, 2).buffer);
    for (const header of [
      `{"shape":(2L,),"fortran_order":False,"descr":"<i4"}`,
      `{'fortran_order': False, 'descr': '=i4', 'shape': (1, 2)}   \n`,
    ])
      expect([...readNpy(fileOf(header, data)).data]).toEqual([1, 2]);
  });

  it('reads a Node Buffer off the grid, and wide integers exactly', () => {
    const bytes = writeNpy(tensor([1, 2, 3]));
    const shifted = Buffer.concat([Buffer.from([0]), bytes]).subarray(1);
    expect([...readNpy(shifted).data]).toEqual([1, 2, 3]);
    const wide = readNpy(described("'>i8'", '(1,)', Uint8Array.of(0x40, 0, 0, 0, 0, 0, 0, 1)));
    expect([...wideIntegers(wide)]).toEqual([2n ** 62n + 1n]);
  });

  it.each([
    [
      'objects',
      described("'|O'", '(1,)', new Uint8Array(8)),
      /dtype '\|O' of Python objects, which are pickled code; supported/,
    ],
    ['texts', described("'<U3'", '(1,)', new Uint8Array(12)), /dtype '<U3' of texts/],
    ['complex numbers', described("'<c8'", '(1,)', new Uint8Array(8)), /of complex numbers/],
    ['dates', described("'<M8[s]'", '(1,)', new Uint8Array(8)), /of dates/],
    [
      'records',
      described("[('a', '<f4'), ('b', '<i4')]", '(1,)', new Uint8Array(8)),
      /of records|its header is/,
    ],
    ['floats of 16 bytes', described("'<f16'", '(1,)', new Uint8Array(16)), /dtype '<f16'; supported are/],
    [
      'a shape that is no tuple',
      fileOf("{'descr': '<f4', 'fortran_order': False, 'shape': True}"),
      /expected True or False, and a tuple/,
    ],
    [
      'an order that is none',
      described("'<f4'", '(1,)', new Uint8Array(4), '(1,)'),
      /fortran_order \(1,\) and shape/,
    ],
    ['a shape of negative numbers', described("'<f4'", '(-1,)', new Uint8Array(4)), /its header is/],
    [
      'a shape beyond all memory',
      described("'<f4'", '(4294967296, 4294967296, 4294967296)', new Uint8Array(4)),
      /more elements than any file/,
    ],
    [
      'a shape beyond the file',
      described("'<f4'", '(2, 3)', new Uint8Array(4)),
      /4 bytes of numbers for shape \[2, 3\] of 4 bytes each; expected 24/,
    ],
    ['bytes behind the end', described("'<f4'", '(1,)', new Uint8Array(8)), /has bytes behind its end/],
    [
      'an entry twice',
      fileOf("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}"),
      /its header is/,
    ],
    [
      'an entry too many',
      fileOf("{'descr': '<f4', 'fortran_order': False, 'shape': (), 'x': True}"),
      /its header is/,
    ],
    ['code', fileOf("{'descr': __import__('os'), 'fortran_order': False, 'shape': ()}"), /its header is/],
    ['a header of spaces', fileOf(`{${' '.repeat(60_000)}(${' '.repeat(5000)}`), /its header is/],
    [
      'another version',
      Uint8Array.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 9, 0]),
      /version 9 of the format/,
    ],
    ['an archive', writeNpz(new Map()), /does not begin as an \.npy file does/],
    ['nothing', new Uint8Array(), /does not begin/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => readNpy(bytes, { file: 'x.npy' })).toThrow(message);
    expect(() => readNpy(bytes, { file: 'x.npy' })).toThrow(/^x\.npy: /);
    expect(() => readNpy(bytes)).toThrow(CheckpointError);
  });

  it('any damage gives a CheckpointError or an array of the right size, nothing else', () => {
    const good = [...files].filter(([name]) => name.endsWith('.npy')).map(([, bytes]) => bytes);
    forAll(
      [
        fc.constantFrom(...good),
        fc.array(fc.tuple(fc.nat(140), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat(200)),
      ],
      (file, changes, cut) => {
        const bytes = file.slice(0, cut ?? file.length);
        for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
        try {
          const read = readNpy(bytes);
          if (read.filled) expect(read.data.length).toBe(read.size);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 1000 },
    );
  });
});

describe('readNpz', () => {
  it('gives only what is wanted, names its members in errors, and leaves alone what is no array', async () => {
    const bytes = writeNpz(
      new Map<string, AnyTensor>([
        ['a', tensor([1])],
        ['dense/kernel:0', integers([2])],
        ['c', booleans([1])],
      ]),
    );
    expect([...(await readNpz(bytes)).keys()]).toEqual(['a', 'dense/kernel:0', 'c']);
    expect([...(await readNpz(bytes, { wanted: (name) => name !== 'a' })).keys()]).toEqual([
      'dense/kernel:0',
      'c',
    ]);
    const other = { name: 'readme.txt', content: new TextEncoder().encode('text') };
    expect((await readNpz(archive([other]))).size).toBe(0);
    const broken = archive([{ name: 'a.npy', content: new Uint8Array(4) }]);
    await expect(readNpz(broken, { file: 'x.npz' })).rejects.toThrow(/^x\.npz\/a\.npy: it does not begin/);
  });

  it('refuses what unpacks to more than the limit', async () => {
    const zeros = archive([
      { name: 'a.npy', content: described("'<f4'", '(25000,)', new Uint8Array(100_000)), deflated: true },
    ]);
    await expect(readNpz(zeros, { limit: 50_000 })).rejects.toThrow(
      /it unpacks to 1000\d\d bytes; the limit is 50000/,
    );
    expect((await readNpz(zeros)).get('a')?.size).toBe(25_000);
  });
});
