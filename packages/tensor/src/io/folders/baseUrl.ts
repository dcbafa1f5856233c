// Files below a URL, by fetch.

import { CheckpointError } from '../../checkpointError.ts';
import { type Folder, folderOf, type ReadOptions } from './folder.ts';
import { type ByteRange, lengthOfRanges, roomFor, tooShort } from './ranges.ts';

/** Options of `baseUrl`. */
export interface BaseUrlOptions {
  /** Default: the global fetch. Give your own for headers or tests. */
  readonly fetch?: typeof fetch;
}

const lengthOf = ({ headers }: Response): number | undefined => {
  const length = Number(headers.get('content-length'));
  return headers.has('content-length') && !headers.has('content-encoding') && Number.isSafeInteger(length)
    ? length
    : undefined;
};

/** Room that a server's claim of length gets at once; what it claims beyond gets room when as much as this has arrived. */
const largestFirst = 2 ** 28;

/** All bytes of a body; straight into one array where its length is known. */
const readBody = async (
  place: string,
  body: ReadableStream<Uint8Array>,
  { known, onBytes }: { readonly known: number | undefined; readonly onBytes: ReadOptions['onBytes'] },
): Promise<Uint8Array> => {
  let bytes = new Uint8Array(Math.min(known ?? 1 << 16, largestFirst));
  let loaded = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return loaded === bytes.length ? bytes : bytes.slice(0, loaded);
    if (loaded + value.length > bytes.length) {
      const grown = roomFor(place, Math.max(known ?? 2 * bytes.length, loaded + value.length));
      grown.set(bytes.subarray(0, loaded));
      bytes = grown;
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onBytes?.(loaded);
  }
};

/** Copies those bytes of a body that lie in the ranges; the body begins at byte `from` of the file. Gives how far the body went. */
const copyRanges = async (
  body: ReadableStream<Uint8Array>,
  from: number,
  { ranges, into, onBytes }: { ranges: readonly ByteRange[]; into: Uint8Array; onBytes: (n: number) => void },
): Promise<number> => {
  const last = ranges.at(-1)?.[1] ?? 0;
  const reader = body.getReader();
  let at = from;
  while (at < last) {
    const { done, value } = await reader.read();
    if (done) return at;
    let to = 0;
    for (const [begin, end] of ranges) {
      const first = Math.max(begin, at);
      const stop = Math.min(end, at + value.length);
      if (first < stop) {
        into.set(value.subarray(first - at, stop - at), to + first - begin);
        onBytes(stop - first);
      }
      to += end - begin;
    }
    at += value.length;
  }
  await reader.cancel(); // what follows is not wanted
  return at;
};

/** Requests under way at once: what browsers allow one server, less some for others. */
const requestsAtOnce = 4;

/** The ranges of one read and where they go. */
interface RangePlan {
  readonly ranges: readonly ByteRange[];
  readonly bytes: Uint8Array;
  readonly options: ReadOptions;
  readonly onBytes: (count: number) => void;
}

/**
 * The files below a URL. A server that answers every path with a page (as single-page apps do) is seen through: a text/html answer is
 * no file. Parts of files are asked for by range requests; where a server gives the whole file instead, it is read once and the parts
 * are picked out of it.
 *
 * @example
 * const folder = baseUrl('https://example.org/models/all-MiniLM-L6-v2/');
 */
