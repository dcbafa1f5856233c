// readCheckpoint and readTensorFlow over folders: shards, progress, stopping, and what does not fit together.
import { describe, expect, it } from 'vitest';
import { type AnyTensor, CheckpointError, tensor } from '../../src/index.ts';
import {
  type Folder,
  inMemory,
  type LoadProgress,
  readCheckpoint,
  readTensorFlow,
  writeSafetensors,
} from '../../src/io/index.ts';
import { files, hostileFiles, hostileIndex } from './goldenFiles.ts';

const shard = (names: readonly string[]): Uint8Array =>
  writeSafetensors(new Map(names.map((name, i) => [name, tensor([i, i + 1])])));
const index = (map: Readonly<Record<string, unknown>>): string => JSON.stringify({ weight_map: map });
const sharded = {
  'model.safetensors.index.json': index({ a: 'one', b: 'one', c: 'two' }),
  one: shard(['a', 'b']),
  two: shard(['c']),
};

describe('readCheckpoint', () => {
  it('reads model.safetensors, also from a folder in the folder', async () => {
    const folder = inMemory({ 'model.safetensors': shard(['x']), '2_Dense/model.safetensors': shard(['y']) });
    expect([...(await readCheckpoint(folder)).keys()]).toEqual(['x']);
    expect([...(await readCheckpoint(folder, { path: '2_Dense' })).keys()]).toEqual(['y']);
  });

  it('reads the shards that the index names', async () => {
    expect([...(await readCheckpoint(inMemory(sharded))).keys()].sort()).toEqual(['a', 'b', 'c']);
  });

  it('reads PyTorch files where there is no safetensors, alone or in shards, and safetensors where there are both', async () => {
    const torch = files.get('files/torch/protocol2.pt') as Uint8Array;
    expect([...(await readCheckpoint(inMemory({ 'pytorch_model.bin': torch }))).keys()]).toEqual(['a']);
    const shards = {
      'pytorch_model.bin.index.json': index({
        a: 'pytorch_model-1.bin',
        weight: 'two.pt',
        bias: 'two.pt',
      }),
      'pytorch_model-1.bin': torch,
      'two.pt': files.get('files/torch/parameters_legacy.pt') as Uint8Array,
    };
    expect([...(await readCheckpoint(inMemory(shards))).keys()].sort()).toEqual(['a', 'bias', 'weight']);
    expect([...(await readCheckpoint(inMemory({ ...shards, ...sharded }))).keys()].sort()).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('reads only the bytes of what is wanted, and only of the shards that hold it', async () => {
    const asked: string[] = [];
    const watched = (files: Readonly<Record<string, Uint8Array | string>>): Folder => {
      const folder = inMemory(files);
      return {
        ...folder,
        read: (file, options) => {
          asked.push(`${file} ${options?.ranges?.map(([begin, end]) => end - begin)}`);
          return folder.read(file, options);
        },
      };
    };
    const weights = writeSafetensors(
      new Map([
        ['a', tensor([1, 2])],
        ['b', tensor([3])],
        ['c', tensor([4])],
        ['d', tensor([5, 6, 7])],
      ]),
    );
    const header = 8 + Number(new DataView(weights.buffer).getBigUint64(0, true));
    const load = async (files: Readonly<Record<string, Uint8Array | string>>, names: readonly string[]) => {
      asked.length = 0;
      const seen: LoadProgress[] = [];
      const tensors = await readCheckpoint(watched(files), {
        wanted: (name) => names.includes(name),
        onProgress: (progress) => seen.push(progress),
      });
      return {
        tensors: Object.fromEntries([...tensors].map(([name, { data }]) => [name, [...data]])),
        last: seen.at(-1),
      };
    };
    const { tensors, last } = await load({ 'model.safetensors': weights }, ['d', 'a', 'c']);
    expect(tensors).toEqual({ a: [1, 2], c: [4], d: [5, 6, 7] });
    expect(asked).toEqual(['model.safetensors 8', `model.safetensors ${header}`, 'model.safetensors 8,16']);
    expect(last).toEqual({ file: 'model.safetensors', loaded: 24, total: 24 });
    const part = await load(sharded, ['c']);
    expect(part.tensors).toEqual({ c: [0, 1] });
    expect(asked.filter((line) => line.startsWith('one'))).toEqual([]);
    expect((await load({ 'model.safetensors': weights }, [])).tensors).toEqual({});
  });

  it('reads what is wanted of hostile files as it reads them whole: with an error, or what they hold', async () => {
    for (const { file, expected } of hostileIndex.filter((one) => one.file.endsWith('.safetensors'))) {
      const folder = inMemory({ 'model.safetensors': hostileFiles.get(file) as Uint8Array });
      const loading = readCheckpoint(folder, { wanted: () => true });
      if (expected === 'error') await expect(loading).rejects.toBeInstanceOf(CheckpointError);
      else expect((await loading).size).toBeGreaterThan(0);
    }
  });

  it('tells the bytes of all shards together, rising to the total', async () => {
    const seen: LoadProgress[] = [];
    await readCheckpoint(inMemory(sharded), { onProgress: (progress) => seen.push(progress) });
    const total = sharded.one.length + sharded.two.length;
    expect(seen.map(({ loaded }) => loaded)).toEqual(
      [...seen.map(({ loaded }) => loaded)].sort((a, b) => a - b),
    );
    expect(seen.at(-1)).toEqual({ file: 'two', loaded: total, total });
    expect(new Set(seen.map((progress) => progress.total))).toEqual(new Set([total]));
  });

  it('stops by a signal, with its reason, before and in the midst of loading', async () => {
    const before = AbortSignal.abort(new Error('no longer wanted'));
    await expect(readCheckpoint(inMemory(sharded), { signal: before })).rejects.toThrow('no longer wanted');
    const controller = new AbortController();
    const loading = readCheckpoint(inMemory(sharded), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(loading).rejects.toThrow('enough');
  });

  it.each([
    ['an index that is not JSON', { 'model.safetensors.index.json': '{' }, /index\.json: not JSON/],
    [
      'an index without a map',
      { 'model.safetensors.index.json': '{}' },
      /weight_map is undefined; expected an object/,
    ],
    ['an index of numbers', { 'model.safetensors.index.json': index({ a: 1 }) }, /weight_map/],
    [
      'a shard that leaves the folder',
      { 'model.safetensors.index.json': index({ a: '../one' }) },
      /file name "\.\.\/one"; expected a name inside the folder/,
    ],
    [
      'a tensor that no shard holds',
      { ...sharded, 'model.safetensors.index.json': index({ a: 'one', b: 'one', c: 'two', d: 'two' }) },
      /the shards lack "d"/,
    ],
    [
      'a tensor in another shard than said',
      { ...sharded, 'model.safetensors.index.json': index({ a: 'one', b: 'two', c: 'two' }) },
      /one: it holds "b", which .* places in two/,
    ],
    [
      'a tensor that the index does not know',
      { ...sharded, 'model.safetensors.index.json': index({ a: 'one', c: 'two' }) },
      /places in no file/,
    ],
    [
      'no weights at all',
      { 'config.json': '{}' },
      /there is no model\.safetensors, no pytorch_model\.bin, and no index/,
    ],
  ])('refuses %s', async (_name, files, message) => {
    const loading = readCheckpoint(inMemory(files as Record<string, string>));
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toBeInstanceOf(CheckpointError);
  });
});

describe('readTensorFlow', () => {
  const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const manifest = (weights: readonly unknown[], paths: unknown = ['w.bin']) =>
    JSON.stringify({ modelTopology: { node: [] }, weightsManifest: [{ paths, weights }] });
  const one = { name: 'w', shape: [2, 2], dtype: 'float32' };
  const read = (model: string, data: Uint8Array = bytes) =>
    readTensorFlow(inMemory({ 'model.json': model, 'w.bin': data }));

  it('gives the weights and the topology', async () => {
    const { weights, topology } = await read(manifest([one]));
    expect([...(weights.get('w') as AnyTensor).data]).toEqual([1, 2, 3, 4]);
    expect(topology).toEqual({ node: [] });
  });

  it('finds shards beside a model file in a folder below', async () => {
    const { weights } = await readTensorFlow(
      inMemory({ 'web/model.json': manifest([one]), 'web/w.bin': bytes }),
      'web/model.json',
    );
    expect([...weights.keys()]).toEqual(['w']);
  });

  it('reads a weight that begins in the middle of a number of another and crosses shards', async () => {
    const model = manifest([{ name: 'm', shape: [1], dtype: 'bool' }, one], ['a.bin', 'b.bin', 'c.bin']);
    const all = new Uint8Array([2, ...bytes]);
    const folder = inMemory({
      'model.json': model,
      'a.bin': all.slice(0, 3),
      'b.bin': all.slice(3, 4),
      'c.bin': all.slice(4),
    });
    const { weights } = await readTensorFlow(folder);
    expect([...(weights.get('m') as AnyTensor).data]).toEqual([1]);
    expect([...(weights.get('w') as AnyTensor).data]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['a model that is not JSON', 'x', /model\.json: not JSON/],
    ['JSON that is no model', '[]', /weightsManifest is undefined.*Is this a TensorFlow\.js model\.json/],
    ['null', 'null', /weightsManifest/],
    [
      'a group without paths',
      JSON.stringify({ weightsManifest: [{ weights: [] }] }),
      /weightsManifest\[0\] lacks paths or weights/,
    ],
    ['a weight without a name', manifest([{ shape: [1], dtype: 'float32' }]), /it has no name/],
    ['a shape beyond all memory', manifest([{ ...one, shape: [2 ** 40, 2 ** 40] }]), /weight "w": shape/],
    [
      'a shape larger than the shards',
      manifest([{ ...one, shape: [2 ** 40] }]),
      /weight "w" needs bytes 0 to 4398046511104 of its shards, which have 16/,
    ],
    [
      'bytes that belong to no weight',
      manifest([{ ...one, shape: [3] }]),
      /need 12 bytes, its shards have 16/,
    ],
    ['a negative extent', manifest([{ ...one, shape: [-4] }]), /expected integers from 0/],
    [
      'text weights',
      manifest([{ ...one, dtype: 'string' }]),
      /dtype "string"; supported are float32, int32, bool and uint8/,
    ],
    [
      'an unknown quantisation',
      manifest([{ ...one, quantization: { dtype: 'uint4' } }]),
      /quantization "uint4"/,
    ],
    [
      'a quantisation without end',
      manifest([{ ...one, quantization: { dtype: 'uint8', scale: null, min: 0 } }]),
      /scale null/,
    ],
    [
      'a name that stands twice',
      manifest([
        { ...one, shape: [2] },
        { ...one, shape: [2] },
      ]),
      /"w" stands twice/,
    ],
    ['a shard that is named twice', manifest([one], ['w.bin', 'w.bin']), /a shard is named twice/],
    [
      'a shard by an address',
      manifest([one], ['https://example.org/w.bin']),
      /expected a name inside the folder/,
    ],
  ])('refuses %s', async (_name, model, message) => {
    await expect(read(model)).rejects.toThrow(message);
    await expect(read(model)).rejects.toBeInstanceOf(CheckpointError);
  });
});
