// Files that other programs wrote: what is in them, and what must be refused.
import path from 'node:path';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, CheckpointError } from '../../src/index.ts';
import {
  inMemory,
  readCheckpoint,
  readNpy,
  readNpz,
  readPyTorch,
  readSafetensors,
  readTensorFlow,
  wideIntegers,
} from '../../src/io/index.ts';
import {
  below,
  type FileCase,
  fileCases,
  files,
  hostileFiles,
  hostileIndex,
  numbersOf,
} from './goldenFiles.ts';

const bytesOf = (file: string): Uint8Array => files.get(file) ?? new Uint8Array();

const read = async ({ op, file }: FileCase): Promise<ReadonlyMap<string, AnyTensor>> => {
  const bytes = bytesOf(file);
  switch (op) {
    case 'safetensors':
      return readSafetensors(bytes, { file });
    case 'torch':
      return readPyTorch(bytes, { file });
    case 'npy':
      return new Map([['value', readNpy(bytes, { file })]]);
    case 'npz':
      return readNpz(bytes, { file });
  }
  const folder = inMemory(below(files, path.dirname(file)), path.dirname(file));
  return op === 'tfjs' ? (await readTensorFlow(folder, 'model.json')).weights : readCheckpoint(folder);
};

const dtypes = { F32: 'float32', I32: 'int32', U8: 'bool' } as const;
const good = fileCases.filter(({ refuse, exact }) => refuse === undefined && exact === undefined);
const wide = fileCases.filter(({ exact }) => exact !== undefined);
const bad = fileCases.filter(({ refuse }) => refuse !== undefined);

describe('golden files', () => {
  it.each(good)('$name holds what was written, bit by bit', async (one) => {
    const tensors = await read(one);
    // Of checkpoints of training the golden file has a part.
    if (/checkpoint/.test(one.name))
      expect([...tensors.keys()]).toEqual(expect.arrayContaining(Object.keys(one.outputs)));
    else expect([...tensors.keys()].sort()).toEqual(Object.keys(one.outputs).sort());
    for (const [name, expected] of Object.entries(one.outputs)) {
      const tensor = tensors.get(name) as AnyTensor;
      expect(tensor.dtype).toBe(dtypes[expected.dtype]);
      // The golden arrays of scalars have shape [1], the files say [].
      const shape = /scalar|step/.test(`${one.name} ${name}`) ? [] : expected.shape;
      expectClose(tensor, { shape, data: numbersOf(expected) }, { name });
    }
  });

  it.each(wide)(
    '$name: integers that do not fit int32 are named when they are read, and can be had exactly',
    async (one) => {
      const value = (await read(one)).get('value') as AnyTensor;
      expect(() => value.data).toThrow(
        /int64_wide\.(safetensors: tensor "value"|npy: the array) holds 9007199254740993, which does not fit int32\..*wideIntegers/,
      );
      expect({ value: Array.from(wideIntegers(value), String) }).toEqual(one.exact);
    },
  );

  it('both zeros, infinities and NaN keep their bits', () => {
    const [, tensor] = [...readSafetensors(bytesOf('files/safetensors/float32_special.safetensors'))][0] as [
      string,
      AnyTensor,
    ];
    const stored = fileCases.find(({ name }) => name === 'safetensors_float32_special')?.outputs.value;
    const bits = (data: ArrayBufferView) => [
      ...new Uint32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength)),
    ];
    expect(bits(tensor.data)).toEqual(bits(numbersOf(stored!))); // the case has it
  });

  it.each(bad)('$name is refused: $refuse', async (one) => {
    const failure = await read(one).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(CheckpointError);
    expect((failure as Error).message).toMatch(one.op === 'tfjs' ? /model\.json|group1|file name/ : one.file);
  });

  it('are 93 cases, 32 of them to be refused', () => {
    expect([fileCases.length, bad.length, good.length]).toEqual([93, 32, 59]);
  });
});

describe('hostile files', () => {
  const single = hostileIndex.filter(({ file }) => file.endsWith('.safetensors'));

  it.each(single.filter(({ expected }) => expected === 'error'))(
    '$file is refused at once: $wrong',
    ({ file }) => {
      expect(() => readSafetensors(hostileFiles.get(file) as Uint8Array, { file })).toThrow(CheckpointError);
      expect(() => readSafetensors(hostileFiles.get(file) as Uint8Array, { file })).toThrow(
        new RegExp(`^${file}: `),
      );
    },
  );

  it.each(single.filter(({ expected }) => expected === 'loads'))('$file loads: $wrong', ({ file }) => {
    const tensors = readSafetensors(hostileFiles.get(file) as Uint8Array);
    expect(tensors.size).toBeGreaterThan(0);
    for (const tensor of tensors.values()) if (tensor.filled) expect(tensor.data.length).toBe(tensor.size);
    expect([...tensors].filter(([, { filled }]) => !filled).map(([name]) => name)).toEqual(
      file.startsWith('reversed') ? ['c'] : [],
    ); // int64 beyond int32
  });

  const pickles = hostileIndex.filter(({ file }) => file.endsWith('.bin'));
  const says: Readonly<Record<string, RegExp>> = {
    'pwned.bin':
      /byte \d+: it names posix\.system, which is none of .*; nothing was run\. Save the weights alone/,
    'pwned-zip.bin': /data\.pkl: pickle, byte \d+: it names posix\.system, .*nothing was run/,
    'truncated.bin': /no directory at its end\. It is no zip archive, or cut off; fetch it again/,
    'short-storage.bin': /storage "\d+" has \d+ bytes; expected \d+/,
  };
  it.each(pickles)(
    '$file, as a PyTorch checkpoint, is refused by name with what to do: $wrong',
    async ({ file }) => {
      const folder = inMemory({ 'pytorch_model.bin': hostileFiles.get(file) as Uint8Array }, 'models/old');
      const loading = readCheckpoint(folder);
      await expect(loading).rejects.toBeInstanceOf(CheckpointError);
      await expect(loading).rejects.toThrow(/^models\/old\/pytorch_model\.bin/);
      await expect(loading).rejects.toThrow(says[file] as RegExp);
    },
  );

  it('an index that names a shard which is not there is refused before anything is read', async () => {
    const folder = inMemory(below(hostileFiles, 'missing-shard'), 'missing-shard');
    await expect(readCheckpoint(folder)).rejects.toThrow(
      /model\.safetensors\.index\.json: it names model-0000\d-of-00002\.safetensors, which is not there/,
    );
  });
});
