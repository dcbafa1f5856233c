// Files in memory, by name.

import { joinParts } from '../joinParts.ts';
import { type Folder, folderOf, missingFile } from './folder.ts';
import { pickBytes } from './ranges.ts';

/**
 * Files in memory, by name. What is written is kept beside them; the given object or map stays as it is.
 *
 * @example
 * const folder = inMemory({ 'config.json': '{}' });
 * await folder.text('config.json'); //=> '{}'
 */
export const inMemory = (
  files: Readonly<Record<string, Uint8Array | string>> | ReadonlyMap<string, Uint8Array | string> = {},
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
    read: async (file, { ranges }) => {
      const content = bytes(file);
      if (content === undefined) throw missingFile(name, file);
      return pickBytes(`${name}/${file}`, content, ranges);
    },
    write: async (file, parts) => {
      all.set(file, joinParts(parts));
    },
  });
};
