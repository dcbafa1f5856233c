// Several files of a folder, or parts of them, with one progress over all.

import type { Folder, LoadProgress } from './folder.ts';
import { type ByteRange, lengthOfRanges } from './ranges.ts';

/** How a load may be watched and stopped. */
export interface LoadOptions {
  /** Stops it; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Is told how many bytes of how many have arrived, over all files. */
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** A file, or the wanted ranges of it. */
export interface FilePart {
  readonly file: string;
  readonly ranges?: readonly ByteRange[] | undefined;
}

const sizesOf = (folder: Folder, parts: readonly FilePart[]): Promise<(number | undefined)[]> =>
  Promise.all(
    parts.map(async ({ file, ranges }) =>
      ranges === undefined ? folder.size(file) : lengthOfRanges(ranges),
    ),
  );

/** Reads files one after the other. Sizes are asked for first only where somebody watches. */
export const readFiles = async (
  folder: Folder,
  parts: readonly FilePart[],
  { signal, onProgress }: LoadOptions = {},
): Promise<Uint8Array[]> => {
  const sizes = onProgress === undefined ? [] : await sizesOf(folder, parts);
  const total = sizes.every((size) => size !== undefined)
    ? sizes.reduce((sum: number, size) => sum + (size as number), 0)
    : undefined; // all are defined
  const result: Uint8Array[] = [];
  let before = 0;
  for (const { file, ranges } of parts) {
    const onBytes = onProgress && ((loaded: number) => onProgress({ file, loaded: before + loaded, total }));
    const bytes = await folder.read(file, {
      ...(ranges && { ranges }),
      ...(signal && { signal }),
      ...(onBytes && { onBytes }),
    });
    before += bytes.byteLength;
    result.push(bytes);
  }
  return result;
};
