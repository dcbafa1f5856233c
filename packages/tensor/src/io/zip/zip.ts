// zip: a Folder of the files in a zip archive.

import { CheckpointError } from '../../checkpointError.ts';
import { type Folder, folderOf, leavesFolder, missingFile } from '../folders/folder.ts';
import { pickBytes } from '../folders/ranges.ts';
import { readZip } from './readZip.ts';

/** How an archive is opened. */
export interface ZipFolderOptions {
  /** What it is called in messages. Default 'zip'. */
  readonly name?: string;
  /** Bytes that all files together may unpack to. Default: 64 MiB or 64 times the archive, whichever is more. */
  readonly limit?: number;
}

/** The folder that all files lie in ('model/'), or nothing. */
const commonFolder = (names: readonly string[]): string => {
  const [first = ''] = names;
  const top = first.slice(0, first.indexOf('/') + 1);
  return names.every((name) => name.startsWith(top)) ? top : '';
};

/**
 * The files of a zip archive; one folder around all of them is left out. Its directory is checked at once, files are unpacked as they
 * are read. Entries are stored or deflated; encrypted ones, names that lead out, and archives that unpack to more than `limit` are
 * refused.
 *
 * @example
 * const folder = zip(new Uint8Array(await file.arrayBuffer()), { name: file.name });
 */
export const zip = (bytes: Uint8Array, { name = 'zip', limit }: ZipFolderOptions = {}): Folder => {
  const listed = readZip(bytes, { file: name, ...(limit !== undefined && { limit }) });
  const leaving = [...listed.keys()].find(leavesFolder);
  if (leaving !== undefined)
    throw new CheckpointError(
      `${name}: entry ${JSON.stringify(leaving.slice(0, 200))}; expected names inside the archive, parts joined by '/'.`,
    );
  const top = commonFolder([...listed.keys()]);
  const entries = new Map([...listed].map(([path, entry]) => [path.slice(top.length), entry]));
  return folderOf({
    name,
    has: async (file) => entries.has(file),
    size: async (file) => entries.get(file)?.size,
    read: async (file, { ranges }) => {
      const entry = entries.get(file);
      if (entry === undefined) throw missingFile(name, file);
      return pickBytes(`${name}/${file}`, await entry.read(), ranges);
    },
  });
};
