// browserCache: a FileCache over the browser's Cache API.

import { CheckpointError } from '../../checkpointError.ts';
import type { FileCache } from './cached.ts';

/**
 * A lasting cache of the page's origin, by the Cache API; `caches.delete(name)` empties it. Browsers, on pages of a secure origin. A file
 * for which the browser has no more room is not kept, and no error.
 *
 * @example
 * const folder = cached(baseUrl('https://example.org/models/bert/'), await browserCache('models'));
 */
export const browserCache = async (name: string): Promise<FileCache> => {
  if (typeof caches === 'undefined')
    throw new CheckpointError(
      `browserCache: there is no Cache API here. In a browser serve the page from a secure origin (https or localhost); in Node use directoryCache(…).`,
    );
  const cache = await caches.open(name);
  // The Cache API takes no keys but addresses; .invalid is a name that no server can have (RFC 2606).
  const address = (key: string) => `https://cache.invalid/${encodeURIComponent(key)}`;
  return {
    get: async (key) => {
      const response = await cache.match(address(key));
      return response && new Uint8Array(await response.arrayBuffer());
    },
    set: async (key, bytes) => {
      try {
        await cache.put(address(key), new Response(bytes as Uint8Array<ArrayBuffer>));
      } catch (error) {
        if (!(error instanceof Error && error.name === 'QuotaExceededError')) throw error;
      }
    },
  };
};