export const baseUrl = (
  url: string,
  { fetch: fetchFile = globalThis.fetch }: BaseUrlOptions = {},
): Folder => {
  const base = url.endsWith('/') ? url : `${url}/`;
  const place = (file: string) => base + file.split('/').map(encodeURIComponent).join('/');
  const isFile = (response: Response) =>
    response.ok && !(response.headers.get('content-type') ?? '').startsWith('text/html');

  const ask = async (file: string, request: RequestInit): Promise<Response> => {
    try {
      return await fetchFile(place(file), request);
    } catch (cause) {
      request.signal?.throwIfAborted();
      throw new CheckpointError(
        `${place(file)}: no answer (${cause instanceof Error ? cause.message : cause}). Is the server there, and may this page read from it?`,
      );
    }
  };
  const head = async (file: string): Promise<Response | undefined> => {
    const response = await ask(file, { method: 'HEAD' });
    return isFile(response) ? response : undefined;
  };
  const get = async (file: string, { signal }: ReadOptions, headers: Record<string, string> = {}) => {
    const response = await ask(file, { headers, ...(signal && { signal }) });
    if (!isFile(response) || response.body === null)
      throw new CheckpointError(
        `${place(file)}: the server answered ${response.status} ${response.statusText}${response.ok ? ' with a page instead of a file' : ''}. Check the address.`,
      );
    return { response, body: response.body };
  };
  const brokeOff =
    (file: string, { signal }: ReadOptions) =>
    (cause: unknown) => {
      signal?.throwIfAborted();
      throw new CheckpointError(
        `${place(file)}: broke off (${cause instanceof Error ? cause.message : cause}). Try again.`,
      );
    };

  const readWhole = async (file: string, options: ReadOptions): Promise<Uint8Array> => {
    const { response, body } = await get(file, options);
    const known = lengthOf(response);
    const bytes = await readBody(place(file), body, { known, onBytes: options.onBytes }).catch(
      brokeOff(file, options),
    );
    if (known !== undefined && bytes.length !== known)
      throw new CheckpointError(`${place(file)}: ${bytes.length} of ${known} bytes arrived. Try again.`);
    return bytes;
  };

  /** Reads one range, or, where the server gives the whole file instead, all of them; tells which. */
  const readRange = async (file: string, at: number, plan: RangePlan): Promise<'one' | 'all'> => {
    const { ranges, bytes, options, onBytes } = plan;
    const [begin, end] = ranges[at] as ByteRange; // at < ranges.length
    const { response, body } = await get(file, options, { range: `bytes=${begin}-${end - 1}` });
    const partial = response.status === 206;
    const [, from = String(begin)] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? []; // other origins may hide it
    if (partial && Number(from) !== begin)
      throw new CheckpointError(
        `${place(file)}: asked for bytes from ${begin}, the server gave bytes from ${from}. Try again, or take the whole file.`,
      );
    const wanted = partial ? [[begin, end] as const] : ranges;
    const into = partial ? bytes.subarray(lengthOfRanges(ranges.slice(0, at))) : bytes;
    const last = wanted.at(-1)?.[1] ?? 0;
    const reached = await copyRanges(body, partial ? begin : 0, { ranges: wanted, into, onBytes }).catch(
      brokeOff(file, options),
    );
    if (reached < last) throw tooShort(place(file), last, reached);
    return partial ? 'one' : 'all';
  };

  const readRanges = async (
    file: string,
    given: readonly ByteRange[],
    options: ReadOptions,
  ): Promise<Uint8Array> => {
    const ranges = given.filter(([begin, end]) => begin < end);
    const bytes = roomFor(place(file), lengthOfRanges(ranges));
    let loaded = 0;
    const onBytes = (count: number) => {
      loaded += count;
      options.onBytes?.(loaded);
    };
    const plan = { ranges, bytes, options, onBytes };
    // The first range alone tells whether the server gives parts.
    if (ranges.length === 0 || (await readRange(file, 0, plan)) === 'all') return bytes;
    let next = 1;
    const readRest = async (): Promise<void> => {
      while (next < ranges.length)
        if ((await readRange(file, next++, plan)) === 'all')
          throw new CheckpointError(
            `${place(file)}: the server gave a part of it and then refused another. Try again.`,
          );
    };
    const results = await Promise.allSettled(Array.from({ length: requestsAtOnce }, readRest));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    return bytes;
  };

  return folderOf({
    name: url,
    has: async (file) => (await head(file)) !== undefined,
    size: async (file) => {
      const response = await head(file);
      return response === undefined ? undefined : lengthOf(response);
    },
    read: (file, options) =>
      options.ranges === undefined ? readWhole(file, options) : readRanges(file, options.ranges, options),
  });
};
