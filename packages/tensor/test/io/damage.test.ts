// Damage to what ties several files together, an index or a manifest, and to the files that it names: a CheckpointError or tensors of the
// right sizes, nothing else. The formats of one file have theirs beside them.
import path from 'node:path';
import { forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, CheckpointError } from '../../src/index.ts';
import { type Folder, inMemory, readCheckpoint, readTensorFlow, writeZip, zip } from '../../src/io/index.ts';
import { below, files } from './goldenFiles.ts';

type Read = (folder: Folder) => Promise<ReadonlyMap<string, AnyTensor>>;

const folders: readonly (readonly [string, Read])[] = [
  ['files/safetensors/sharded', readCheckpoint],
  [
    'files/safetensors/sharded',
    (folder) => readCheckpoint(folder, { wanted: (name) => name.endsWith('weight') }),
  ],
  ...['one_shard', 'shards', 'quantised', 'groups'].map((name): readonly [string, Read] => [
    path.posix.join('files/tfjs', name),
    async (folder) => (await readTensorFlow(folder)).weights,
  ]),
];

const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), {
  minLength: 1,
  maxLength: 3,
});

describe.each(folders)('%s', (place, read) => {
  const good = below(files, place);

  it.each([
    ['a file is damaged', (all: Map<string, Uint8Array>) => inMemory(all)],
    ['a file in an archive is damaged', (all: Map<string, Uint8Array>) => zip(writeZip(all))],
  ])('%s', async (_what, make) => {
    await forAllAsync(
      [fc.constantFrom(...good.keys()), changes, fc.option(fc.double({ min: 0, max: 1, noNaN: true }))],
      async (name, changed, cut) => {
        const whole = good.get(name) as Uint8Array;
        const bytes = whole.slice(0, cut === null ? whole.length : Math.floor(cut * whole.length));
        for (const [at, value] of changed) bytes[Math.floor(at * whole.length)] = value;
        try {
          for (const tensor of (await read(make(new Map(good).set(name, bytes)))).values())
            if (tensor.filled) expect(tensor.data.length).toBe(tensor.size);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 150 },
    );
  });
});
