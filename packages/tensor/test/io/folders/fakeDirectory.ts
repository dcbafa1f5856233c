// A directory handle as browsers give it, over a map: what Node does not have. Writing goes to a copy that takes its place on close.
import type { DirectoryHandle } from '../../../src/io/index.ts';

const failure = (name: string): Error => Object.assign(new Error(name), { name });

/** A handle on the files of `files` below `prefix`. */
export const fakeDirectory = (
  name: string,
  files: Map<string, Uint8Array>,
  prefix = '',
): DirectoryHandle => ({
  name,
  getDirectoryHandle: async (part, options) => {
    const below = `${prefix}${part}/`;
    if (files.has(prefix + part)) throw failure('TypeMismatchError');
    if (options?.create !== true && ![...files.keys()].some((file) => file.startsWith(below)))
      throw failure('NotFoundError');
    return fakeDirectory(part, files, below);
  },
  getFileHandle: async (part, options) => {
    const file = prefix + part;
    if ([...files.keys()].some((other) => other.startsWith(`${file}/`))) throw failure('TypeMismatchError');
    if (!files.has(file) && options?.create !== true) throw failure('NotFoundError');
    return {
      getFile: async () => new Blob([(files.get(file) ?? new Uint8Array()) as Uint8Array<ArrayBuffer>]),
      createWritable: async () => {
        const parts: Uint8Array<ArrayBuffer>[] = [];
        return {
          write: async (data) => {
            if (data.length === 13) throw failure('QuotaExceededError'); // what the tests write to see a write fail
            parts.push(data.slice());
          },
          close: async () => {
            files.set(file, new Uint8Array(await new Blob(parts).arrayBuffer()));
          },
          abort: async () => {},
        };
      },
    };
  },
});
