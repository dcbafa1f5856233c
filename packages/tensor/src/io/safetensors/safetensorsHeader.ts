// The header of a safetensors file: JSON that says where each tensor lies. Nothing is trusted: every offset is checked before anything is
// allocated. Format: https://github.com/huggingface/safetensors#format.

import { CheckpointError } from '../../checkpointError.ts';
import { type StoredType, storedTypes } from '../storedTypes.ts';

/** A tensor as the header has it. */
export interface Entry {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** Longest header that is read: the limit of the original library. */
export const longestHeader = 100_000_000;

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);

const readEntry = (file: string, name: string, value: unknown): Entry => {
  const fail = (what: string): never => {
    throw new CheckpointError(`${file}: tensor ${JSON.stringify(name)}: ${what}`);
  };
  if (value === null || typeof value !== 'object')
    return fail(`its entry is ${JSON.stringify(value)}; expected an object.`);
  const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
  if (typeof dtype !== 'string' || !Object.hasOwn(storedTypes, dtype))
    return fail(`dtype ${JSON.stringify(dtype)}; expected one of ${Object.keys(storedTypes).join(', ')}.`);
  if (!isNumbers(shape)) return fail(`shape ${JSON.stringify(shape)}; expected integers from 0.`);
  if (!isNumbers(offsets) || offsets.length !== 2)
    return fail(`data_offsets ${JSON.stringify(offsets)}; expected two integers from 0.`);
  const type = storedTypes[dtype] as StoredType; // own key
  const [begin, end] = offsets as [number, number];
  let needed = type.bytes;
  for (const extent of shape) {
    needed *= extent;
    if (!Number.isSafeInteger(needed))
      return fail(`shape [${shape.join(', ')}] has more elements than any file could hold.`);
  }
  if (end - begin !== needed)
    return fail(`${end - begin} bytes for ${dtype}[${shape.join(', ')}]; expected ${needed}.`);
  return { name, type, shape, begin, end };
};

/** Where the text that begins with the quote at `start` ends: the place of its closing quote. */
const endOfText = (json: string, start: number): number => {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
};

/** A name that stands twice in the header, which parsing would lose without a word. `json` is valid and an object. */
const repeatedName = (json: string): string | undefined => {
  const seen = new Set<string>();
  let depth = 0;
  let isKey = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    else if (character === '"') {
      const end = endOfText(json, at);
      if (depth === 1 && isKey) {
        const name = JSON.parse(json.slice(at, end + 1)) as string;
        if (seen.has(name)) return name;
        seen.add(name);
      }
      at = end;
    }
    if (depth === 1 && (character === '{' || character === ',')) isKey = true;
    else if (character === ':') isKey = false;
  }
  return undefined;
};

/**
 * The tensors of a file, each checked by itself; where their data begin; and what the file says of itself. `bytes` is the beginning of a
 * file of `size` bytes, with the header in it if it fits the file.
 */
export const readHeader = (
  bytes: Uint8Array,
  file: string,
  size: number = bytes.byteLength,
): { readonly entries: Entry[]; readonly start: number; readonly metadata: Map<string, string> } => {
  if (bytes.byteLength < 8)
    throw new CheckpointError(
      `${file}: ${bytes.byteLength} bytes; a safetensors file begins with 8 bytes of header length.`,
    );
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(Math.min(longestHeader, size - 8)))
    throw new CheckpointError(
      `${file}: its header claims ${length} bytes; the file has ${size - 8} after the length (limit ${longestHeader}). It is cut off, or no safetensors file.`,
    );
  const start = 8 + Number(length);
  let header: string;
  let json: unknown;
  try {
    header = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
    json = JSON.parse(header);
  } catch (cause) {
    throw new CheckpointError(
      `${file}: its header is not JSON (${cause instanceof Error ? cause.message : cause}).`,
    );
  }
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw new CheckpointError(`${file}: its header is no JSON object.`);
  const twice = repeatedName(header);
  if (twice !== undefined)
    throw new CheckpointError(
      `${file}: tensor ${JSON.stringify(twice)} stands twice in the header; each name must be there once.`,
    );
  const { __metadata__: meta, ...tensors } = json as Record<string, unknown>;
  if (
    meta !== undefined &&
    (meta === null ||
      typeof meta !== 'object' ||
      Object.values(meta).some((value) => typeof value !== 'string'))
  )
    throw new CheckpointError(
      `${file}: __metadata__ is ${JSON.stringify(meta)?.slice(0, 80)}; expected an object of texts.`,
    );
  const entries = Object.entries(tensors).map(([name, value]) => readEntry(file, name, value));
  return { entries, start, metadata: new Map(Object.entries((meta ?? {}) as Record<string, string>)) };
};

/** The tensors must cover the data exactly: no gap, no overlap, nothing behind. */
export const checkCover = (entries: readonly Entry[], length: number, file: string): void => {
  let at = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== at)
      throw new CheckpointError(
        `${file}: tensor ${JSON.stringify(name)} begins at byte ${begin} of the data; expected ${at} (${begin < at ? 'it overlaps the one before' : 'bytes that belong to no tensor'}).`,
      );
    at = end;
  }
  if (at !== length)
    throw new CheckpointError(
      `${file}: the tensors need ${at} bytes of data, the file has ${length}. It is cut off, or has bytes behind its end.`,
    );
};
