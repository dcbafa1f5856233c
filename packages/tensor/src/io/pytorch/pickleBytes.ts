// The numbers and texts between a pickle's opcodes, each checked to lie within the file.

import { CheckpointError } from '../../checkpointError.ts';

/** Reads a pickle from front to back. */
export interface PickleBytes {
  /** Where the next byte lies. */
  readonly at: number;
  fail(what: string): never;
  /** An unsigned little-endian number of 1 to 8 bytes. */
  unsigned(bytes: number): number;
  int32(): number;
  float64(): number;
  take(length: number): Uint8Array;
  text(length: number): string;
  /** Up to the next new line, which is left out. */
  line(): string;
  /** A signed little-endian integer of any length. */
  long(length: number): number | bigint;
}

/** Longest integer: of those that pickles of weights hold, PyTorch's magic number is the longest with 10 bytes. */
const longestInteger = 64;

/** An integer as a number where it is exact. */
export const narrow = (value: bigint): number | bigint =>
  BigInt.asIntN(53, value) === value ? Number(value) : value;

/** A reader of the pickle that begins at byte `start`. */
export const pickleBytes = (bytes: Uint8Array, file: string, start: number): PickleBytes => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const fail = (what: string): never => {
    throw new CheckpointError(`${file}: pickle, byte ${at}: ${what}`);
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.byteLength - at)
      return fail(
        `${length} bytes are announced, ${bytes.byteLength - at} are left. The file is cut off or damaged; fetch it again.`,
      );
    at += length;
    return bytes.subarray(at - length, at);
  };
  const decode = (part: Uint8Array): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part);
    } catch {
      return fail('a text is not UTF-8. The file is damaged; fetch it again.');
    }
  };
  const unsigned = (length: number): number => take(length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  return {
    get at() {
      return at;
    },
    fail,
    take,
    unsigned,
    int32: () => {
      take(4);
      return view.getInt32(at - 4, true);
    },
    float64: () => {
      take(8);
      return view.getFloat64(at - 8, false);
    },
    text: (length) => decode(take(length)),
    line: () => {
      const end = bytes.indexOf(0x0a, at);
      const part = take((end < 0 ? bytes.byteLength : end) - at);
      take(1);
      return decode(part);
    },
    long: (length) => {
      if (length > longestInteger)
        return fail(`an integer of ${length} bytes; expected at most ${longestInteger}.`);
      const value = take(length).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
      return narrow(BigInt.asIntN(8 * length, value));
    },
  };
};
