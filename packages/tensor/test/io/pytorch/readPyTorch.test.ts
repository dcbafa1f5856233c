// PyTorch files: what torch.save wrote is read; what a pickle could do beyond tensors is refused by name, promptly, within bounds.
import path from 'node:path';
import { forAll, forAllAsync, golden } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/index.ts';
import { readPyTorch } from '../../../src/io/index.ts';
import { readPickle } from '../../../src/io/pytorch/readPickle.ts';
import { type ExpectedTensor, expectTensors } from '../expectTensors.ts';
import { files } from '../goldenFiles.ts';
import { archive } from '../zip/archive.ts';
import { bytesOf, dictionaryCode, tensorCode, textCode, torchArchive } from './torchPickle.ts';

interface TorchCase {
  readonly name: string;
  readonly file: string;
  readonly outputs?: Readonly<Record<string, ExpectedTensor>>;
  readonly refuse?: string;
}
const cases = golden<TorchCase[]>(path.join(import.meta.dirname, '../..'), 'torch.json.gz');
const fileOf = ({ file }: TorchCase) => Uint8Array.from(Buffer.from(file, 'base64'));

describe('files of torch.save', () => {
  it.each(cases.filter(({ outputs }) => outputs))('$name', async (one) => {
    expectTensors(await readPyTorch(fileOf(one)), one.outputs ?? {});
  });

  it.each(cases.filter(({ refuse }) => refuse))('$name is refused: it names $refuse', async (one) => {
    const reading = readPyTorch(fileOf(one), { file: 'x.pt' });
    await expect(reading).rejects.toBeInstanceOf(CheckpointError);
    await expect(reading).rejects.toThrow(one.refuse as string);
    await expect(reading).rejects.toThrow(/^x\.pt.*nothing was run\. Save the weights alone/);
  });

  it('are 23, 5 of them to be refused', () => {
    expect([cases.length, cases.filter(({ refuse }) => refuse).length]).toEqual([23, 5]);
  });

  it('gives only what is wanted', async () => {
    const bytes = files.get('files/torch/parameters_zip.pt') as Uint8Array;
    expect([...(await readPyTorch(bytes, { wanted: (name) => name === 'bias' })).keys()]).toEqual(['bias']);
  });

  it('tied weights are one tensor; float32 and int32 share the memory of the file', async () => {
    const one = tensorCode({ shape: [2, 3], strides: [3, 1], elements: 6 });
    const bytes = torchArchive(
      dictionaryCode({ a: one, b: one, c: tensorCode({ shape: [6], strides: [1], elements: 6 }) }),
    );
    const tensors = await readPyTorch(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    expect(tensors.get('a')).toBe(tensors.get('b'));
    expect(tensors.get('c')).not.toBe(tensors.get('a'));
  });
});

describe('views of a storage', () => {
  it('are what loops over the strides give, for any shape, strides and offset', async () => {
    const extent = fc.integer({ min: 0, max: 4 });
    const axes = fc.array(fc.tuple(extent, extent), { maxLength: 4 });
    await forAllAsync(
      [axes, fc.integer({ min: 0, max: 3 }), fc.constantFrom('Float', 'Short', 'Long', 'Byte')],
      async (layout, offset, kind) => {
        const width = { Float: 4, Short: 2, Long: 8, Byte: 1 }[kind] as number;
        const elements = 60;
        const storage = new Uint8Array(elements * width);
        const view = new DataView(storage.buffer);
        for (let i = 0; i < elements; i++)
          if (kind === 'Float') view.setFloat32(4 * i, i, true);
          else storage[width * i] = i; // little-endian and below 256
        const [shape, strides] = [layout.map(([n]) => n), layout.map(([, s]) => s)];
        const code = dictionaryCode({ a: tensorCode({ shape, strides, offset, elements, kind }) });
        const expected: number[] = [];
        const walk = (axis: number, at: number): void => {
          if (axis === shape.length) expected.push(at);
          else
            for (let i = 0; i < (shape[axis] as number); i++)
              walk(axis + 1, at + i * (strides[axis] as number));
        };
        walk(0, offset);
        const reading = readPyTorch(torchArchive(code, storage));
        if (expected.some((at) => at >= elements))
          await expect(reading).rejects.toThrow(/needs \d+ bytes of storage "0", which has/);
        else {
          const tensor = (await reading).get('a');
          expect([[...(tensor?.shape ?? [])], [...(tensor?.data ?? [])]]).toEqual([shape, expected]);
        }
      },
      { runs: 200 },
    );
  });

  it('that would take far more memory than the file are refused, unless the limit is set', async () => {
    const expanded = (rows: number) =>
      torchArchive(tensorCode({ shape: [rows, 2 ** 15], strides: [0, 0], elements: 6 }));
    await expect(readPyTorch(expanded(2 ** 20))).rejects.toThrow(
      /tensor "": with it the tensors take 137438953472 bytes; the limit is 67108864\. If you trust the file, set limit/,
    );
    await expect(readPyTorch(expanded(2 ** 10))).rejects.toThrow(/the limit is 67108864/);
    expect((await readPyTorch(expanded(2 ** 10), { limit: 2 ** 27 })).get('')?.shape).toEqual([
      2 ** 10,
      2 ** 15,
    ]);
    const many = Array.from({ length: 100 }, (_, i) => [
      `t${i}`,
      tensorCode({ shape: [i + 1, 2 ** 15], strides: [0, 0], elements: 6 }),
    ]);
    await expect(readPyTorch(torchArchive(dictionaryCode(Object.fromEntries(many))))).rejects.toThrow(
      /the limit is/,
    );
  });
});

describe('a pickle that is more or less than tensors', () => {
  const tensor = tensorCode({ shape: [2], strides: [1], elements: 6 });
  const read = (code: string) => readPyTorch(torchArchive(code), { file: 'x.pt' });

  it.each([
    ['a function of the system', 'cos\nsystem\n(X\x04\0\0\0echotR', /names os\.system/],
    ['a function found on the stack', `${textCode('os')}${textCode('system')}\x93)R`, /names os\.system/],
    ['an instance by the old way', '(ios\nsystem\n', /opcode INST, which no pickle of tensors needs/],
    ['an object by the old way', '(ccollections\nOrderedDict\no', /opcode OBJ/],
    ['an extension', '\x82\x01', /opcode EXT1/],
    ['a constructor with keywords', '\x92', /opcode NEWOBJ_EX/],
    ['a buffer from elsewhere', '\x97', /opcode NEXT_BUFFER/],
    ['an opcode that is none', '\xff', /opcode 0xff/],
    ['a protocol of the future', '\x80\x06', /protocol 6; known are 0 to 5/],
    ['a call of what cannot be called', 'ctorch\nFloatStorage\n)R', /a call of an object/],
    ['a call of a text', `${textCode('a')})R`, /a call of a; expected one of the things that make tensors/],
    ['state for a tensor', `${tensor}}b`, /state for an object; expected a dictionary/],
    ['nothing', '', /nothing is on the stack/],
    ['a pop of nothing', '0', /nothing is on the stack/],
    ['a pop past a mark', 'N(\x85', /nothing is on the stack/],
    ['a tuple without a mark', 't', /there is no mark/],
    ['items for no list', 'NNa', /items for null; expected a list/],
    ['half a pair', '}(Nu', /1 keys and values for a dictionary; expected pairs/],
    ['pairs for a list', '](NNu', /2 keys and values for a list/],
    ['an empty memo', 'h\x07', /memo 7 is empty/],
    ['a text past the end', 'X\xff\xff\xff\x7f', /2147483647 bytes are announced, 1 are left/],
    [
      'a text of more than any file',
      '\x8d\xff\xff\xff\xff\xff\xff\xff\xff',
      /bytes are announced, 1 are left/,
    ],
    ['a text that is not UTF-8', 'X\x01\0\0\0\xff', /a text is not UTF-8/],
    [
      'a long integer',
      `\x8b\0\0\x01\0${'\0'.repeat(65536)}`,
      /an integer of 65536 bytes; expected at most 64/,
    ],
    ['a word for an integer', 'Iseven\n', /"seven" where an integer should be/],
    ['a line without end', 'Iseven', /bytes are announced|where an integer/],
    ['an outside object that is no storage', 'NQ', /an outside object that is no storage of numbers/],
    [
      'a tensor of nothing',
      'ctorch._utils\n_rebuild_tensor_v2\n)R',
      /whose storage, offset, shape or strides are none/,
    ],
    [
      'a negative extent',
      tensorCode({ shape: [-1], strides: [1], elements: 6 }),
      /shape or strides are none/,
    ],
    [
      'fewer strides than extents',
      tensorCode({ shape: [1, 1], strides: [1], elements: 6 }),
      /2 extents and 1 strides/,
    ],
    [
      'a storage of another size',
      tensorCode({ shape: [1], strides: [1], elements: 7 }),
      /storage "0" has 24 bytes; expected 28/,
    ],
    ['a list in itself', ']q\0h\0a', /nested deeper than 64, or holds itself/],
    [
      'the same name twice',
      dictionaryCode({ 'a.b': tensor, a: dictionaryCode({ b: tensor }) }),
      /"a\.b" stands twice/,
    ],
  ])('refuses %s', async (_what, code, message) => {
    await expect(read(code)).rejects.toThrow(message);
    await expect(read(code)).rejects.toThrow(/^x\.pt/);
    await expect(read(code)).rejects.toBeInstanceOf(CheckpointError);
  });

  it('lists in lists that double at each step end at a bound, not after hours', async () => {
    let code = `${tensor}q\0](h\0`;
    code += 'e';
    for (let level = 1; level < 60; level++)
      code += `q${String.fromCharCode(level)}0](${`h${String.fromCharCode(level)}`.repeat(2)}e`;
    await expect(read(code)).rejects.toThrow(/values\. It is no file of weights|stands twice/);
    let empty = ']';
    for (let level = 1; level < 60; level++)
      empty += `q${String.fromCharCode(level)}0](${`h${String.fromCharCode(level)}`.repeat(2)}e`;
    await expect(read(empty)).rejects.toThrow(/more than \d+ values/);
  });

  it('an archive without a pickle, with two, or of another order of bytes is refused', async () => {
    const pickle = { name: 'x/data.pkl', content: bytesOf('}.') };
    const readAll = (entries: Parameters<typeof archive>[0]) =>
      readPyTorch(archive(entries), { file: 'x.pt' });
    await expect(readAll([])).rejects.toThrow(/0 entries are called data\.pkl/);
    await expect(readAll([pickle, { ...pickle, name: 'y/data.pkl' }])).rejects.toThrow(
      /2 entries are called data\.pkl/,
    );
    await expect(readAll([pickle, { name: 'x/byteorder', content: bytesOf('big') }])).rejects.toThrow(
      /another order of bytes/,
    );
    expect((await readAll([pickle])).size).toBe(0);
  });

  it.each([
    ['a page', '<!doctype html>', /begins with "<!doctype html>", neither a zip archive nor a pickle/],
    [
      'a pointer',
      'version https://git-lfs.github.com/spec/v1',
      /Is it a whole PyTorch file, and not the page or pointer/,
    ],
    ['nothing', '', /begins with ""/],
    ['a pickle of something else', '\x80\x02}.', /a pickle without PyTorch's number at its beginning/],
    [
      'another version',
      '\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.K\x01.',
      /version 1 of the format; expected 1001/,
    ],
  ])('refuses %s in place of a file', async (_what, content, message) => {
    await expect(readPyTorch(bytesOf(content))).rejects.toThrow(message);
  });
});

describe('readPickle', () => {
  const options = { file: 'x', global: () => undefined, persistent: () => undefined };
  const value = (code: string): unknown => readPickle(bytesOf(code, '.'), options).value;

  it('reads the values of every protocol', () => {
    expect(value('(I01\nI00\nI-7\nL12L\nF1.5\nS"a\\x41\\n"\nVb\\u00e9\n\x88\x89Nt')).toEqual([
      true,
      false,
      -7,
      12,
      1.5,
      'aA\n',
      'bé',
      true,
      false,
      null,
    ]);
    expect(value('(K\xffM\xff\xffJ\xff\xff\xff\xff\x8a\x02\0\x80\x8a\0G\xbf\xf8\0\0\0\0\0\0t')).toEqual([
      255, 65535, -1, -32768, 0, -1.5,
    ]);
    expect(value('\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f')).toBe(2n ** 63n - 1n);
    expect(value('(U\x01aT\x01\0\0\0b\x8c\x02\xc3\xa9X\x01\0\0\0c\x8d\x01\0\0\0\0\0\0\0dt')).toEqual([
      'a',
      'b',
      'é',
      'c',
      'd',
    ]);
    expect(value('(C\x01aB\x01\0\0\0b\x8e\x01\0\0\0\0\0\0\0ct')).toEqual(
      [97, 98, 99].map((byte) => Uint8Array.of(byte)),
    );
    expect(
      value('(]K\x01a(K\x02K\x03e(K\x04lK\x05\x85K\x06K\x07\x86NNN\x87)\x8f(K\x08\x90(K\x09\x91t'),
    ).toEqual([[1, 2, 3], [4], [5], [6, 7], [null, null, null], [], [8], [9]]);
    expect(value('}K\x01K\x02s(K\x03K\x04u')).toEqual(
      new Map([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(value('(K\x01K\x02d')).toEqual(new Map([[1, 2]]));
    expect(
      value('\x80\x04\x95\x05\0\0\0\0\0\0\0K\x01\x94K\x02q\x05r\x06\0\0\0p7\n0(h\0h\x05j\x06\0\0\0g7\nt'),
    ).toEqual([1, 2, 2, 2]);
    expect(value('K\x012\x86')).toEqual([1, 1]);
    expect(value('K\x01(NN1')).toBe(1);
  });

  it('tells where the bytes behind the pickle begin', () => {
    expect(readPickle(bytesOf('xxK\x07.yy'), { ...options, start: 2 })).toEqual({ value: 7, end: 5 });
  });

  it('any bytes end in a value or a CheckpointError', () => {
    const code = fc.oneof(
      fc.constantFrom(
        ...'(0125NJKMLIFQRSTUVXabcd}eghijl]opqrst)uGBC\x80\x81\x85\x86\x87\x88\x89\x8a\x8b\x8c\x8f\x90\x91\x92\x93\x94',
      ),
      fc.constantFrom('\0', '\x01', '\n', '1\n', 'a'),
    );
    forAll(
      [fc.array(code, { maxLength: 30 })],
      (parts) => {
        try {
          readPickle(bytesOf(...parts, '.'), options);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 2000 },
    );
  });
});

describe('damage', () => {
  const good = [
    'files/torch/state_dict_zip.pt',
    'files/torch/state_dict_legacy.bin',
    'files/torch/checkpoint_legacy.pt',
  ].map((name) => files.get(name) as Uint8Array);
  it('of any kind gives a CheckpointError or tensors of the right sizes, nothing else', async () => {
    await forAllAsync(
      [
        fc.constantFrom(...good),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      ],
      async (file, changes, cut) => {
        const bytes = file.slice(0, cut === null ? file.length : Math.floor(cut * file.length));
        for (const [place, value] of changes) bytes[Math.floor(place * file.length)] = value;
        try {
          for (const tensor of (await readPyTorch(bytes)).values())
            if (tensor.filled) expect(tensor.data.length).toBe(tensor.size);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 600 },
    );
  });

  it('every prefix of a file is refused', async () => {
    for (const file of good.slice(0, 2))
      for (let length = 0; length < file.length; length += 97)
        await expect(readPyTorch(file.slice(0, length))).rejects.toBeInstanceOf(CheckpointError);
  });
});
