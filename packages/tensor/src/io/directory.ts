// A directory of the file system, in Node. Node's modules are asked for when first used, so that browsers' bundlers see none.

import { CheckpointError } from '../checkpointError.ts';
import { type Folder, folderOf, missingFile, type ReadOptions } from './folder.ts';

const builtin = (): { fs: typeof import('node:fs/promises'); path: typeof import('node:path') } => {
  if (typeof process === 'undefined' || process.getBuiltinModule === undefined)
    throw new Error('directory: there is no file system here. In a browser use baseUrl(…) or fromFiles(…).');
  return { fs: process.getBuiltinModule('node:fs/promises'), path: process.getBuiltinModule('node:path') };
};

/** Bytes of one read: large enough to be fast, small enough to report progress and to stop. */
const chunk = 1 << 22;

/** Reads under way at once: copying out of the system's cache then uses more than one core. */
const readsAtOnce = 4;

const readFile = async (place: string, { signal, onBytes }: ReadOptions): Promise<Uint8Array> => {
  await using file = await builtin().fs.open(place);
  const { size } = await file.stat();
  const bytes = new Uint8Array(size);
  let next = 0;
  let loaded = 0;
  const readChunk = async (start: number, end: number): Promise<void> => {
    for (let at = start; at < end; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(bytes, at, end - at, at);
      if (bytesRead === 0)
        throw new CheckpointError(
          `${place}: ended after ${at} of ${size} bytes. Was it changed while being read?`,
        );
      at += bytesRead;
      loaded += bytesRead;
      onBytes?.(loaded);
    }
  };
  const readChunks = async (): Promise<void> => {
    while (next < size) {
      const start = next;
      next = Math.min(size, start + chunk);
      await readChunk(start, next);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: readsAtOnce }, readChunks));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return bytes;
};

/**
 * The files below a directory. Node only.
 *
 * @example
 * const folder = directory('models/all-MiniLM-L6-v2');
 */
export const directory = (place: string): Folder => {
  const sizeOf = async (file: string): Promise<number | undefined> => {
    const { fs, path } = builtin();
    const found = await fs.stat(path.join(place, file)).catch(() => undefined);
    return found?.isFile() ? found.size : undefined;
  };
  return folderOf({
    name: place,
    has: async (file) => (await sizeOf(file)) !== undefined,
    size: sizeOf,
    read: async (file, options) => {
      if ((await sizeOf(file)) === undefined) throw missingFile(place, file);
      return readFile(builtin().path.join(place, file), options);
    },
  });
};
