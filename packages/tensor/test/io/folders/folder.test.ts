// Folders of every kind keep one contract; and what is special to each.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckpointError } from '../../../src/index.ts';
import {
  baseUrl,
  cached,
  directory,
  directoryHandle,
  type Folder,
  fromFiles,
  inMemory,
  writeZip,
  zip,
} from '../../../src/io/index.ts';
import { fakeDirectory } from './fakeDirectory.ts';

const content = new Map<string, Uint8Array>([
  ['config.json', new TextEncoder().encode('\ufeff{"text":"größer"}')],
  ['sub/weights.bin', Uint8Array.from({ length: 10_000 }, (_, i) => i)],
  ['empty', new Uint8Array()],
  ['latin1.txt', Uint8Array.of(0x67, 0x72, 0xf6)],
]);

let temporary: string;
let address: string;
/** The ranges that were asked for. */
const requests: string[] = [];
const server = createServer((request, response) => {
  const place = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname.slice(1));
  const name = place.replace(/^ranged\//, ''); // below it, parts of files are given
  const [, begin, end] = /^bytes=(\d+)-(\d+)$/.exec((name !== place && request.headers.range) || '') ?? [];
  const bytes = content.get(name);
  if (name === 'page') response.setHeader('content-type', 'text/html; charset=utf-8').end('<html>');
  else if (name === 'broken')
    response.writeHead(200, { 'content-length': 100 }).end('short', () => request.socket.destroy());
  else if (name === 'slow') response.writeHead(200, { 'content-length': 100 }).write('begin');
  else if (bytes === undefined) response.writeHead(404).end('no');
  else if (begin !== undefined && Number(begin) >= bytes.length) response.writeHead(416).end();
  else if (begin !== undefined) {
    requests.push(`${begin}-${end}`);
    response.writeHead(206).end(bytes.subarray(Number(begin), Number(end) + 1));
  } else
    response
      .writeHead(200, { 'content-length': bytes.length })
      .end(request.method === 'HEAD' ? undefined : bytes);
});

beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'heed-folder-'));
  await mkdir(path.join(temporary, 'sub'));
  for (const [name, bytes] of content) await writeFile(path.join(temporary, name), bytes);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = server.address();
  if (place === null || typeof place === 'string') throw new Error('no port');
  address = `http://127.0.0.1:${place.port}`;
});
afterAll(async () => {
  await rm(temporary, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Files as a browser's input gives them. */
const chosen = (): (File & { readonly webkitRelativePath: string })[] =>
  [...content].map(([name, bytes]) =>
    Object.defineProperty(
      new File([bytes as Uint8Array<ArrayBuffer>], path.basename(name)),
      'webkitRelativePath',
      {
        value: `chosen/${name}`,
      },
    ),
  );

const kinds: readonly (readonly [string, () => Folder])[] = [
  ['inMemory', () => inMemory(content)],
  ['directory', () => directory(temporary)],
  ['baseUrl of whole files', () => baseUrl(address)],
  ['baseUrl of parts', () => baseUrl(`${address}/ranged`)],
  ['fromFiles', () => fromFiles(chosen())],
  ['directoryHandle', () => directoryHandle(fakeDirectory('picked', content))],
  ['zip', () => zip(writeZip(content), { name: 'models.zip' })],
  ['cached', () => cached(inMemory(content), new Map())],
];

describe.each(kinds)('%s', (_kind, make) => {
  it('gives the bytes of a file, its size, and whether it is there', async () => {
    const folder = make();
    for (const [name, bytes] of content) {
      expect(await folder.has(name)).toBe(true);
      expect(await folder.size(name)).toBe(bytes.length);
      expect(Buffer.from(await folder.read(name)).equals(Buffer.from(bytes))).toBe(true);
    }
    expect(await folder.has('sub')).toBe(false);
    expect(await folder.has('absent')).toBe(false);
    expect(await folder.size('absent')).toBeUndefined();
  });

  it('gives text without its byte order mark, and refuses what is not UTF-8', async () => {
    expect(JSON.parse(await make().text('config.json'))).toEqual({ text: 'größer' });
    await expect(make().text('latin1.txt')).rejects.toThrow(/latin1\.txt: not UTF-8 text/);
  });

  it('a missing file is a CheckpointError that names folder and file', async () => {
    const folder = make();
    const reading = folder.read('absent.bin');
    await expect(reading).rejects.toBeInstanceOf(CheckpointError);
    await expect(reading).rejects.toThrow(/absent\.bin/);
    await expect(folder.read('absent.bin')).rejects.toThrow(folder.name);
  });

  it.each([
    '..',
    '../config.json',
    'sub/../config.json',
    '/etc/passwd',
    'sub//weights.bin',
    './config.json',
    'C:\\config.json',
    'sub\\weights.bin',
    'a\0b',
    '',
    'sub/',
  ])('refuses the name %j in every question', async (name) => {
    const folder = make();
    for (const question of [
      () => folder.has(name),
      () => folder.size(name),
      () => folder.read(name),
      () => folder.text(name),
    ])
      await expect(question()).rejects.toThrow(/expected a name inside the folder/);
  });

  it('gives only the wanted ranges, one behind the other', async () => {
    const folder = make();
    const seen: number[] = [];
    const ranges = [
      [0, 3],
      [3, 3],
      [10, 20],
      [9_990, 10_000],
    ] as const;
    const read = await folder.read('sub/weights.bin', { ranges, onBytes: (loaded) => seen.push(loaded) });
    const whole = content.get('sub/weights.bin') as Uint8Array;
    expect([...read]).toEqual(ranges.flatMap(([begin, end]) => [...whole.subarray(begin, end)]));
    expect(seen.at(-1)).toBe(23);
    expect((await folder.read('sub/weights.bin', { ranges: [] })).length).toBe(0);
    expect([...(await folder.read('sub/weights.bin', { ranges: [[5, 7]] }))]).toEqual([5, 6]);
  });

  it('refuses ranges that go past the end, overlap, run backwards or are no numbers', async () => {
    const folder = make();
    await expect(folder.read('sub/weights.bin', { ranges: [[9_999, 10_001]] })).rejects.toThrow(
      /sub\/weights\.bin: (bytes up to 10001 are wanted, it has 10000|the server answered 416)/,
    );
    const wrong = [
      [[3, 2]],
      [
        [0, 4],
        [3, 5],
      ],
      [[-1, 2]],
      [[0, 0.5]],
      [[0, Number.NaN]],
    ] as const;
    for (const ranges of wrong)
      await expect(folder.read('sub/weights.bin', { ranges })).rejects.toThrow(
        /expected ranges of whole numbers/,
      );
  });

  it('tells how many bytes have arrived, the last time all of them', async () => {
    const seen: number[] = [];
    await make().read('sub/weights.bin', { onBytes: (loaded) => seen.push(loaded) });
    expect(seen.at(-1)).toBe(10_000);
    expect(seen.every((loaded, i) => i === 0 || loaded >= (seen[i - 1] as number))).toBe(true);
  });

  it('an aborted signal rejects with its reason', async () => {
    await expect(
      make().read('sub/weights.bin', { signal: AbortSignal.abort(new Error('stopped')) }),
    ).rejects.toThrow('stopped');
  });
});

describe('baseUrl', () => {
  it('tells the status of an answer that is no file', async () => {
    await expect(baseUrl(address).read('absent')).rejects.toThrow(/\/absent: the server answered 404/);
  });

  it('takes a page in place of a file for no file', async () => {
    expect(await baseUrl(address).has('page')).toBe(false);
    await expect(baseUrl(address).read('page')).rejects.toThrow(/200 .*with a page instead of a file/);
  });

  it('an answer that breaks off is an error that names the file', async () => {
    await expect(baseUrl(address).read('broken')).rejects.toThrow(
      /\/broken: broke off|\/broken: 5 of 100 bytes arrived/,
    );
  });

  it('a server that is not there is an error that names the address', async () => {
    const folder = baseUrl('http://127.0.0.1:1/models');
    for (const question of [folder.has('a'), folder.read('a')])
      await expect(question).rejects.toThrow(/127\.0\.0\.1:1\/models\/a: no answer/);
  });

  it('a server that gives parts and then whole files is an error, not wrong bytes', async () => {
    let asked = 0;
    const fetch: typeof globalThis.fetch = async () =>
      new Response('abcdefgh', { status: asked++ === 0 ? 206 : 200 });
    const reading = baseUrl('https://example.org', { fetch }).read('x', {
      ranges: [
        [0, 8],
        [9, 10],
      ],
    });
    await expect(reading).rejects.toThrow(/gave a part of it and then refused another|it has 8/);
  });

  it('a server that gives other bytes than were asked for is an error', async () => {
    const headers = { 'content-range': 'bytes 0-3/8' };
    const fetch: typeof globalThis.fetch = async () => new Response('abcd', { status: 206, headers });
    const folder = baseUrl('https://example.org', { fetch });
    await expect(folder.read('x', { ranges: [[4, 8]] })).rejects.toThrow(
      /asked for bytes from 4, the server gave bytes from 0/,
    );
    expect((await folder.read('x', { ranges: [[0, 4]] })).length).toBe(4);
  });

  it('asks for the wanted ranges alone where the server gives parts', async () => {
    requests.length = 0;
    await baseUrl(`${address}/ranged`).read('sub/weights.bin', {
      ranges: [
        [0, 8],
        [100, 100],
        [200, 300],
        [400, 401],
      ],
    });
    expect(requests).toEqual(['0-7', '200-299', '400-400']);
  });

  it('stops in the midst of a file', async () => {
    const controller = new AbortController();
    const reading = baseUrl(address).read('slow', {
      signal: controller.signal,
      onBytes: () => controller.abort(new Error('too slow')),
    });
    await expect(reading).rejects.toThrow('too slow');
  });

  it('asks with the given fetch, below the address with or without a slash, names escaped', async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      asked.push(String(url));
      return new Response('x');
    };
    await baseUrl('https://example.org/m', { fetch }).read('sub/a b#c?.json');
    await baseUrl('https://example.org/m/', { fetch }).read('x');
    expect(asked).toEqual(['https://example.org/m/sub/a%20b%23c%3F.json', 'https://example.org/m/x']);
  });

  it('reads a body of unknown length, and one that claims far too much, within bounds', async () => {
    const body = () =>
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < 50; i++) controller.enqueue(new Uint8Array(5000).fill(i));
          controller.close();
        },
      });
    const unknown = await baseUrl('https://example.org', { fetch: async () => new Response(body()) }).read(
      'x',
    );
    expect([unknown.length, unknown[249_999]]).toEqual([250_000, 49]);
    const lying = baseUrl('https://example.org', {
      fetch: async () => new Response(body(), { headers: { 'content-length': String(2 ** 50) } }),
    });
    await expect(lying.read('x')).rejects.toThrow(/250000 of 1125899906842624 bytes arrived/);
  });
});

describe('fromFiles', () => {
  it('takes single files by their names', async () => {
    const files = [...content].map(
      ([name, bytes]) => new File([bytes as Uint8Array<ArrayBuffer>], path.basename(name)),
    );
    expect(await fromFiles(files).has('weights.bin')).toBe(true);
    expect(fromFiles(chosen()).name).toBe('chosen');
  });
});

describe('inMemory', () => {
  it('takes an object or a map, texts or bytes', async () => {
    expect(await inMemory({ 'a.txt': 'ä', 'b.bin': Uint8Array.of(1) }).text('a.txt')).toBe('ä');
    expect(await inMemory({ 'a.txt': 'ä' }).size('a.txt')).toBe(2);
    expect(await inMemory({}).has('constructor')).toBe(false);
  });
});
