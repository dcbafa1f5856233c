// Parts of a file: which bytes are wanted, and how they are taken from bytes or a blob that are already at hand.

import { CheckpointError } from '../../checkpointError.ts';

/** Bytes of a file from `begin` to before `end`. */
export type ByteRange = readonly [begin: number, end: number];

/** Bytes of all ranges together. */
export const lengthOfRanges = (ranges: readonly ByteRange[]): number =>
  ranges.reduce((sum, [begin, end]) => sum + (end - begin), 0);

/** Refuses ranges that are not whole numbers, in order and apart. */
export const checkRanges = (place: string, ranges: readonly ByteRange[]): void => {
  let before = 0;
  for (const [begin, end] of ranges) {
    if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || begin < before || end < begin)
      throw new CheckpointError(
        `${place}: bytes ${begin} to ${end} after byte ${before}; expected ranges of whole numbers, in order and without overlap.`,
      );
    before = end;
  }
};

/** Says that a file is shorter than what is wanted of it. */
export const tooShort = (place: string, wanted: number, size: number): CheckpointError =>
  new CheckpointError(
    `${place}: bytes up to ${wanted} are wanted, it has ${size}. It is cut off, or is another file than expected; fetch it again.`,
  );

/** Memory for `length` bytes of a file, or an error that names the file. */
export const roomFor = (place: string, length: number): Uint8Array<ArrayBuffer> => {
  try {
    return new Uint8Array(length);
  } catch {
    throw new CheckpointError(
      `${place}: ${length} bytes are more than this platform can hold in one piece. Load fewer tensors at once, or a checkpoint in shards.`,
    );
  }
};

/** The wanted ranges of bytes, one behind the other: a view where they are one piece, else a copy. */
export const pickBytes = (
  place: string,
  bytes: Uint8Array,
  ranges: readonly ByteRange[] | undefined,
): Uint8Array => {
  if (ranges === undefined) return bytes;
  const last = ranges.at(-1)?.[1] ?? 0;
  if (last > bytes.byteLength) throw tooShort(place, last, bytes.byteLength);
  const [first] = ranges;
  if (first !== undefined && ranges.length === 1) return bytes.subarray(first[0], first[1]);
  const picked = roomFor(place, lengthOfRanges(ranges));
  let at = 0;
  for (const [begin, end] of ranges) {
    picked.set(bytes.subarray(begin, end), at);
    at += end - begin;
  }
  return picked;
};

/** What is needed of a browser's Blob or File. */
export interface BlobLike {
  readonly size: number;
  arrayBuffer(): Promise<ArrayBuffer>;
  slice(begin: number, end: number): BlobLike;
}

/** The wanted ranges of a blob, one behind the other, without reading the rest. */
export const pickBlob = async (
  place: string,
  blob: BlobLike,
  ranges: readonly ByteRange[] | undefined,
): Promise<Uint8Array> => {
  if (ranges === undefined) return new Uint8Array(await blob.arrayBuffer());
  const last = ranges.at(-1)?.[1] ?? 0;
  if (last > blob.size) throw tooShort(place, last, blob.size);
  const picked = roomFor(place, lengthOfRanges(ranges));
  let at = 0;
  for (const [begin, end] of ranges) {
    picked.set(new Uint8Array(await blob.slice(begin, end).arrayBuffer()), at);
    at += end - begin;
  }
  return picked;
};
