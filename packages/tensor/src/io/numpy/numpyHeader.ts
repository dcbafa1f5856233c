// The header of an .npy file: a Python dictionary as text, read as data. Format: NumPy's "NEP 1", versions 1.0, 2.0 and 3.0.

import { CheckpointError } from '../../checkpointError.ts';
import { type StoredType, storedTypes } from '../storedTypes.ts';

/** What an .npy file says of its array. */
export interface NumpyHeader {
  readonly type: StoredType;
  readonly bigEndian: boolean;
  /** Whether the first index runs fastest. */
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly start: number;
}

/** NumPy's kinds and sizes. */
const types: Readonly<Record<string, StoredType | undefined>> = {
  f2: storedTypes.F16,
  f4: storedTypes.F32,
  f8: storedTypes.F64,
  i1: storedTypes.I8,
  i2: storedTypes.I16,
  i4: storedTypes.I32,
  i8: storedTypes.I64,
  u1: storedTypes.U8,
  u2: storedTypes.U16,
  u4: storedTypes.U32,
  u8: storedTypes.U64,
  b1: storedTypes.BOOL,
};

/** NumPy itself writes a few hundred bytes; more is only for structured types, which are refused. */
const longestHeader = 1 << 16;

const kinds: Readonly<Record<string, string>> = {
  O: 'Python objects, which are pickled code',
  U: 'texts',
  S: 'texts',
  c: 'complex numbers',
  V: 'records',
  M: 'dates',
  m: 'spans of time',
};

const readType = (file: string, descr: string): Pick<NumpyHeader, 'type' | 'bigEndian'> => {
  const [, order = '', kind = '', size = ''] = /^'([<>|=]?)([A-Za-z])(\d*)/.exec(descr) ?? [];
  const type = types[kind + size];
  if (type === undefined || !/^'[<>|=]?[a-z]\d'$/.test(descr))
    throw new CheckpointError(
      `${file}: dtype ${descr.slice(0, 80)}${descr.startsWith('[') ? ' of records' : kinds[kind] === undefined ? '' : ` of ${kinds[kind]}`}; supported are float16 to float64, int8 to int64, uint8 to uint64 and bool. Save it with array.astype(…).`,
    );
  return { type, bigEndian: order === '>' };
};

const readShape = (file: string, text: string): number[] => {
  const extents = text === '()' ? [] : text.slice(1, -1).replace(/,$/, '').split(',');
  const shape = extents.map((extent) => Number(extent.replace(/L$/, '').trim())); // Python 2 wrote 3L
  let size = 8; // bytes of the widest element
  for (const extent of shape) size *= extent;
  if (!Number.isSafeInteger(size) || !shape.every(Number.isSafeInteger) || shape.length > 64)
    throw new CheckpointError(
      `${file}: shape ${text.slice(0, 80)} has more elements than any file could hold.`,
    );
  return shape;
};

/** One entry of the dictionary and the comma behind it: a text, records, a boolean or a tuple of integers. */
const entry =
  /^\s*'(\w+)'\s*:\s*('[^'\\]*'|\[[^\]]*\](?:\s*\))?|True|False|\((?:\s*\d+L?\s*(?:,|(?=\))))*\s*\))\s*(?:,|(?=\}))/;

const readEntries = (file: string, text: string): Map<string, string> => {
  const fail = (): never => {
    throw new CheckpointError(
      `${file}: its header is ${JSON.stringify(text.slice(0, 120))}; expected {'descr': …, 'fortran_order': …, 'shape': …}.`,
    );
  };
  if (!text.startsWith('{')) return fail();
  const entries = new Map<string, string>();
  let rest = text.slice(1);
  while (!/^\s*\}\s*$/.test(rest)) {
    const found = entry.exec(rest.replaceAll('"', "'"));
    if (found === null) return fail();
    const [all, key = '', value = ''] = found;
    if (entries.has(key)) return fail();
    entries.set(key, value);
    rest = rest.slice(all.length);
  }
  return ['descr', 'fortran_order', 'shape'].every((key) => entries.has(key)) && entries.size === 3
    ? entries
    : fail();
};

/** The checked header of an .npy file. */
export const readNumpyHeader = (bytes: Uint8Array, file: string): NumpyHeader => {
  const magic = [0x93, ...new TextEncoder().encode('NUMPY')];
  if (magic.some((byte, at) => bytes[at] !== byte))
    throw new CheckpointError(
      `${file}: it does not begin as an .npy file does. Was it written by numpy.save?`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3)
    throw new CheckpointError(`${file}: version ${version} of the format; supported are 1, 2 and 3.`);
  const from = version === 1 ? 10 : 12;
  if (bytes.byteLength < from)
    throw new CheckpointError(`${file}: it ends inside its header. Fetch it again.`);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = from + length;
  if (start > bytes.byteLength || length > longestHeader)
    throw new CheckpointError(
      `${file}: its header has ${length} bytes, the file ${bytes.byteLength} and no header more than ${longestHeader}. It is cut off or damaged; fetch it again.`,
    );
  const entries = readEntries(file, new TextDecoder().decode(bytes.subarray(from, start)));
  const [descr = '', fortran = '', shape = ''] = ['descr', 'fortran_order', 'shape'].map((key) =>
    entries.get(key),
  );
  if (!/^(True|False)$/.test(fortran) || !shape.startsWith('('))
    throw new CheckpointError(
      `${file}: fortran_order ${fortran.slice(0, 80)} and shape ${shape.slice(0, 80)}; expected True or False, and a tuple.`,
    );
  return { ...readType(file, descr), fortran: fortran === 'True', shape: readShape(file, shape), start };
};
