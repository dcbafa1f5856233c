// A cached folder asks its source once, and loads without it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { tensor } from '../../../src/index.ts';
import {
  baseUrl,
  browserCache,
  cached,
  directoryCache,
  type FileCache,
  readCheckpoint,
  writeSafetensors,
} from '../../../src/io/index.ts';

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(path.join(tmpdir(), 'heed-cache-'));
});
afterAll(() => rm(temporary, { recursive: true }));

/** The browser's Cache API, as far as it is used. */
const fakeCaches = (room = Infinity) => {
  const all = new Map<string, Map<string, Response>>();
  return {
    open: async (name: string) => {
      const kept = all.get(name) ?? new Map<string, Response>();
      all.set(name, kept);
      return {
        match: async (key: string) => kept.get(key)?.clone(),
        put: async (key: string, response: Response) => {
          if (!/^https:\/\//.test(key)) throw new TypeError('no address');
          if (kept.size >= room) throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
          kept.set(key, response);
        },
      };
    },
  };
};

const files: Readonly<Record<string, Uint8Array>> = {
  'config.json': new TextEncoder().encode('{}'),
  'model.safetensors': writeSafetensors(
    new Map([
      ['a', tensor([1, 2])],
      ['b', tensor([3])],
    ]),
  ),
};

/** A server that counts what it is asked and can go away. */
const server = () => {
  const asked: string[] = [];
  const state = { online: true };
  const fetch: typeof globalThis.fetch = async (url, request) => {
    if (!state.online) throw new TypeError('fetch failed');
    const file = String(url).slice('https://example.org/m/'.length);
    asked.push(`${request?.method ?? 'GET'} ${file}`);
    const bytes = files[file];
    if (bytes === undefined) return new Response(null, { status: 404 });
    return new Response(request?.method === 'HEAD' ? null : (bytes as Uint8Array<ArrayBuffer>), {
      headers: { 'content-length': String(bytes.length) },
    });
  };
  return { asked, state, folder: baseUrl('https://example.org/m', { fetch }) };
};

const kinds: readonly (readonly [string, () => Promise<FileCache>])[] = [
  ['a Map', async () => new Map<string, Uint8Array>()],
  ['directoryCache', async () => directoryCache(temporary)],
  [
    'browserCache',
    async () => {
      vi.stubGlobal('caches', fakeCaches());
      return browserCache('models').finally(() => vi.unstubAllGlobals());
    },
  ],
];

describe.each(kinds)('cached, in %s', (_kind, make) => {
  it('reads a file once, and all of it offline, also what was not there', async () => {
    const { asked, state, folder } = server();
    const kept = cached(folder, await make());
    const load = async () => ({
      tensors: [...(await readCheckpoint(kept)).values()].map((one) => one.toArray()),
      text: await kept.text('config.json'),
      there: [await kept.has('vocab.txt'), await kept.has('config.json')],
      size: await kept.size('config.json'),
    });
    const first = await load();
    expect(first).toEqual({ tensors: [[1, 2], [3]], text: '{}', there: [false, true], size: 2 });
    await load();
    expect(asked.filter((line) => line.startsWith('GET')).sort()).toEqual([
      'GET config.json',
      'GET model.safetensors',
    ]);
    state.online = false;
    expect(await load()).toEqual(first);
    await expect(kept.has('never asked')).rejects.toThrow(/no answer/);
    await expect(kept.read('never asked')).rejects.toThrow(/no answer/);
  });

  it('keeps ranges too, and takes ranges from a file that it has whole', async () => {
    const { state, folder } = server();
    const kept = cached(folder, await make());
    await kept.read('model.safetensors', { ranges: [[0, 8]] });
    await kept.read('config.json');
    state.online = false;
    expect((await kept.read('model.safetensors', { ranges: [[0, 8]] })).length).toBe(8);
    expect(new TextDecoder().decode(await kept.read('config.json', { ranges: [[1, 2]] }))).toBe('}');
  });
});

describe('browserCache', () => {
  it('says where it cannot be', async () => {
    vi.stubGlobal('caches', undefined);
    await expect(browserCache('models').finally(() => vi.unstubAllGlobals())).rejects.toThrow(
      /there is no Cache API here.*directoryCache/,
    );
  });

  it('a full store is no error: the file is read and not kept', async () => {
    vi.stubGlobal('caches', fakeCaches(0));
    const cache = await browserCache('models').finally(() => vi.unstubAllGlobals());
    expect(await cached(server().folder, cache).text('config.json')).toBe('{}');
  });
});
