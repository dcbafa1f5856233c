// The wanted tensors of a safetensors file in a folder: first its header, then only the bytes of what is wanted.

import { CheckpointError } from '../../checkpointError.ts';
import type { AnyTensor } from '../../tensor.ts';
import type { Folder, ReadOptions } from '../folders/folder.ts';
import type { ByteRange } from '../folders/ranges.ts';
import { storedTensor } from '../storedTensor.ts';
import { checkCover, type Entry, longestHeader, readHeader } from './safetensorsHeader.ts';

/** The checked header of a file, and where its data begin; undefined where the folder cannot say how long the file is. */
export const readHeaderOf = async (
  folder: Folder,
  file: string,
  options: Pick<ReadOptions, 'signal'>,
): Promise<{ entries: readonly Entry[]; start: number } | undefined> => {
  const size = await folder.size(file);
  if (size === undefined || size < 8) return undefined;
  const place = `${folder.name}/${file}`;
  const prefix = await folder.read(file, { ...options, ranges: [[0, 8]] });
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  // What the file cannot have is not asked for; readHeader says so by the first 8 bytes.
  const end = length > BigInt(Math.min(longestHeader, size - 8)) ? 8 : 8 + Number(length);
  const head = await folder.read(file, { ...options, ranges: [[0, end]] });
  const { entries, start } = readHeader(head, place, size);
  checkCover(entries, size - start, place);
  return { entries, start };
};

/** Ranges of the wanted entries in the order of their data, those that touch in one. */
const rangesOf = (entries: readonly Entry[], start: number): ByteRange[] => {
  const ranges: [number, number][] = [];
  for (const { begin, end } of entries) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === start + begin) last[1] = start + end;
    else ranges.push([start + begin, start + end]);
  }
  return ranges;
};

/** The entries, in the order of their data, and the ranges of the file that hold them. */
export interface WantedParts {
  readonly entries: readonly Entry[];
  readonly ranges: readonly ByteRange[];
}

/** What to read of a file for the tensors that are wanted. */
export const wantedParts = (
  { entries, start }: { readonly entries: readonly Entry[]; readonly start: number },
  wanted: (name: string) => boolean,
): WantedParts => {
  const chosen = entries
    .filter(({ name }) => wanted(name))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  return { entries: chosen, ranges: rangesOf(chosen, start) };
};

/** The tensors of the bytes that `ranges` gave. */
export const tensorsOfParts = (
  bytes: Uint8Array,
  { entries }: WantedParts,
  place: string,
): Map<string, AnyTensor> => {
  const tensors = new Map<string, AnyTensor>();
  let at = 0;
  for (const { name, type, shape, begin, end } of entries) {
    const length = end - begin;
    if (at + length > bytes.byteLength)
      throw new CheckpointError(`${place}: it became shorter while being read.`);
    tensors.set(
      name,
      storedTensor(`${place}: tensor ${JSON.stringify(name)}`, type, {
        shape,
        bytes: bytes.subarray(at, at + length),
      }),
    );
    at += length;
  }
  return tensors;
};
