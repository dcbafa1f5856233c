// Folder: where files come from and go to: a directory, a base URL, memory, a zip archive, what a user chose. The only way in which
// packages read and write files.

import { CheckpointError } from '../../checkpointError.ts';
import { type ByteRange, checkRanges } from './ranges.ts';

/** How much has arrived. */
export interface LoadProgress {
  /** The file that is being read. */
  readonly file: string;
  /** Bytes so far, of all files of this load together. */
  readonly loaded: number;
  /** Bytes of all files of this load; undefined where the source does not say. */
  readonly total: number | undefined;
}

/** Options of every read. */
export interface ReadOptions {
  /** Only these bytes of the file, in order and apart; they come one behind the other. Default: the whole file. */
  readonly ranges?: readonly ByteRange[];
  /** Stops the read; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how many of the wanted bytes have arrived so far. */
  readonly onBytes?: (loaded: number) => void;
}

/** What is written to a file: text as UTF-8, bytes, or bytes in parts, so that a large file need not be put together in memory. */
export type FileContent = string | Uint8Array | readonly Uint8Array[];

/** A set of files under names with '/' between parts. Names that leave it ('..', '/a', 'C:\\a') are refused. */
export interface Folder {
  /** What it is called in messages. */
  readonly name: string;
  /** Whether there is such a file. */
  has(file: string): Promise<boolean>;
  /** Bytes of a file, where the source says so without reading it. */
  size(file: string): Promise<number | undefined>;
  /** The whole file, or the wanted ranges of it. */
  read(file: string, options?: ReadOptions): Promise<Uint8Array>;
  /** The whole file as UTF-8 text, a byte order mark left out. */
  text(file: string, options?: Omit<ReadOptions, 'ranges'>): Promise<string>;
  /** Writes a file, whole or not at all, over the one of that name. A source that cannot be written to refuses. */
  write(file: string, content: FileContent): Promise<void>;
}

/** What a source must be able to do; `folderOf` adds the checks and the text. */
export interface FolderSource {
  readonly name: string;
  has(file: string): Promise<boolean>;
  size(file: string): Promise<number | undefined>;
  read(file: string, options: ReadOptions): Promise<Uint8Array>;
  /** Absent: the folder can only be read. */
  readonly write?: (file: string, parts: readonly Uint8Array[]) => Promise<void>;
}

/** Whether a name could lead out of the folder that it is looked for in, or is no name at all. */
export const leavesFolder = (file: string): boolean =>
  file === '' || /[\\:\0]/.test(file) || file.split('/').some((part) => ['..', '.', ''].includes(part));

const checkName = (folder: string, file: string): string => {
  if (leavesFolder(file))
    throw new CheckpointError(
      `${folder}: file name ${JSON.stringify(file.slice(0, 200))}; expected a name inside the folder, parts joined by '/'.`,
    );
  return file;
};

const partsOf = (content: FileContent): readonly Uint8Array[] => {
  if (typeof content === 'string') return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
};

/** A Folder over a source. */
export const folderOf = (source: FolderSource): Folder => {
  const read = async (file: string, options: ReadOptions = {}): Promise<Uint8Array> => {
    checkName(source.name, file);
    checkRanges(`${source.name}/${file}`, options.ranges ?? []);
    options.signal?.throwIfAborted();
    const bytes = await source.read(file, options);
    options.signal?.throwIfAborted();
    options.onBytes?.(bytes.byteLength);
    return bytes;
  };
  return {
    name: source.name,
    has: async (file) => source.has(checkName(source.name, file)),
    size: async (file) => source.size(checkName(source.name, file)),
    read,
    text: async (file, options) => {
      const bytes = await read(file, options);
      try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        throw new CheckpointError(
          `${source.name}/${file}: not UTF-8 text. Is the file whole, and is it the right one?`,
        );
      }
    },
    write: async (file, content) => {
      checkName(source.name, file);
      if (source.write === undefined)
        throw new CheckpointError(
          `${source.name}/${file}: this folder can only be read. Write to directory(…), directoryHandle(…) or inMemory(…).`,
        );
      await source.write(file, partsOf(content));
    },
  };
};

/** Says that a file is not there, and what to do. */
export const missingFile = (folder: string, file: string): CheckpointError =>
  new CheckpointError(
    `${folder}/${file}: there is no such file. Check that the folder is complete and that its name is right.`,
  );
