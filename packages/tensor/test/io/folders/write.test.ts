// What is written to a folder is there whole, or not at all.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/index.ts';
import {
  baseUrl,
  directory,
  directoryHandle,
  type Folder,
  fromFiles,
  inMemory,
} from '../../../src/io/index.ts';
import { fakeDirectory } from './fakeDirectory.ts';

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'heed-write-'));
});
afterAll(() => rm(temporary, { recursive: true }));

const kinds: readonly (readonly [string, () => Folder])[] = [
  ['inMemory', () => inMemory()],
  ['directory', () => directory(temporary)],
  ['directoryHandle', () => directoryHandle(fakeDirectory('', new Map()))],
];

describe.each(kinds)('%s', (_kind, make) => {
  it('gives back what was written, in as many parts as it came, and the last of two', async () => {
    const part = fc.uint8Array({ maxLength: 12 });
    await forAllAsync(
      [fc.array(part, { maxLength: 4 }), part],
      async (parts, later) => {
        const folder = make();
        await folder.write('new/file.bin', parts);
        expect([...(await folder.read('new/file.bin'))]).toEqual(parts.flatMap((bytes) => [...bytes]));
        await folder.write('new/file.bin', later);
        expect([...(await folder.read('new/file.bin'))]).toEqual([...later]);
      },
      { runs: 20 },
    );
    const folder = make();
    await folder.write('text.txt', 'größer');
    expect(await folder.text('text.txt')).toBe('größer');
  });

  it('keeps its own copy', async () => {
    const folder = make();
    const bytes = Buffer.from([1, 2, 3]);
    await folder.write('a', bytes);
    bytes[0] = 9;
    expect([...(await folder.read('a'))]).toEqual([1, 2, 3]);
  });

  it('refuses a name that leaves it', async () => {
    await expect(make().write('../a', 'b')).rejects.toThrow(/expected a name inside the folder/);
  });
});

describe('a write that fails', () => {
  it('leaves the old file of a directory, and nothing else', async () => {
    const folder = directory(path.join(temporary, 'whole'));
    await folder.write('a.bin', Uint8Array.of(1, 2));
    const broken = [Uint8Array.of(3), undefined as unknown as Uint8Array];
    await expect(folder.write('a.bin', broken)).rejects.toThrow();
    expect([...(await folder.read('a.bin'))]).toEqual([1, 2]);
    expect(await readdir(path.join(temporary, 'whole'))).toEqual(['a.bin']);
  });

  it('leaves the old file of a handle', async () => {
    const folder = directoryHandle(fakeDirectory('picked', new Map()));
    await folder.write('a', 'old');
    await expect(folder.write('a', new Uint8Array(13))).rejects.toThrow('QuotaExceededError');
    expect(await folder.text('a')).toBe('old');
  });

  it('is refused by what can only be read', async () => {
    for (const folder of [baseUrl('https://example.org/m'), fromFiles([])]) {
      await expect(folder.write('a', 'b')).rejects.toThrow(
        /a: this folder can only be read\. Write to directory/,
      );
      await expect(folder.write('a', 'b')).rejects.toBeInstanceOf(CheckpointError);
    }
  });
});
