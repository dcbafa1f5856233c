// A directory that a browser's user opened (File System Access), or the page's own (Origin Private File System).

import { type Folder, folderOf, missingFile } from './folder.ts';
import { type BlobLike, pickBlob } from './ranges.ts';

/** What is needed of a FileSystemFileHandle. */
export interface FileHandle {
  getFile(): Promise<BlobLike>;
  createWritable(): Promise<{
    write(data: Uint8Array<ArrayBuffer>): Promise<void>;
    close(): Promise<void>;
    abort(): Promise<void>;
  }>;
}

/** What is needed of a FileSystemDirectoryHandle. */
export interface DirectoryHandle {
  readonly name: string;
  getDirectoryHandle(name: string, options?: { readonly create?: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options?: { readonly create?: boolean }): Promise<FileHandle>;
}

/** The platform's ways of saying that there is no such file. */
const meansAbsent = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NotFoundError' || error.name === 'TypeMismatchError');

/**
 * The files below a directory handle of a browser. What is written takes its place when it is whole; the user may have to allow it.
 *
 * @example
 * const folder = directoryHandle(await showDirectoryPicker());
 * const own = directoryHandle(await navigator.storage.getDirectory());
 */
export const directoryHandle = (handle: DirectoryHandle): Folder => {
  const name = handle.name === '' ? 'storage' : handle.name; // the page's own directory has no name
  const handleOf = async (file: string, create: boolean): Promise<FileHandle> => {
    const parts = file.split('/');
    const last = parts.pop() as string; // split gives one part at least
    let at = handle;
    for (const part of parts) at = await at.getDirectoryHandle(part, { create });
    return at.getFileHandle(last, { create });
  };
  const find = async (file: string): Promise<BlobLike | undefined> => {
    try {
      return await (await handleOf(file, false)).getFile();
    } catch (error) {
      if (meansAbsent(error)) return undefined;
      throw error;
    }
  };
  return folderOf({
    name,
    has: async (file) => (await find(file)) !== undefined,
    size: async (file) => (await find(file))?.size,
    read: async (file, { ranges }) => {
      const found = await find(file);
      if (found === undefined) throw missingFile(name, file);
      return pickBlob(`${name}/${file}`, found, ranges);
    },
    write: async (file, parts) => {
      const writable = await (await handleOf(file, true)).createWritable();
      try {
        for (const part of parts) await writable.write(part as Uint8Array<ArrayBuffer>);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => {}); // the first error says more
        throw error;
      }
    },
  });
};
