// Files out of a drop or a folder input, each with its path. A dropped folder is walked through the browser's entries.

import type { ModelFile } from '../protocol.ts';

/** A folder's name and its files. */
export interface DroppedFolder {
  readonly name: string;
  readonly files: readonly ModelFile[];
}

/** More files than this are no model. */
const mostFiles = 2000;

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const entriesOf = async (directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> => {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    ); // at most 100 a call
    if (some.length === 0) return all;
    all.push(...some);
  }
};

/** All files of a drop. */
export const droppedFiles = async (items: DataTransferItemList): Promise<DroppedFolder> => {
  const all = Array.from(items, (item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const queue = all.map(({ entry }) => entry).filter((entry) => entry !== null);
  // What comes from other places than the file system, other programs for one, is a file without an entry.
  const files: ModelFile[] = all.flatMap(({ entry, file }) =>
    entry === null && file !== null ? [{ path: file.name, file }] : [],
  );
  const name = queue[0]?.name ?? files[0]?.path ?? '';
  for (let entry = queue.shift(); entry !== undefined && files.length < mostFiles; entry = queue.shift()) {
    if (entry.isDirectory)
      queue.push(...(await entriesOf(entry as FileSystemDirectoryEntry))); // isDirectory says so
    else
      files.push({
        path: entry.fullPath.replace(/^\//, ''),
        file: await fileOf(entry as FileSystemFileEntry),
      });
  }
  return { name, files };
};

/** All files of an `<input webkitdirectory>`. */
export const chosenFiles = (list: FileList): DroppedFolder => {
  const files = Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, file }));
  return { name: files[0]?.path.split('/')[0] ?? '', files };
};
