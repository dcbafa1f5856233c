// A directory of the file system, in Node. Node's modules are asked for when first used, so that browsers' bundlers see none.

import { CheckpointError } from '../../checkpointError.ts';
import { type Folder, folderOf, missingFile, type ReadOptions } from './folder.ts';
import { type ByteRange, lengthOfRanges, roomFor, tooShort } from './ranges.ts';
import { writeAtomically } from './writeAtomically.ts';

const builtin = (): { fs: typeof import('node:fs/promises'); path: typeof import('node:path') } => {
  if (typeof process === 'undefined' || process.getBuiltinModule === undefined)
    throw new Error(
      'directory: there is no file system here. In a browser use baseUrl(…), directoryHandle(…) or fromFiles(…).',
    );
  return { fs: process.getBuiltinModule('node:fs/promises'), path: process.getBuiltinModule('node:path') };
};

/** Bytes of one read: large enough to be fast, small enough to report progress and to stop. */
const chunk = 1 << 22;

/** Reads asked for at once: they use more than one core, and go on while JavaScript is busy, with a tokenizer say. */
const readsAtOnce = 32;

/** A piece of a file and where in the result it goes. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

function* piecesOf(ranges: readonly ByteRange[]): Generator<Piece> {
  let to = 0;
  for (const [begin, end] of ranges)
    for (let from = begin; from < end; from += chunk) {
      const length = Math.min(chunk, end - from);
      yield { from, to, length };
      to += length;
    }
}

const readFile = async (
  place: string,
  { signal, onBytes, ranges: wanted }: ReadOptions,
): Promise<Uint8Array> => {
  await using file = await builtin().fs.open(place);
  const { size } = await file.stat();
  const ranges: readonly ByteRange[] = wanted ?? [[0, size]];
  const last = ranges.at(-1)?.[1] ?? 0;
  if (last > size) throw tooShort(place, last, size);
  const bytes = roomFor(place, lengthOfRanges(ranges));
  const pieces = piecesOf(ranges);
  let loaded = 0;
  const readPiece = async ({ from, to, length }: Piece): Promise<void> => {
    for (let done = 0; done < length; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(bytes, to + done, length - done, from + done);
      if (bytesRead === 0)
        throw new CheckpointError(
          `${place}: ended after ${from + done} of ${size} bytes. Was it changed while being read?`,
        );
      done += bytesRead;
      loaded += bytesRead;
      onBytes?.(loaded);
    }
  };
  // Generators are shared: each reader takes the next piece that nobody has.
  const readPieces = async (): Promise<void> => {
    for (let next = pieces.next(); !next.done; next = pieces.next()) await readPiece(next.value);
  };
  const results = await Promise.allSettled(Array.from({ length: readsAtOnce }, readPieces));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return bytes;
};

/**
 * The files below a directory. Node only. What is written takes its place at once when it is whole and safe on the disk; missing
 * directories are made.
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
    write: (file, parts) => writeAtomically(builtin(), builtin().path.join(place, file), parts),
  });
};
