// Several files of a folder with one progress over all of them.

import type { Folder, LoadProgress } from './folder.ts';

/** How a load may be watched and stopped. */
export interface LoadOptions {
  /** Stops it; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of how many have arrived, over all files. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Reads files one after the other. Sizes are asked for first only where somebody watches. */
export const readFiles = async (
  folder: Folder,
  files: readonly string[],
  { signal, onProgress }: LoadOptions = {},
): Promise<Uint8Array[]> => {
  const sizes = onProgress === undefined ? [] : await Promise.all(files.map((file) => folder.size(file)));
  const total = sizes.every((size) => size !== undefined)
    ? sizes.reduce((sum: number, size) => sum + (size as number), 0)
    : undefined; // all are defined
  const result: Uint8Array[] = [];
  let before = 0;
  for (const file of files) {
    const onBytes = onProgress && ((loaded: number) => onProgress({ file, loaded: before + loaded, total }));
    const bytes = await folder.read(file, { ...(signal && { signal }), ...(onBytes && { onBytes }) });
    before += bytes.byteLength;
    result.push(bytes);
  }
  return result;
};
