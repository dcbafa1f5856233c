// One initialiser of an ONNX model: a TensorProto. After onnx/onnx.proto (IR version 13), message TensorProto.

import { CheckpointError } from '../../checkpointError.ts';
import { joinParts } from '../joinParts.ts';
import { type StoredType, storedTypes } from '../storedTypes.ts';
import { countIntegers, eachInteger, type Field, fieldsOf, textOf } from './protobuf.ts';

/** Where the numbers of a tensor lie in another file. */
export interface ExternalData {
  readonly file: string;
  readonly offset: number;
  /** undefined: to the end of the file. */
  readonly length: number | undefined;
}

/** A checked description of a tensor, and its bytes or where they are. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: StoredType;
  readonly shape: readonly number[];
  readonly data: Uint8Array | ExternalData;
}

/** Field numbers of TensorProto. */
const field = {
  dims: 1,
  type: 2,
  floats: 4,
  int32s: 5,
  int64s: 7,
  name: 8,
  raw: 9,
  doubles: 10,
  uint64s: 11,
  external: 13,
  location: 14,
};

/** TensorProto.DataType, and the field that holds such numbers where they are not raw. */
const types: Readonly<Record<number, readonly [type: string, field: number] | string>> = {
  1: ['F32', field.floats],
  2: ['U8', field.int32s],
  3: ['I8', field.int32s],
  4: ['U16', field.int32s],
  5: ['I16', field.int32s],
  6: ['I32', field.int32s],
  7: ['I64', field.int64s],
  8: 'STRING',
  9: ['BOOL', field.int32s],
  10: ['F16', field.int32s],
  11: ['F64', field.doubles],
  12: ['U32', field.uint64s],
  13: ['U64', field.uint64s],
  14: 'COMPLEX64',
  15: 'COMPLEX128',
  16: ['BF16', field.int32s],
  17: ['F8_E4M3', field.int32s],
  18: 'FLOAT8E4M3FNUZ',
  19: ['F8_E5M2', field.int32s],
  20: 'FLOAT8E5M2FNUZ',
  21: 'UINT4',
  22: 'INT4',
  23: 'FLOAT4E2M1',
};

/** Little-endian bytes of the integers of a repeated field, each of `width` bytes. */
const packed = (fields: readonly Field[], width: number, place: string): Uint8Array => {
  const bytes = new Uint8Array(width * fields.reduce((sum, one) => sum + countIntegers(one), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  const write = (integer: bigint): void => {
    if (width === 8) view.setBigUint64(at, integer, true);
    else if (width === 4) view.setUint32(at, Number(BigInt.asUintN(32, integer)), true);
    else if (width === 2) view.setUint16(at, Number(BigInt.asUintN(16, integer)), true);
    else view.setUint8(at, Number(BigInt.asUintN(8, integer)));
    at += width;
  };
  for (const one of fields) eachInteger(one, place, write);
  return bytes;
};

/** The integers of a repeated field that has few. */
const few = (fields: readonly Field[], place: string): number[] => {
  const integers: number[] = [];
  for (const one of fields)
    eachInteger(one, place, (integer) => {
      if (integers.push(Number(integer)) > 64)
        throw new CheckpointError(`${place}: more than 64 integers where an extent or a kind should be.`);
    });
  return integers;
};

const joined = (fields: readonly Field[]): Uint8Array => {
  const parts = fields.map(({ value }) => (typeof value === 'bigint' ? new Uint8Array() : value));
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : joinParts(parts); // one part stays a view
};

const readExternal = (fields: readonly Field[], place: string): ExternalData => {
  const entries = new Map<string, string>();
  for (const { value } of fields) {
    let [key, text] = ['', ''];
    if (typeof value === 'bigint') continue;
    for (const part of fieldsOf(value, place)) {
      if (part.number === 1) key = textOf(part, place);
      if (part.number === 2) text = textOf(part, place);
    }
    entries.set(key, text);
  }
  const count = (key: string): number | undefined => {
    const text = entries.get(key);
    if (text === undefined) return undefined;
    if (!/^\d{1,16}$/.test(text) || !Number.isSafeInteger(Number(text)))
      throw new CheckpointError(
        `${place}: ${key} ${JSON.stringify(text.slice(0, 40))} of its external data; expected a number of bytes.`,
      );
    return Number(text);
  };
  const file = entries.get('location');
  if (file === undefined)
    throw new CheckpointError(`${place}: its data lie in another file that is not named.`);
  return { file: file.replace(/^\.\//, ''), offset: count('offset') ?? 0, length: count('length') };
};

/** Reads one TensorProto. */
export const readOnnxTensor = (bytes: Uint8Array, file: string): OnnxTensor => {
  const fields = new Map<number, Field[]>();
  for (const one of fieldsOf(bytes, file)) {
    const same = fields.get(one.number);
    if (same === undefined) fields.set(one.number, [one]);
    else same.push(one);
  }
  const of = (number: number) => fields.get(number) ?? [];
  const last = (number: number) => of(number).at(-1);
  const name = last(field.name) === undefined ? '' : textOf(last(field.name) as Field, file);
  const place = `${file}: initializer ${JSON.stringify(name.slice(0, 200))}`;
  const [code = 0] = few(of(field.type).slice(-1), place);
  const known = types[code];
  if (known === undefined || typeof known === 'string')
    throw new CheckpointError(
      `${place}: numbers of kind ${known ?? code}; supported are FLOAT, DOUBLE, FLOAT16, BFLOAT16, FLOAT8E4M3FN, FLOAT8E5M2, BOOL and integers of 8 to 64 bits.`,
    );
  const type = storedTypes[known[0]] as StoredType; // the table above names only known ones
  const shape = few(of(field.dims), place);
  if (
    !shape.every(Number.isSafeInteger) ||
    !Number.isSafeInteger(shape.reduce((size, extent) => size * extent, type.bytes))
  )
    throw new CheckpointError(
      `${place}: shape [${shape.slice(0, 8).join(', ')}] has more elements than any file could hold.`,
    );
  const external = few(of(field.location).slice(-1), place)[0] === 1;
  if (external) return { name, type, shape, data: readExternal(of(field.external), place) };
  if (of(field.raw).length > 0) return { name, type, shape, data: joined(of(field.raw).slice(-1)) };
  const held = of(known[1]);
  const isInteger = known[1] !== field.floats && known[1] !== field.doubles;
  const data = isInteger ? packed(held, type.bytes, place) : joined(held);
  return { name, type, shape, data };
};
