// The checksum of zip archives: CRC-32, polynomial 0xedb88320 (ISO 3309), four bytes a step ("slicing", Kounavis and Berry 2005).

let tables: Uint32Array | undefined;

/** tables[256 k + b]: what byte b does to the checksum when k zero bytes follow it. */
const makeTables = (): Uint32Array => {
  const made = new Uint32Array(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    made[byte] = value;
  }
  for (let at = 256; at < made.length; at++) {
    const before = made[at - 256] as number; // at >= 256
    made[at] = (before >>> 8) ^ (made[before & 255] as number); // below 256
  }
  return made;
};

/**
 * The CRC-32 of bytes, from 0 to 2³² − 1.
 *
 * @example
 * crc32(new TextEncoder().encode('123456789')); //=> 0xcbf43926
 */
export const crc32 = (bytes: Uint8Array): number => {
  tables ??= makeTables();
  const table = tables;
  let value = -1;
  let at = 0;
  // Indices stay below 1024 and below the length.
  for (const last = bytes.length - 3; at < last; at += 4) {
    value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    value =
      table[768 + (value & 255)]! ^
      table[512 + ((value >>> 8) & 255)]! ^
      table[256 + ((value >>> 16) & 255)]! ^
      table[value >>> 24]!;
  }
  for (; at < bytes.length; at++) value = (value >>> 8) ^ table[(value ^ bytes[at]!) & 255]!;
  return ~value >>> 0;
};
