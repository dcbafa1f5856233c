// The directory of a zip archive and what it lists: stored or deflated files, zip64 too. Nothing is trusted: places, lengths, names and sums
// of sizes are checked before anything is unpacked. Format: PKWARE, APPNOTE.TXT 6.3, sections 4.3.7 to 4.5.3.

import { CheckpointError } from '../../checkpointError.ts';
import { crc32 } from './crc32.ts';
import { inflate } from './inflate.ts';

/** A file in an archive. */
export interface ZipEntry {
  /** Bytes of its content. */
  readonly size: number;
  /** Its content, checked against its checksum; a view on the archive where it is stored as it is. */
  read(): Promise<Uint8Array>;
}

/** How an archive is read. */
export interface ZipOptions {
  /** What the archive is called in errors. Default 'zip'. */
  readonly file?: string;
  /** Bytes that all files together may unpack to. Default: 64 MiB or 64 times the archive, whichever is more. */
  readonly limit?: number;
  /** Whether a checksum of 0 is none, as some programs write to save time. Default false. */
  readonly zeroIsUnchecked?: boolean;
}

/** Signatures of the records, as little-endian numbers. */
const signature = {
  local: 0x04034b50,
  entry: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator: 0x07064b50,
};

/** An archive with checked access to its numbers. */
interface Archive {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

const fail = ({ file }: Archive, what: string): never => {
  throw new CheckpointError(`${file}: ${what}`);
};

const need = (archive: Archive, at: number, length: number, what: string): void => {
  if (at < 0 || length < 0 || at + length > archive.bytes.byteLength)
    fail(
      archive,
      `${what} would be at bytes ${at} to ${at + length}, the archive has ${archive.bytes.byteLength}. It is cut off or damaged; fetch it again.`,
    );
};

/** A 64-bit number; beyond 2^53 it is inexact and beyond every archive, which the checks that follow say. */
const wide = ({ view }: Archive, at: number): number => Number(view.getBigUint64(at, true));

/** Where the directory of all entries lies and how many it has. */
const readEnd = (archive: Archive): { count: number; length: number; start: number } => {
  const { view, bytes } = archive;
  const last = bytes.byteLength - 22; // the record without a comment
  let end = last;
  for (; end >= 0 && end >= last - 0xffff; end--)
    if (
      view.getUint32(end, true) === signature.end &&
      end + 22 + view.getUint16(end + 20, true) <= bytes.byteLength
    )
      break;
  if (end < 0 || end < last - 0xffff)
    return fail(archive, 'no directory at its end. It is no zip archive, or cut off; fetch it again.');
  const disks = [view.getUint16(end + 4, true), view.getUint16(end + 6, true)];
  let count = view.getUint16(end + 10, true);
  let length = view.getUint32(end + 12, true);
  let start = view.getUint32(end + 16, true);
  if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
    const locator = end - 20;
    if (locator >= 0 && view.getUint32(locator, true) === signature.locator) {
      const end64 = wide(archive, locator + 8);
      need(archive, end64, 56, 'its zip64 directory');
      if (view.getUint32(end64, true) !== signature.end64)
        fail(archive, `no zip64 directory at byte ${end64}, where its end points.`);
      [count, length, start] = [
        wide(archive, end64 + 32),
        wide(archive, end64 + 40),
        wide(archive, end64 + 48),
      ];
    }
  }
  if (disks.some((disk) => disk !== 0 && disk !== 0xffff))
    fail(archive, 'it is one of several parts. Join or repack it as one archive.');
  need(archive, start, length, 'its directory');
  return { count, length, start };
};

/** Sizes and place of an entry; what does not fit 32 bits stands in its zip64 field, in the order of need. */
const readPlaces = (
  archive: Archive,
  at: number,
  name: string,
): [size: number, packed: number, header: number] => {
  const { view } = archive;
  const places: [number, number, number] = [
    view.getUint32(at + 24, true),
    view.getUint32(at + 20, true),
    view.getUint32(at + 42, true),
  ];
  if (!places.includes(0xffffffff)) return places;
  let extra = at + 46 + view.getUint16(at + 28, true);
  const last = extra + view.getUint16(at + 30, true);
  while (extra + 4 <= last) {
    const next = extra + 4 + view.getUint16(extra + 2, true);
    if (view.getUint16(extra, true) === 1 && next <= last) {
      let from = extra + 4;
      for (let i = 0; i < 3; i++)
        if (places[i] === 0xffffffff && from + 8 <= next) {
          places[i] = wide(archive, from);
          from += 8;
        }
      return places;
    }
    extra = next;
  }
  return fail(archive, `entry ${JSON.stringify(name)} lacks its 64-bit sizes.`);
};

