// cached: a folder whose files are kept once they have been read, so that they are there again without their source.

import { parseJson } from '../parseJson.ts';
import { type Folder, folderOf } from './folder.ts';
import { type ByteRange, pickBytes } from './ranges.ts';

/** Where a cached folder keeps bytes by key: a Map is one, `browserCache` and `directoryCache` make lasting ones. */
export interface FileCache {
  get(key: string): Promise<Uint8Array | undefined> | Uint8Array | undefined;
  set(key: string, bytes: Uint8Array): unknown;
}

/** What the source said about a file: whether it is there, and its size. */
interface Answer {
  readonly there: boolean;
  readonly size?: number;
}

const readAnswer = (bytes: Uint8Array | undefined, key: string): Answer | undefined =>
  bytes === undefined ? undefined : (parseJson(new TextDecoder().decode(bytes), key) as Answer);

/**
 * `folder` with a memory: a file (or the same ranges of it) is asked of the source once and then comes from the cache, for good; a new
 * revision needs a new address or an emptied cache. Which files are there is asked of the source each time, and of the cache when the
 * source does not answer: what was loaded once loads offline. Read only.
 *
 * @example
 * const folder = cached(baseUrl('https://example.org/models/bert/'), await browserCache('models'));
 */
export const cached = (folder: Folder, cache: FileCache): Folder => {
  const key = (file: string) => `${folder.name}${folder.name.endsWith('/') ? '' : '/'}${file}`;
  const keyOf = (file: string, ranges: readonly ByteRange[] | undefined) =>
    ranges === undefined
      ? key(file)
      : `${key(file)}?bytes=${ranges.map(([begin, end]) => `${begin}-${end}`).join(',')}`;

  const about = async (file: string): Promise<Answer> => {
    const whole = await cache.get(key(file));
    if (whole !== undefined) return { there: true, size: whole.byteLength };
    try {
      const size = await folder.size(file);
      const answer = {
        there: size !== undefined || (await folder.has(file)),
        ...(size !== undefined && { size }),
      };
      await cache.set(`${key(file)}?about`, new TextEncoder().encode(JSON.stringify(answer)));
      return answer;
    } catch (error) {
      const answer = readAnswer(await cache.get(`${key(file)}?about`), key(file));
      if (answer === undefined) throw error;
      return answer;
    }
  };

  return folderOf({
    name: folder.name,
    has: async (file) => (await about(file)).there,
    size: async (file) => (await about(file)).size,
    read: async (file, options) => {
      const { ranges } = options;
      const whole = await cache.get(key(file));
      if (whole !== undefined) return pickBytes(key(file), whole, ranges);
      const kept = ranges && (await cache.get(keyOf(file, ranges)));
      if (kept !== undefined) return kept;
      const bytes = await folder.read(file, options);
      await cache.set(keyOf(file, ranges), bytes);
      return bytes;
    },
  });
};
