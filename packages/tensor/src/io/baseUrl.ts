// Files below a URL, by fetch.

import { CheckpointError } from '../checkpointError.ts';
import { type Folder, folderOf, type ReadOptions } from './folder.ts';

/** Options of `baseUrl`. */
export interface BaseUrlOptions {
  /** Default: the global fetch. Give your own for headers, caching or tests. */
  readonly fetch?: typeof fetch;
}

const lengthOf = ({ headers }: Response): number | undefined => {
  const length = Number(headers.get('content-length'));
  return headers.has('content-length') && !headers.has('content-encoding') && Number.isSafeInteger(length)
    ? length
    : undefined;
};

/** Room to begin with, whatever a server claims: a lie must not cost more. */
const largestFirst = 2 ** 28;

/** All bytes of a body; straight into one array where its length is known. */
const readBody = async (
  body: ReadableStream<Uint8Array>,
  known: number | undefined,
  { onBytes }: ReadOptions,
): Promise<Uint8Array> => {
  let bytes = new Uint8Array(Math.min(known ?? 1 << 16, largestFirst));
  let loaded = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return loaded === bytes.length ? bytes : bytes.slice(0, loaded);
    if (loaded + value.length > bytes.length) {
      const grown = new Uint8Array(
        Math.max(Math.min(2 * bytes.length, known ?? Infinity), loaded + value.length),
      );
      grown.set(bytes.subarray(0, loaded));
      bytes = grown;
    }
    bytes.set(value, loaded);
    loaded += value.length;
    onBytes?.(loaded);
  }
};

/**
 * The files below a URL. A server that answers every path with a page (as single-page apps do) is seen through: a text/html answer is
 * no file.
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
  return folderOf({
    name: url,
    has: async (file) => (await head(file)) !== undefined,
    size: async (file) => {
      const response = await head(file);
      return response === undefined ? undefined : lengthOf(response);
    },
    read: async (file, options) => {
      const response = await ask(file, options.signal === undefined ? {} : { signal: options.signal });
      if (!isFile(response) || response.body === null)
        throw new CheckpointError(
          `${place(file)}: the server answered ${response.status} ${response.statusText}${response.ok ? ' with a page instead of a file' : ''}. Check the address.`,
        );
      const known = lengthOf(response);
      const bytes = await readBody(response.body, known, options).catch((cause: unknown) => {
        options.signal?.throwIfAborted();
        throw new CheckpointError(
          `${place(file)}: broke off (${cause instanceof Error ? cause.message : cause}). Try again.`,
        );
      });
      if (known !== undefined && bytes.length !== known)
        throw new CheckpointError(`${place(file)}: ${bytes.length} of ${known} bytes arrived. Try again.`);
      return bytes;
    },
  });
};
