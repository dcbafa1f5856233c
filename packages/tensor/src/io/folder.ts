// Folder: where files come from: a directory, a base URL, memory, files that a user chose. The only way in which packages read files.

import { CheckpointError } from '../checkpointError.ts';

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
  /** Stops the read; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told the bytes of this file that have arrived so far. */
  readonly onBytes?: (loaded: number) => void;
}

/** A set of files under names with '/' between parts. Names that leave it ('..', '/a', 'C:\\a') are refused. */
export interface Folder {
  /** What it is called in messages. */
  readonly name: string;
  /** Whether there is such a file. */
  has(file: string): Promise<boolean>;
  /** Bytes of a file, where the source says so without reading it. */
  size(file: string): Promise<number | undefined>;
  /** The whole file. */
  read(file: string, options?: ReadOptions): Promise<Uint8Array>;
  /** The whole file as UTF-8 text, a byte order mark left out. */
  text(file: string, options?: ReadOptions): Promise<string>;
}

/** What a source must be able to do; `folderOf` adds the checks and the text. */
export interface FolderSource {
  readonly name: string;
  has(file: string): Promise<boolean>;
  size(file: string): Promise<number | undefined>;
  read(file: string, options: ReadOptions): Promise<Uint8Array>;
}

/** Refuses names that could leave the folder. */
const checkName = (folder: string, file: string): string => {
  const parts = file.split('/');
  const leaves =
    file === '' || /[\\:\0]/.test(file) || parts.some((part) => part === '..' || part === '.' || part === '');
  if (leaves)
    throw new CheckpointError(
      `${folder}: file name ${JSON.stringify(file)}; expected a name inside the folder, parts joined by '/'.`,
    );
  return file;
};

/** A Folder over a source. */
export const folderOf = (source: FolderSource): Folder => {
  const read = async (file: string, options: ReadOptions = {}): Promise<Uint8Array> => {
    checkName(source.name, file);
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
  };
};

/** Says that a file is not there, and what to do. */
export const missingFile = (folder: string, file: string): CheckpointError =>
  new CheckpointError(
    `${folder}/${file}: there is no such file. Check that the folder is complete and that its name is right.`,
  );

/**
 * Files in memory, by name.
 *
 * @example
 * const folder = inMemory({ 'config.json': '{}' });
 * await folder.text('config.json'); //=> '{}'
 */
export const inMemory = (
  files: Readonly<Record<string, Uint8Array | string>> | ReadonlyMap<string, Uint8Array | string>,
  name = 'memory',
): Folder => {
  const all = new Map<string, Uint8Array | string>(files instanceof Map ? files : Object.entries(files));
  const bytes = (file: string): Uint8Array | undefined => {
    const content = all.get(file);
    return typeof content === 'string' ? new TextEncoder().encode(content) : content;
  };
  return folderOf({
    name,
    has: async (file) => all.has(file),
    size: async (file) => bytes(file)?.byteLength,
    read: async (file) => {
      const content = bytes(file);
      if (content === undefined) throw missingFile(name, file);
      return content;
    },
  });
};
