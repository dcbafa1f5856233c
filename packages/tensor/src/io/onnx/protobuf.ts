// The wire format of Protocol Buffers, as far as reading needs it: a message is a row of fields, each a number and a value.
// Format: protobuf.dev/programming-guides/encoding.

import { CheckpointError } from '../../checkpointError.ts';

/** A field of a message: its number, and an integer (as 64 bits), 4 or 8 raw bytes, or bytes of any length. */
export interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** Integers have at most ten groups of seven bits. */
const readVarint = (bytes: Uint8Array, start: number, place: string): { value: bigint; end: number } => {
  // Up to 49 bits fit a number, and bigints are slow.
  let low = 0;
  for (let i = 0; i < 7; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    low += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value: BigInt(low), end: start + i + 1 };
  }
  let value = BigInt(low);
  for (let i = 7; i < 10; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) break;
    value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return { value: BigInt.asUintN(64, value), end: start + i + 1 };
  }
  throw new CheckpointError(
    `${place}: an integer at byte ${start} has no end. The file is cut off or damaged; fetch it again.`,
  );
};

/** Fields of a message in their order; values are views on its bytes. */
export function* fieldsOf(bytes: Uint8Array, place: string): Generator<Field> {
  let at = 0;
  while (at < bytes.byteLength) {
    const key = readVarint(bytes, at, place);
    const number = Number(key.value >> 3n);
    const wire = Number(key.value & 7n);
    at = key.end;
    if (wire === 0) {
      const { value, end } = readVarint(bytes, at, place);
      yield { number, value };
      at = end;
      continue;
    }
    if (wire !== 1 && wire !== 2 && wire !== 5)
      throw new CheckpointError(
        `${place}: field ${number} has wire type ${wire}; known are 0, 1, 2 and 5. It is no such message, or damaged.`,
      );
    const length = wire === 2 ? readVarint(bytes, at, place) : { value: wire === 1 ? 8n : 4n, end: at };
    if (length.value > BigInt(bytes.byteLength - length.end))
      throw new CheckpointError(
        `${place}: field ${number} has ${length.value} bytes, ${bytes.byteLength - length.end} are left. The file is cut off or damaged; fetch it again.`,
      );
    at = length.end + Number(length.value);
    yield { number, value: bytes.subarray(length.end, at) };
  }
}

/** Calls `visit` with each integer of a repeated field's part: one, or many packed in bytes. */
export const eachInteger = ({ value }: Field, place: string, visit: (integer: bigint) => void): void => {
  if (typeof value === 'bigint') {
    visit(value);
    return;
  }
  for (let at = 0; at < value.byteLength; ) {
    const read = readVarint(value, at, place);
    visit(read.value);
    at = read.end;
  }
};

/** How many integers it is: each ends in a byte below 128. */
export const countIntegers = ({ value }: Field): number =>
  typeof value === 'bigint' ? 1 : value.reduce((count, byte) => count + (byte < 128 ? 1 : 0), 0);

/** The text of a field. */
export const textOf = ({ number, value }: Field, place: string): string => {
  try {
    if (typeof value !== 'bigint') return new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch {
    // said below
  }
  throw new CheckpointError(`${place}: field ${number} is no UTF-8 text. It is no such message, or damaged.`);
};
