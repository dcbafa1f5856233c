// Files that other programs wrote: what is in them, and what must be refused.
import path from 'node:path';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, CheckpointError } from '../../src/index.ts';
import {
  inMemory,
  readCheckpoint,
  readSafetensors,
  readTensorFlow,
  readWideIntegers,
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
  if (op === 'safetensors') return readSafetensors(bytesOf(file), { file });
  const folder = inMemory(below(files, path.dirname(file)), path.dirname(file));
  return op === 'tfjs' ? (await readTensorFlow(folder, 'model.json')).weights : readCheckpoint(folder);
};

const dtypes = { F32: 'float32', I32: 'int32', U8: 'bool' } as const;
const good = fileCases.filter(({ refuse, exact }) => refuse === undefined && exact === undefined);
const bad = fileCases.filter(({ refuse }) => refuse !== undefined);

describe('golden files', () => {
  it.each(good)('$name holds what was written, bit by bit', async (one) => {
    const tensors = await read(one);
    expect([...tensors.keys()].sort()).toEqual(Object.keys(one.outputs).sort());
    for (const [name, expected] of Object.entries(one.outputs)) {
      const tensor = tensors.get(name) as AnyTensor;
      expect(tensor.dtype).toBe(dtypes[expected.dtype]);
      // The golden array of this scalar has shape [1], its file says [].
      const shape = one.name === 'tfjs_one_shard' && name === 'scalar' ? [] : expected.shape;
      expectClose(tensor, { shape, data: numbersOf(expected) }, { name });
    }
  });

  it('64-bit integers that do not fit int32 are named when they are read, and can be had exactly', async () => {
    const [wide] = fileCases.filter(({ exact }) => exact !== undefined);
    const value = (await read(wide as FileCase)).get('value') as AnyTensor;
    expect(String(value)).toBe('int32[7]');
    expect(() => value.data).toThrow(
      /int64_wide\.safetensors: tensor "value" holds 9007199254740993, which does not fit int32\..*readWideIntegers/,
    );
    const exact = readWideIntegers(bytesOf((wide as FileCase).file), 'value');
    expect({ value: Array.from(exact, String) }).toEqual((wide as FileCase).exact);
  });

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
    expect((failure as Error).message).toMatch(
      one.op === 'tfjs' ? /model\.json|group1|file name/ : /\.safetensors/,
    ); // names the file
  });

  it('are 42 cases, 17 of them to be refused', () => {
    expect([fileCases.length, bad.length, good.length]).toEqual([42, 17, 24]);
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

  it.each(hostileIndex.filter(({ file }) => file.endsWith('.bin')))(
    '$file, as a PyTorch checkpoint, is refused by name with what to do',
    async ({ file }) => {
      const folder = inMemory({ 'pytorch_model.bin': hostileFiles.get(file) as Uint8Array }, 'models/old');
      await expect(readCheckpoint(folder)).rejects.toThrow(
        /models\/old: it has pytorch_model\.bin, a Python pickle.*safe_serialization=True/,
      );
    },
  );

  it('an index that names a shard which is not there is refused before anything is read', async () => {
    const folder = inMemory(below(hostileFiles, 'missing-shard'), 'missing-shard');
    await expect(readCheckpoint(folder)).rejects.toThrow(
      /model\.safetensors\.index\.json: it names model-0000\d-of-00002\.safetensors, which is not there/,
    );
  });
});