interface Listed {
  readonly name: string;
  readonly size: number;
  readonly packed: Uint8Array;
  readonly deflated: boolean;
  readonly checksum: number;
}

/** The entry of the directory at byte `at`; undefined for a folder. */
const readEntry = (archive: Archive, at: number, name: string): Listed | undefined => {
  const { view, bytes } = archive;
  const [size, length, header] = readPlaces(archive, at, name);
  const title = `entry ${JSON.stringify(name)}`;
  if (name.endsWith('/')) return size === 0 ? undefined : fail(archive, `${title} is a folder with content.`);
  if (view.getUint16(at + 8, true) & 1)
    fail(archive, `${title} is encrypted. Unpack it with its password and load the folder.`);
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8)
    fail(
      archive,
      `${title} is packed by method ${method}; supported are 0 (stored) and 8 (deflated). Repack the archive with one of them.`,
    );
  need(archive, header, 30, `${title}, its header`);
  if (view.getUint32(header, true) !== signature.local)
    fail(archive, `${title}: no header at byte ${header}, where the directory points.`);
  const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
  need(archive, start, length, `${title}, its content`);
  if (method === 0 && size !== length)
    fail(archive, `${title} is stored as ${length} bytes and announced as ${size}.`);
  return {
    name,
    size,
    packed: bytes.subarray(start, start + length),
    deflated: method === 8,
    checksum: view.getUint32(at + 16, true),
  };
};

const nameAt = (archive: Archive, at: number, length: number): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(archive.bytes.subarray(at, at + length));
  } catch {
    return fail(
      archive,
      `the name of the entry at byte ${at} is not UTF-8. Repack the archive with names in UTF-8.`,
    );
  }
};

const listEntries = (archive: Archive): Listed[] => {
  const { count, length, start } = readEnd(archive);
  const entries: Listed[] = [];
  const seen = new Set<string>();
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + 46 > start + length || archive.view.getUint32(at, true) !== signature.entry)
      fail(
        archive,
        `entry ${i} of ${count} of its directory is not at byte ${at}. It is damaged; fetch it again.`,
      );
    const nameLength = archive.view.getUint16(at + 28, true);
    const next =
      at + 46 + nameLength + archive.view.getUint16(at + 30, true) + archive.view.getUint16(at + 32, true);
    if (next > start + length) fail(archive, `entry ${i} goes past the end of the directory.`);
    const name = nameAt(archive, at + 46, nameLength);
    if (seen.has(name)) fail(archive, `entry ${JSON.stringify(name)} is there twice.`);
    seen.add(name);
    const entry = readEntry(archive, at, name);
    if (entry !== undefined) entries.push(entry);
    at = next;
  }
  return entries;
};

const checkSums = (archive: Archive, entries: readonly Listed[], limit: number): void => {
  const sum = (of: (entry: Listed) => number) => entries.reduce((total, entry) => total + of(entry), 0);
  if (sum(({ packed }) => packed.byteLength) > archive.bytes.byteLength)
    fail(archive, 'its entries share bytes, which no honest archive does. It is made to fill the memory.');
  const unpacked = sum(({ size }) => size);
  if (unpacked > limit)
    fail(
      archive,
      `it unpacks to ${unpacked} bytes; the limit is ${limit}. If you trust it, set limit to what you expect.`,
    );
};

/**
 * The files of a zip archive, by name: stored and deflated ones, zip64 too. Refused, by name: encrypted entries, other methods, names that
 * stand twice, entries that share bytes, and archives that unpack to more than `limit`.
 */
export const readZip = (
  given: Uint8Array,
  {
    file = 'zip',
    limit = Math.max(2 ** 26, 64 * given.byteLength),
    zeroIsUnchecked = false,
  }: ZipOptions = {},
): Map<string, ZipEntry> => {
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const archive = { file, bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  const entries = listEntries(archive);
  checkSums(archive, entries, limit);
  return new Map(
    entries.map(({ name, size, packed, deflated, checksum }) => {
      const read = async (): Promise<Uint8Array> => {
        const place = `${file}/${name}`;
        const content = deflated ? await inflate(place, packed, size) : packed;
        if (!(zeroIsUnchecked && checksum === 0) && crc32(content) !== checksum)
          throw new CheckpointError(`${place}: its checksum differs. The file is damaged; fetch it again.`);
        return content;
      };
      return [name, { size, read }];
    }),
  );
};
