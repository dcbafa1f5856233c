// ONNX initialisers: what the onnx package wrote, and messages made to deceive.
import path from 'node:path';
import { forAllAsync, golden } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/index.ts';
import { inMemory, readOnnx } from '../../../src/io/index.ts';
import { type ExpectedTensor, expectTensors } from '../expectTensors.ts';

interface OnnxCase {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, ExpectedTensor>>;
  readonly refuse?: string;
}
const cases = golden<OnnxCase[]>(path.join(import.meta.dirname, '../..'), 'onnxWeights.json.gz');
const filesOf = ({ files }: OnnxCase): Record<string, Uint8Array> =>
  Object.fromEntries(
    Object.entries(files).map(([name, data]) => [name, Uint8Array.from(Buffer.from(data, 'base64'))]),
  );

/** A field of a message: a number, or bytes (also a text or a message). */
const field = (number: number, value: number | string | readonly number[]): number[] => {
  if (typeof value === 'number') return [number << 3, value];
  const bytes = typeof value === 'string' ? [...new TextEncoder().encode(value)] : value;
  if (bytes.length > 127) throw new Error('longer than a test needs');
  return [(number << 3) | 2, bytes.length, ...bytes];
};
const modelOf = (...tensors: (readonly number[])[]): Uint8Array =>
  Uint8Array.from(
    field(
      7,
      tensors.flatMap((tensor) => field(5, tensor)),
    ),
  );
const floats = (count: number): number[] => [...new Uint8Array(new Float32Array(count).fill(1).buffer)];
const kind = field(2, 1); // FLOAT

