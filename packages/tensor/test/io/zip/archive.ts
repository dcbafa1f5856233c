// Zip archives for tests, however wrong: each field of each entry may be set.
import { crc32, deflateRawSync } from 'node:zlib';

/** An entry; what is not given follows from the content. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly crc?: number;
  /** Where the directory says that it begins. */
  readonly start?: number;
  /** Its sizes and place stand in a zip64 field. */
  readonly wide?: boolean;
}

const number = (value: number, bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);

const join = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** The archive of the entries. `wide`: its end too is that of zip64. */
export const archive = (
  entries: readonly ArchiveEntry[],
  { wide: wideEnd = false, comment = '' } = {},
): Uint8Array => {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content, deflated = false, wide = false, ...given } of entries) {
    const packed = deflated ? new Uint8Array(deflateRawSync(content)) : content;
    const title = new TextEncoder().encode(name);
    const size = given.size ?? content.length;
    const place = given.start ?? at;
    const fields = (sizes: readonly number[]) => [
      number(20, 2),
      number(given.flags ?? 0x0800, 2),
      number(given.method ?? (deflated ? 8 : 0), 2),
      number(33 << 16, 4),
      number(given.crc ?? crc32(content), 4),
      ...sizes.map((value) => number(value, 4)),
      number(title.length, 2),
    ];
    const local = join([
      number(0x04034b50, 4),
      ...fields([packed.length, size]),
      number(0, 2),
      title,
      packed,
    ]);
    const extra = wide
      ? join([number(1, 2), number(24, 2), number(size, 8), number(packed.length, 8), number(place, 8)])
      : new Uint8Array();
    directory.push(
      join([
        number(0x02014b50, 4),
        number(20, 2),
        ...fields(wide ? [0xffffffff, 0xffffffff] : [packed.length, size]),
        number(extra.length, 2),
        number(0, 10),
        number(wide ? 0xffffffff : place, 4),
        title,
        extra,
      ]),
    );
    locals.push(local);
    at += local.length;
  }
  const listed = join(directory);
  const end64 = wideEnd
    ? [
        join([
          number(0x06064b50, 4),
          number(44, 8),
          number(0, 12),
          number(entries.length, 8),
          number(entries.length, 8),
        ]),
        join([number(listed.length, 8), number(at, 8)]),
        join([number(0x07064b50, 4), number(0, 4), number(at + listed.length, 8), number(1, 4)]),
      ]
    : [];
  const count = wideEnd ? 0xffff : entries.length;
  return join([
    ...locals,
    listed,
    ...end64,
    number(0x06054b50, 4),
    number(0, 4),
    number(count, 2),
    number(count, 2),
    number(wideEnd ? 0xffffffff : listed.length, 4),
    number(wideEnd ? 0xffffffff : at, 4),
    number(comment.length, 2),
    new TextEncoder().encode(comment),
  ]);
};
