// Files that a user chose or dropped in a browser.

import { type Folder, folderOf, missingFile } from './folder.ts';
import { type BlobLike, pickBlob } from './ranges.ts';

/** What is needed of a browser's File. */
export interface ChosenFile extends BlobLike {
  readonly name: string;
  /** Path below the chosen folder, that folder first: 'MiniLM/1_Pooling/config.json'. Empty for single files. */
  readonly webkitRelativePath?: string;
}

/**
 * The files of an `<input type="file" webkitdirectory>` or a drop. Where they come with paths, the chosen folder's own name is left out.
 *
 * @example
 * const folder = fromFiles(input.files);
 */
export const fromFiles = (files: Iterable<ChosenFile>): Folder => {
  const all = new Map<string, ChosenFile>();
  let name = 'files';
  for (const file of files) {
    const [top, ...rest] = (file.webkitRelativePath ?? '').split('/');
    if (rest.length > 0 && top !== undefined) name = top;
    all.set(rest.length > 0 ? rest.join('/') : file.name, file);
  }
  return folderOf({
    name,
    has: async (file) => all.has(file),
    size: async (file) => all.get(file)?.size,
    read: async (file, { ranges }) => {
      const chosen = all.get(file);
      if (chosen === undefined) throw missingFile(name, file);
      return pickBlob(`${name}/${file}`, chosen, ranges);
    },
  });
};
