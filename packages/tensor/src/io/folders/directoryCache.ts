// directoryCache: a FileCache in a directory. Node only.

import type { FileCache } from './cached.ts';
import { directory } from './directory.ts';

/** A name that any file system takes, of a key that may be long: SHA-256 in hexadecimal. */
const nameOf = async (key: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
};

/**
 * A lasting cache in a directory; delete the directory to empty it. Files are written whole or not at all, so that several processes may
 * share it.
 *
 * @example
 * const folder = cached(baseUrl('https://example.org/models/bert/'), directoryCache('.cache/models'));
 */
export const directoryCache = (place: string): FileCache => {
  const files = directory(place);
  return {
    get: async (key) => {
      const name = await nameOf(key);
      return (await files.has(name)) ? files.read(name) : undefined;
    },
    set: async (key, bytes) => files.write(await nameOf(key), bytes),
  };
};
