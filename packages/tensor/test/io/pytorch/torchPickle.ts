// Pickles and archives for tests, written opcode by opcode, so that they can also be wrong.
import { archive } from '../zip/archive.ts';

/** Opcodes and texts as characters of one byte each. */
export const bytesOf = (...parts: readonly (string | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : [...part])),
  );

const int32 = (value: number): string =>
  String.fromCharCode(...[0, 8, 16, 24].map((bits) => (value >> bits) & 255));

/** BINUNICODE */
export const textCode = (text: string): string => `X${int32(text.length)}${text}`;
/** BININT */
export const integerCode = (value: number): string => `J${int32(value)}`;

/** How a tensor is described; `kind` is the storage's class. */
export interface PickledTensor {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset?: number;
  readonly elements: number;
  readonly kind?: string;
}

/** The opcodes that make one tensor of storage '0'. */
export const tensorCode = ({
  shape,
  strides,
  offset = 0,
  elements,
  kind = 'Float',
}: PickledTensor): string => {
  const tuple = (values: readonly number[]) => `(${values.map(integerCode).join('')}t`;
  const storage = `(${textCode('storage')}ctorch\n${kind}Storage\n${textCode('0')}${textCode('cpu')}${integerCode(elements)}tQ`;
  return `ctorch._utils\n_rebuild_tensor_v2\n(${storage}${integerCode(offset)}${tuple(shape)}${tuple(strides)}\x89ccollections\nOrderedDict\n)RtR`;
};

/** A dictionary of values by name. */
export const dictionaryCode = (values: Readonly<Record<string, string>>): string =>
  `}(${Object.entries(values)
    .map(([name, code]) => textCode(name) + code)
    .join('')}u`;

/** The archive of a pickle (STOP is added) and of the numbers of storage '0'. */
export const torchArchive = (code: string, storage: Uint8Array = new Uint8Array(24)): Uint8Array =>
  archive([
    { name: 'x/data.pkl', content: bytesOf('\x80\x02', code, '.') },
    { name: 'x/byteorder', content: bytesOf('little') },
    { name: 'x/data/0', content: storage },
  ]);
