// What saveCheckpoint writes, readCheckpoint reads; in one file or in shards.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectClose, forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyTensor, CheckpointError, integers, tensor } from '../../src/index.ts';
import {
  directory,
  inMemory,
  readCheckpoint,
  readSafetensors,
  readSafetensorsMetadata,
  saveCheckpoint,
} from '../../src/io/index.ts';

describe('saveCheckpoint', () => {
  it('what is written is read again, however it is split', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 8 });
    await forAllAsync([sizes, fc.integer({ min: 1, max: 60 })], async (lengths, largestShard) => {
      const tensors = new Map(
        lengths.map((length, i) => [`layers.${i}`, tensor(new Float32Array(length).fill(i), [length])]),
      );
      const folder = inMemory();
      await saveCheckpoint(folder, tensors, { largestShard });
      const back = await readCheckpoint(folder);
      expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
      for (const [name, written] of tensors) expectClose(back.get(name) as AnyTensor, written, { name });
    });
  });

  it('shards are named, indexed and filled as Hugging Face has them, each file marked as transformers asks', async () => {
    const folder = inMemory();
    const tensors = new Map<string, AnyTensor>([
      ['a', tensor([1, 2])],
      ['b', integers([3])],
      ['__proto__', tensor([1, 2, 3, 4])],
      ['d', tensor([5])],
    ]);
    await saveCheckpoint(folder, tensors, { largestShard: 12 });
    const file = (index: number) => `model-0000${index}-of-00003.safetensors`;
    expect(JSON.parse(await folder.text('model.safetensors.index.json'))).toEqual({
      metadata: { total_size: 32 },
      weight_map: JSON.parse(`{"a":"${file(1)}","b":"${file(1)}","__proto__":"${file(2)}","d":"${file(3)}"}`),
    });
    const bytes = await folder.read(file(1));
    expect([...readSafetensors(bytes).keys()]).toEqual(['a', 'b']);
    expect(Object.fromEntries(readSafetensorsMetadata(bytes))).toEqual({ format: 'pt' });
    expect([...(await readCheckpoint(folder)).keys()].sort()).toEqual(['__proto__', 'a', 'b', 'd']);
  });

  it('writes one file and nothing else to a directory, over an older one', async () => {
    const temporary = await mkdtemp(path.join(tmpdir(), 'heed-save-'));
    try {
      const folder = directory(temporary);
      await saveCheckpoint(folder, new Map([['a', tensor([1])]]));
      await saveCheckpoint(folder, new Map([['a', tensor([2])]]), { metadata: { made: 'here' } });
      expect(await readdir(temporary)).toEqual(['model.safetensors']);
      expect((await readCheckpoint(folder)).get('a')?.toArray()).toEqual([2]);
      expect(readSafetensorsMetadata(await folder.read('model.safetensors')).get('made')).toBe('here');
    } finally {
      await rm(temporary, { recursive: true });
    }
  });

  it('refuses shards beside a single file, which would be read in their place', async () => {
    const folder = inMemory();
    const tensors = new Map([
      ['a', tensor([1])],
      ['b', tensor([2])],
    ]);
    await saveCheckpoint(folder, tensors);
    const saving = saveCheckpoint(folder, tensors, { largestShard: 4 });
    await expect(saving).rejects.toThrow(
      /it has a model\.safetensors, which readers take in place of shards/,
    );
    await expect(saving).rejects.toBeInstanceOf(CheckpointError);
  });
});
