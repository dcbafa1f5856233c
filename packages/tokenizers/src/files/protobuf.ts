// The wire format of Protocol Buffers, as far as reading needs it. It knows no message types.
import { TokenizerError } from '../tokenizerError.ts';

/** A field of a message: its number, and its value by wire type. */
export interface ProtobufField {
  number: number;
  /** Where it stands, for errors. */
  place: string;
  /** An integer (varint); undefined if the field is of another wire type. */
  integer?: number;
  /** A 32-bit float; undefined if the field is of another wire type. */
  float?: number;
  /** Bytes, a string or a message; undefined if the field is of another wire type. */
  bytes?: Uint8Array;
}

/**
 * The fields of a message, in order (protobuf.dev/programming-guides/encoding). Throws a TokenizerError with the byte for a
 * message that is cut off or no message at all.
 *
 * @example protobufFields(Uint8Array.of(0x18, 2), 'here')[0]; //=> { number: 3, place: 'here, byte 0', integer: 2 }
 */
export function protobufFields(bytes: Uint8Array, place: string, base = 0): ProtobufField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at];
      if (byte === undefined || shift > 2 ** 63) refuse(place, base + at, 'a number that is complete');
      at += 1;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number): number => {
    if (length > bytes.length - at)
      refuse(place, base + at, `${length} more bytes; ${bytes.length - at} are left`);
    at += length;
    return at - length;
  };
  while (at < bytes.length) {
    const field = { place: `${place}, byte ${base + at}` };
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0:
        fields.push({ ...field, number, integer: varint() });
        break;
      case 1:
        take(8);
        break;
      case 2: {
        const length = varint();
        const start = take(length);
        fields.push({ ...field, number, bytes: bytes.subarray(start, start + length) });
        break;
      }
      case 5:
        fields.push({ ...field, number, float: view.getFloat32(take(4), true) });
        break;
      default:
        refuse(place, base + at - 1, 'a wire type of 0, 1, 2 or 5');
    }
  }
  return fields;
}

function refuse(place: string, byte: number, expected: string): never {
  throw new TokenizerError(
    place,
    `at byte ${byte} ${expected} was expected. The file is damaged or no SentencePiece model; get it again.`,
  );
}
