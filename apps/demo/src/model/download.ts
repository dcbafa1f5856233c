// All files of a folder on the web, with one progress for the whole, kept in the browser's cache. Its list, files.json, names them and
// their sizes; a cached file of another size is fetched again.

import type { OpenEvent } from '../protocol.ts';

/** How to download. */
export interface DownloadOptions {
  readonly signal: AbortSignal;
  tell(event: OpenEvent): void;
  /** A file that is fetched before all others, and handed over at once. */
  readonly first: string;
  onFirst(bytes: Uint8Array): void;
}

interface Listed {
  readonly name: string;
  readonly bytes: number;
}

const cacheName = 'heed-weights-1';
/** Files under way at once. */
const parallel = 3;

const openCache = async (): Promise<Cache | undefined> => {
  try {
    return await globalThis.caches?.open(cacheName);
  } catch {
    return undefined; // private windows may refuse; then every visit downloads
  }
};

const fetched = async (url: string, signal: AbortSignal): Promise<Response> => {
  const response = await fetch(url, { signal });
  if (!response.ok)
    throw new Error(
      `${url}: the server answered ${response.status}. Is the model's folder where the page expects it?`,
    );
  return response;
};

const bodyOf = async (
  response: Response,
  { name, bytes }: Listed,
  onBytes: (count: number) => void,
): Promise<Uint8Array> => {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const reader = response.body?.getReader(); reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > bytes)
      throw new Error(`${name}: longer than the ${bytes} bytes that files.json promises.`);
    whole.set(value, at);
    at += value.length;
    onBytes(value.length);
  }
  if (at < bytes)
    throw new Error(`${name}: ${at} bytes of ${bytes} arrived. Check the connection and load again.`);
  return whole;
};

const keep = async (cache: Cache | undefined, url: string, bytes: Uint8Array): Promise<void> => {
  try {
    await cache?.put(
      url,
      new Response(bytes.slice().buffer, { headers: { 'Content-Length': String(bytes.length) } }),
    );
  } catch {
    // No room: the model works all the same, the next visit downloads again.
  }
};

/** Downloads a folder, or takes it from the cache. */
export const download = async (
  base: string,
  { signal, tell, first, onFirst }: DownloadOptions,
): Promise<{ files: Map<string, Uint8Array>; cached: boolean }> => {
  const cache = await openCache();
  const list = (await listOf(base, cache, signal)).toSorted(
    (a, b) => Number(b.name === first) - Number(a.name === first) || a.bytes - b.bytes,
  );
  const total = list.reduce((sum, { bytes }) => sum + bytes, 0);
  const files = new Map<string, Uint8Array>();
  let loaded = 0;
  let cached = true;
  const progress = (count: number): void => {
    loaded += count;
    tell({ kind: 'progress', loaded, total, cached });
  };
  const take = async (file: Listed): Promise<Uint8Array> => {
    const url = new URL(file.name, base).href;
    const kept = await cache?.match(url);
    if (kept !== undefined) {
      const bytes = new Uint8Array(await kept.arrayBuffer());
      if (bytes.length === file.bytes) {
        progress(bytes.length);
        return bytes;
      }
    }
    cached = false;
    const bytes = await bodyOf(await fetched(url, signal), file, progress);
    await keep(cache, url, bytes);
    return bytes;
  };
  const [head, ...rest] = list;
  if (head !== undefined) {
    const bytes = await take(head);
    files.set(head.name, bytes);
    if (head.name === first) onFirst(bytes);
  }
  const queue = rest.values();
  const lane = async (): Promise<void> => {
    for (const file of queue) files.set(file.name, await take(file));
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return { files, cached };
};

/** The list of files; the cached one where the server cannot be reached. */
const listOf = async (base: string, cache: Cache | undefined, signal: AbortSignal): Promise<Listed[]> => {
  const url = new URL('files.json', base).href;
  try {
    const response = await fetched(url, signal);
    const text = await response.text();
    await cache?.put(url, new Response(text));
    return JSON.parse(text) as Listed[];
  } catch (reason) {
    const kept = await cache?.match(url);
    if (kept === undefined || signal.aborted) throw reason;
    return (await kept.json()) as Listed[];
  }
};