describe('readOnnx', () => {
  it.each(cases.filter(({ outputs }) => outputs))('reads $name', async (one) => {
    expectTensors(await readOnnx(inMemory(filesOf(one))), one.outputs ?? {});
  });

  it.each(cases.filter(({ refuse }) => refuse))('refuses $name: $refuse', async (one) => {
    const reading = readOnnx(inMemory(filesOf(one)));
    await expect(reading).rejects.toBeInstanceOf(CheckpointError);
    await expect(reading).rejects.toThrow(
      new RegExp(`^memory/model\\.onnx: initializer ".": numbers of kind ${one.refuse}; supported are FLOAT`),
    );
  });

  it('are 9 cases, 3 of them to be refused', () => {
    expect([cases.length, cases.filter(({ refuse }) => refuse).length]).toEqual([9, 3]);
  });

  it('gives only what is wanted, from a folder below, and reads other files only where they are needed', async () => {
    const external = cases.find(({ name }) => name === 'external data');
    const files = filesOf(external as OnnxCase);
    const below = inMemory(
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`onnx/${name}`, bytes])),
    );
    expect([...(await readOnnx(below, 'onnx/model.onnx')).keys()].sort()).toEqual(['a', 'b', 'inside']);
    const alone = inMemory({ 'model.onnx': files['model.onnx'] as Uint8Array });
    expect([
      ...(await readOnnx(alone, 'model.onnx', { wanted: (name) => name === 'inside' })).keys(),
    ]).toEqual(['inside']);
    await expect(readOnnx(alone)).rejects.toThrow(/memory\/model\.onnx_data: there is no such file/);
  });

  it('takes numbers that are not packed, one field each', async () => {
    const single = [0x25, ...floats(1)]; // field 4, wire type 5
    const weights = await readOnnx(
      inMemory({ 'model.onnx': modelOf([...field(1, 2), ...kind, ...single, ...single, ...field(8, 'w')]) }),
    );
    expect([...(weights.get('w')?.data ?? [])]).toEqual([1, 1]);
  });

  const external = (...entries: readonly (readonly [string, string])[]) => [
    ...field(14, 1),
    ...entries.flatMap(([key, value]) => field(13, [...field(1, key), ...field(2, value)])),
  ];
  const w = [...kind, ...field(8, 'w'), ...field(1, 2)];
  it.each([
    ['no model', Uint8Array.of(), /there is no graph in it\. Is it an ONNX model/],
    [
      'text',
      new TextEncoder().encode('<!doctype html>'),
      /model\.onnx: field 7 has wire type 4|field \d+ has/,
    ],
    [
      'a model that is cut off',
      modelOf([...w, ...field(9, floats(2))]).slice(0, -1),
      /field 7 has \d+ bytes, \d+ are left/,
    ],
    [
      'an integer without end',
      Uint8Array.from([0x08, ...new Array(12).fill(0xff)]),
      /an integer at byte 1 has no end/,
    ],
    [
      'fewer numbers than the shape needs',
      modelOf([...w, ...field(9, floats(1))]),
      /initializer "w": 4 bytes of numbers for shape \[2\]; expected 8/,
    ],
    ['no numbers', modelOf(w), /0 bytes of numbers for shape \[2\]/],
    [
      'a shape beyond all memory',
      modelOf([...kind, ...field(8, 'w'), ...field(1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f])]),
      /more elements than any file could hold/,
    ],
    [
      'a negative extent',
      modelOf([...kind, 0x08, ...new Array(9).fill(0xff), 1]),
      /more elements than any file/,
    ],
    ['a hundred extents', modelOf([...kind, ...field(1, new Array(100).fill(1))]), /more than 64 integers/],
    ['no kind of numbers', modelOf(field(8, 'w')), /numbers of kind 0; supported are/],
    ['a kind of the future', modelOf([...field(2, 99), ...field(8, 'w')]), /numbers of kind 99/],
    ['a name that is not UTF-8', modelOf([...kind, ...field(8, [0xff])]), /field 8 is no UTF-8 text/],
    [
      'a name that stands twice',
      modelOf([...w, ...field(9, floats(2))], [...w, ...field(9, floats(2))]),
      /"w" stands twice/,
    ],
    [
      'sparse initializers',
      Uint8Array.from(field(7, field(15, []))),
      /it has sparse initializers\. Save them dense/,
    ],
    ['external data without a file', modelOf([...w, ...external()]), /lie in another file that is not named/],
    [
      'external data that leave the folder',
      modelOf([...w, ...external(['location', '../x'])]),
      /file name "\.\.\/x"; expected a name inside/,
    ],
    [
      'external data that are not there',
      modelOf([...w, ...external(['location', 'x'])]),
      /memory\/x: there is no such file/,
    ],
    [
      'external data past the end',
      modelOf([...w, ...external(['location', 'data'], ['offset', '4'], ['length', '8'])]),
      /its data are bytes 4 to 12 of data, which has 8/,
    ],
    [
      'an offset that is no number',
      modelOf([...w, ...external(['location', 'data'], ['offset', '-1'])]),
      /offset "-1" of its external data/,
    ],
    [
      'an offset beyond 2^53',
      modelOf([...w, ...external(['location', 'data'], ['offset', '9007199254740993'])]),
      /offset "9007199254740993"/,
    ],
  ])('refuses %s', async (_what, model, message) => {
    const reading = readOnnx(inMemory({ 'model.onnx': model, data: new Uint8Array(8) }));
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(CheckpointError);
  });

  it('takes the rest of a file where no length is given, also behind ./', async () => {
    const folder = inMemory({
      'model.onnx': modelOf([...w, ...external(['location', './data'], ['offset', '4'])]),
      data: Uint8Array.from([0, 0, 0, 0, ...floats(2)]),
    });
    expect([...((await readOnnx(folder)).get('w')?.data ?? [])]).toEqual([1, 1]);
  });

  it('any damage gives a CheckpointError or weights of the right sizes, nothing else', async () => {
    const good = cases.filter(({ outputs }) => outputs).map(filesOf);
    await forAllAsync(
      [
        fc.constantFrom(...good),
        fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
          minLength: 1,
          maxLength: 3,
        }),
      ],
      async (files, changes) => {
        const model = (files['model.onnx'] as Uint8Array).slice();
        for (const [place, value] of changes) model[Math.floor(place * model.length)] = value;
        try {
          for (const tensor of (await readOnnx(inMemory({ ...files, 'model.onnx': model }))).values())
            if (tensor.filled) expect(tensor.data.length).toBe(tensor.size);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 500 },
    );
  });
});
