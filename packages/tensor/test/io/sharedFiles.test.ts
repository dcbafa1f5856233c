// Every case of the shared golden folders, read from where they lie: also those of another seed, where HEED_SHARED has them.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  expectClose,
  readSafetensors as plainReader,
  type StoredTensor,
  shared,
  skipReason,
} from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, CheckpointError } from '../../src/index.ts';
import {
  directory,
  readCheckpoint,
  readNpy,
  readNpz,
  readPyTorch,
  readSafetensors,
  readTensorFlow,
  wideIntegers,
} from '../../src/io/index.ts';

interface SharedCase {
  readonly name: string;
  readonly op: string;
  readonly options: { readonly file: string };
  readonly outputs: Readonly<Record<string, string>>;
  readonly exact?: Readonly<Record<string, readonly string[]>>;
  readonly refuse?: string;
}

const io = shared('data/golden/io');
const cases: readonly SharedCase[] =
  io === undefined ? [] : JSON.parse(readFileSync(path.join(io, 'cases.json'), 'utf8'));
const expected: ReadonlyMap<string, StoredTensor> =
  io === undefined ? new Map() : plainReader(readFileSync(path.join(io, 'tensors.safetensors'))).tensors;

const read = async ({ op, options: { file } }: SharedCase): Promise<ReadonlyMap<string, AnyTensor>> => {
  const place = path.join(io ?? '', file);
  const folder = directory(path.dirname(place));
  if (op === 'tfjs') return (await readTensorFlow(folder, path.basename(file))).weights;
  if (op === 'safetensors_index') return readCheckpoint(folder);
  const bytes = await folder.read(path.basename(file));
  if (op === 'safetensors') return readSafetensors(bytes, { file });
  if (op === 'torch') return readPyTorch(bytes, { file });
  return op === 'npz' ? readNpz(bytes, { file }) : new Map([['value', readNpy(bytes, { file })]]);
};

describe.skipIf(io === undefined)(`golden files${skipReason('data/golden/io')}`, () => {
  it.each(cases.filter(({ refuse }) => refuse === undefined))('$name', async (one) => {
    const tensors = await read(one);
    for (const [name, key] of Object.entries(one.outputs)) {
      const tensor = tensors.get(name) as AnyTensor;
      const { shape, data } = expected.get(key) as StoredTensor;
      expectClose(tensor, { shape: tensor.rank === 0 ? [] : shape, data }, { name }); // scalars are stored as [1]
    }
    for (const [name, values] of Object.entries(one.exact ?? {}))
      expect(Array.from(wideIntegers(tensors.get(name) as AnyTensor), String)).toEqual(values);
  });

  it.each(cases.filter(({ refuse }) => refuse !== undefined))('$name is refused', async (one) => {
    await expect(read(one)).rejects.toBeInstanceOf(CheckpointError);
  });
});

const hostile = shared('data/golden-models/hostile');
const hostileFiles =
  hostile === undefined ? [] : readdirSync(hostile).filter((name) => /\.(safetensors|bin)$/.test(name));

describe.skipIf(hostile === undefined)(`hostile files${skipReason('data/golden-models/hostile')}`, () => {
  const index: { files: { file: string; expected: string }[] } =
    hostile === undefined
      ? { files: [] }
      : JSON.parse(readFileSync(path.join(hostile, 'index.json'), 'utf8'));

  it.each(hostileFiles)('%s', async (file) => {
    const bytes = await directory(hostile as string).read(file);
    const reading = (async () =>
      file.endsWith('.bin') ? readPyTorch(bytes, { file }) : readSafetensors(bytes, { file }))();
    if (index.files.find((one) => one.file === file)?.expected === 'loads')
      expect((await reading).size).toBeGreaterThan(0);
    else {
      await expect(reading).rejects.toBeInstanceOf(CheckpointError);
      await expect(reading).rejects.toThrow(file);
    }
  });
});

const models = shared('data/golden-models');
describe.skipIf(models === undefined)(`golden models${skipReason('data/golden-models')}`, () => {
  it.each(['bert-bin', 'bert-bin-legacy'])('%s/tensors.bin: views, strides and all dtypes', async (name) => {
    const folder = path.join(models ?? '', name);
    const tensors = await readPyTorch(await directory(folder).read('tensors.bin'));
    const stored = readSafetensors(await directory(folder).read('tensors.safetensors')); // proven above
    expect([...tensors.keys()].sort()).toEqual([...stored.keys()].sort());
    for (const [key, wanted] of stored) expectClose(tensors.get(key) as AnyTensor, wanted, { name: key });
  });
});
