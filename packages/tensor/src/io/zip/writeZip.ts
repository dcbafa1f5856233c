// writeZip: a zip archive of files stored as they are. Equal files give equal archives: entries carry no time.

import { CheckpointError } from '../../checkpointError.ts';
import { crc32 } from './crc32.ts';

/** 1980-01-01, the first day that the format knows. */
const day = (1 << 5) | 1;

/** The fields that local header and directory share, from "version needed" on. */
const describe = (
  view: DataView,
  at: number,
  fields: { name: Uint8Array; content: Uint8Array; crc: number },
): void => {
  view.setUint16(at, 20, true); // version 2.0
  view.setUint16(at + 2, 0x0800, true); // names are UTF-8
  view.setUint16(at + 8, day, true);
  view.setUint32(at + 10, fields.crc, true);
  view.setUint32(at + 14, fields.content.byteLength, true);
  view.setUint32(at + 18, fields.content.byteLength, true);
  view.setUint16(at + 22, fields.name.byteLength, true);
};

/**
 * A zip archive of files by name, uncompressed; below 4 GiB and 65 535 files, as the format has it without its extension.
 *
 * @example
 * const bytes = writeZip(new Map([['config.json', new TextEncoder().encode('{}')]]));
 */
export const writeZip = (files: ReadonlyMap<string, Uint8Array>): Uint8Array => {
  const entries = [...files].map(([name, content]) => {
    return { name: new TextEncoder().encode(name), content, crc: crc32(content) };
  });
  const starts: number[] = [];
  let directory = 0;
  for (const { name, content } of entries) {
    starts.push(directory);
    directory += 30 + name.byteLength + content.byteLength;
  }
  const end = entries.reduce((sum, { name }) => sum + 46 + name.byteLength, directory);
  if (
    end + 22 > 0xffffffff ||
    entries.length >= 0xffff ||
    entries.some(({ name }) => name.byteLength > 0xffff)
  )
    throw new CheckpointError(
      `writeZip: ${entries.length} files of ${end} bytes; an archive holds less than 65535 files and 4 GiB. Write safetensors, in shards.`,
    );
  const bytes = new Uint8Array(end + 22);
  const view = new DataView(bytes.buffer);
  let at = directory;
  for (const [index, { name, content, crc }] of entries.entries()) {
    const start = starts[index] as number; // one per entry
    view.setUint32(start, 0x04034b50, true);
    describe(view, start + 4, { name, content, crc });
    bytes.set(name, start + 30);
    bytes.set(content, start + 30 + name.byteLength);
    view.setUint32(at, 0x02014b50, true);
    view.setUint16(at + 4, 20, true);
    describe(view, at + 6, { name, content, crc });
    view.setUint32(at + 42, start, true);
    bytes.set(name, at + 46);
    at += 46 + name.byteLength;
  }
  view.setUint32(end, 0x06054b50, true);
  view.setUint16(end + 8, entries.length, true);
  view.setUint16(end + 10, entries.length, true);
  view.setUint32(end + 12, end - directory, true);
  view.setUint32(end + 16, directory, true);
  return bytes;
};
