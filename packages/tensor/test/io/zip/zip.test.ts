// Zip archives: what other programs pack is read, and what is made to deceive is refused.
import { deflateRawSync, crc32 as nodeCrc32 } from 'node:zlib';
import { forAll, forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/index.ts';
import { writeZip, zip } from '../../../src/io/index.ts';
import { crc32 } from '../../../src/io/zip/crc32.ts';
import { type ArchiveEntry, archive } from './archive.ts';

const text = (value: string) => new TextEncoder().encode(value);
const long = text('the same words again and again '.repeat(500));

describe('crc32', () => {
  it("is zlib's, of any bytes", () => {
    forAll([fc.uint8Array({ maxLength: 40 })], (bytes) => {
      expect(crc32(bytes)).toBe(nodeCrc32(bytes));
    });
    expect(crc32(text('123456789'))).toBe(0xcbf43926); // the check value of the standard
  });
});

describe('zip', () => {
  it('reads stored, deflated and empty entries, zip64 fields and ends, behind a comment too', async () => {
    const entries: ArchiveEntry[] = [
      { name: 'stored.bin', content: Uint8Array.of(1, 2, 3) },
      { name: 'sub/deflated.txt', content: long, deflated: true },
      { name: 'empty', content: new Uint8Array() },
      { name: 'empty-deflated', content: new Uint8Array(), deflated: true },
      { name: 'größe.txt', content: text('ß'), wide: true },
      { name: 'sub/wide.txt', content: long, deflated: true, wide: true },
      { name: 'folder/', content: new Uint8Array() },
    ];
    for (const options of [
      {},
      { wide: true },
      { comment: 'packed by hand' },
      { wide: true, comment: 'PK\x05\x06' },
    ]) {
      const folder = zip(archive(entries, options));
      for (const { name, content } of entries.slice(0, -1)) {
        expect(await folder.size(name)).toBe(content.length);
        expect(Buffer.from(await folder.read(name)).equals(Buffer.from(content))).toBe(true);
      }
      expect(await folder.has('folder')).toBe(false);
    }
  });

  it('leaves out one folder around all files, and only that', async () => {
    const around = zip(archive(['m/a', 'm/b/c'].map((name) => ({ name, content: text(name) }))));
    expect([await around.has('a'), await around.has('b/c'), await around.has('m/a')]).toEqual([
      true,
      true,
      false,
    ]);
    const beside = zip(archive(['m/a', 'b'].map((name) => ({ name, content: text(name) }))));
    expect(await beside.has('m/a')).toBe(true);
  });

  it('a stored entry is a view on the archive, not a copy', async () => {
    const bytes = archive([{ name: 'a', content: long }]);
    expect((await zip(bytes).read('a')).buffer).toBe(bytes.buffer);
  });

  it('what writeZip packs is what is read', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'ü', 'x.bin'), minLength: 1, maxLength: 4 });
    await forAllAsync(
      [
        fc.dictionary(
          fc.tuple(name, name).map((parts) => parts.join('/')),
          fc.uint8Array({ maxLength: 30 }),
          { maxKeys: 5 },
        ),
      ],
      async (files) => {
        const all = new Map(Object.entries({ ...files, other: Uint8Array.of(1) }));
        const folder = zip(writeZip(all));
        for (const [file, content] of all) {
          const read = await folder.read(Object.keys(files).length === 0 ? 'other' : file);
          expect([...read]).toEqual([...content]);
        }
      },
    );
    expect(() => zip(writeZip(new Map()))).not.toThrow();
  });

  const one = (entry: Partial<ArchiveEntry>) => archive([{ name: 'a', content: long, ...entry }]);
  it.each([
    [
      'no archive',
      text('no archive at all, but long enough to be one'),
      /no directory at its end\. It is no zip/,
    ],
    ['nothing', new Uint8Array(), /no directory at its end/],
    ['an archive that is cut off', one({}).subarray(0, 100), /no directory at its end/],
    [
      'an archive whose beginning is missing',
      one({}).subarray(40),
      /would be at bytes|is not at byte|no header at byte/,
    ],
    ['an encrypted entry', one({ flags: 1 }), /entry "a" is encrypted/],
    ['another method', one({ method: 12 }), /entry "a" is packed by method 12; supported are 0 .* and 8/],
    ['a stored entry of another size', one({ size: 5 }), /is stored as 15500 bytes and announced as 5/],
    ['an entry elsewhere', one({ start: 1 }), /no header at byte 1, where the directory points/],
    ['an entry beyond the end', one({ start: 2 ** 31 }), /its header would be at bytes 2147483648/],
    [
      'an entry beyond 2^53',
      one({ start: 2 ** 60, wide: true }),
      /its header would be at bytes 1152921504606847000/,
    ],
    [
      'a size beyond the limit',
      one({ deflated: true, size: 2 ** 31 }),
      /it unpacks to 2147483648 bytes; the limit is 67108864/,
    ],
    [
      'a size beyond all memory',
      one({ deflated: true, size: 2 ** 60, wide: true }),
      /it unpacks to 1152921504606847000 bytes/,
    ],
    [
      'a name that stands twice',
      archive([
        { name: 'a', content: long },
        { name: 'a', content: long },
      ]),
      /entry "a" is there twice/,
    ],
    ...['../a', '/a', 'a/../../b', 'C:\\a', 'a\\b', 'a//b', './a'].map(
      (name) => [`the name ${name}`, one({ name }), /expected names inside the archive/] as const,
    ),
    ['a folder with content', one({ name: 'a/' }), /is a folder with content/],
  ] as const)('refuses %s', (_what, bytes, message) => {
    expect(() => zip(bytes, { name: 'x.zip' })).toThrow(message);
    expect(() => zip(bytes, { name: 'x.zip' })).toThrow(/^x\.zip: /);
    expect(() => zip(bytes)).toThrow(CheckpointError);
  });

  it('refuses entries that share bytes', () => {
    const content = new Uint8Array(1000);
    const sharing = archive([
      { name: 'a', content },
      ...['b', 'c', 'd'].map((name) => ({ name, content: new Uint8Array(), start: 0 })),
    ]);
    // The three empty entries are told to be as long as the first, whose bytes they then share.
    const view = new DataView(sharing.buffer, sharing.byteOffset);
    for (let at = 0; at + 46 < sharing.length; at++)
      if (view.getUint32(at, true) === 0x02014b50)
        for (const field of [20, 24]) view.setUint32(at + field, 1000, true);
    expect(() => zip(sharing)).toThrow(/its entries share bytes/);
  });

  it('an entry whose content is not what was announced is an error when it is read', async () => {
    const read = (entry: Partial<ArchiveEntry>) => zip(one(entry), { name: 'x.zip' }).read('a');
    await expect(read({ crc: 1 })).rejects.toThrow(/^x\.zip\/a: its checksum differs/);
    await expect(read({ deflated: true, crc: 1 })).rejects.toThrow(/its checksum differs/);
    await expect(read({ deflated: true, size: 100 })).rejects.toThrow(
      /it unpacks to more than the 100 bytes/,
    );
    await expect(read({ deflated: true, size: 20_000 })).rejects.toThrow(
      /it unpacks to 15500 bytes; the archive announces 20000/,
    );
    await expect(read({ method: 8 })).rejects.toThrow(/its compressed bytes are damaged/);
    await expect(
      read({ method: 8, content: deflateRawSync(long).subarray(0, 40), size: 15_500 }),
    ).rejects.toThrow(/its compressed bytes are damaged after \d+ bytes/);
  });

  it('a bomb is stopped at its announced size, and one that announces its size by the limit', async () => {
    const bomb = deflateRawSync(new Uint8Array(2 ** 27));
    const small = zip(archive([{ name: 'a', content: bomb, method: 8, size: 1000 }]));
    await expect(small.read('a')).rejects.toThrow(/more than the 1000 bytes/);
    const honest = archive([{ name: 'a', content: bomb, method: 8, size: 2 ** 27, crc: 0 }]);
    expect(() => zip(honest)).toThrow(/If you trust it, set limit/);
    expect(await zip(honest, { limit: 2 ** 27 }).size('a')).toBe(2 ** 27);
  });

  it('any damage gives a CheckpointError or the right content, nothing else', async () => {
    const good = archive(
      [
        { name: 'a', content: long, deflated: true },
        { name: 'b', content: Uint8Array.of(1, 2, 3) },
        { name: 'c', content: long.subarray(0, 99), wide: true },
      ],
      { wide: true },
    );
    const contents = new Set(
      [long, Uint8Array.of(1, 2, 3), long.subarray(0, 99)].map((bytes) => Buffer.from(bytes).toString('hex')),
    );
    await forAllAsync(
      [
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        fc.option(fc.nat(good.length)),
      ],
      async (changes, cut) => {
        const bytes = good.slice(0, cut ?? good.length);
        for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
        try {
          const folder = zip(bytes);
          for (const name of ['a', 'b', 'c'])
            if (await folder.has(name))
              expect(contents.has(Buffer.from(await folder.read(name)).toString('hex'))).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(CheckpointError);
        }
      },
      { runs: 300 },
    );
  });
});
