// The names that a pickle of PyTorch weights may use, and what they stand for: references to storages and to tensors in them, nothing that
// runs. After torch/_utils.py (_rebuild_tensor_v2 and its neighbours) and torch/_weights_only_unpickler.py of PyTorch 2.

import { type StoredType, storedTypes } from '../storedTypes.ts';
import type { Layout } from '../strided.ts';
import type { PickleGlobal } from './readPickle.ts';

type Fail = (what: string) => never;

/** Bytes that lie beside the pickle. */
export interface StorageReference {
  readonly kind: 'storage';
  readonly key: string;
  readonly type: StoredType;
  /** Elements of the whole storage. */
  readonly elements: number;
  /** The element at which this part of it begins (files of 2017). */
  readonly from: number;
}

/** A tensor as a view of a storage. */
export interface TensorReference {
  readonly kind: 'tensor';
  readonly storage: StorageReference;
  readonly type: StoredType;
  readonly layout: Layout;
}

/** A file taken apart: its pickle's value, and the bytes of each storage. */
export interface TorchFile {
  readonly value: unknown;
  /** Bytes of the pickle. */
  readonly pickled: number;
  storage(reference: StorageReference): Promise<Uint8Array>;
}

/** A kind of numbers: a storage class or a dtype. */
interface NumbersGlobal extends PickleGlobal {
  readonly numbers: StoredType;
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length <= 64 && value.every(isCount);

const isKind = <K extends string>(value: unknown, kind: K): boolean =>
  value !== null && typeof value === 'object' && (value as { kind?: unknown }).kind === kind;

/** Whether a value of the pickle is a tensor. */
export const isTensorReference = (value: unknown): value is TensorReference => isKind(value, 'tensor');

const numbersOf = (value: unknown): StoredType | undefined => (value as NumbersGlobal | null)?.numbers;

const rebuildTensor = (args: readonly unknown[], fail: Fail): TensorReference => {
  const [storage, offset, shape, strides, , , dtype] = args;
  if (!isKind(storage, 'storage') || !isCount(offset) || !areCounts(shape) || !areCounts(strides))
    return fail('a tensor whose storage, offset, shape or strides are none.');
  if (shape.length !== strides.length)
    return fail(`a tensor of ${shape.length} extents and ${strides.length} strides; expected as many.`);
  const { type, from } = storage as StorageReference;
  return {
    kind: 'tensor',
    storage: storage as StorageReference,
    type: numbersOf(dtype) ?? type,
    layout: { shape, strides, offset: offset + from },
  };
};

const first: PickleGlobal = { call: ([value]) => value };

const orderedDictionary: PickleGlobal = {
  call: ([pairs = []], fail) => {
    if (!Array.isArray(pairs) || !pairs.every((pair) => Array.isArray(pair) && pair.length === 2))
      return fail('an OrderedDict of something else than pairs.');
    // Once used, the list is empty: a pickle that makes many dictionaries of one list would make much of little.
    return new Map((pairs as [unknown, unknown][]).splice(0));
  },
};

/** _rebuild_from_type_v2(function, type, arguments, state): a tensor with attributes. */
const fromType: PickleGlobal = {
  call: ([called, , args], fail) => {
    const { call } = (called ?? {}) as PickleGlobal;
    return call === rebuildTensor && Array.isArray(args)
      ? call(args, fail)
      : fail('a tensor of an unknown kind.');
  },
};

const storageNames: Readonly<Record<string, string>> = {
  Double: 'F64',
  Float: 'F32',
  Half: 'F16',
  BFloat16: 'BF16',
  Long: 'I64',
  Int: 'I32',
  Short: 'I16',
  Char: 'I8',
  Byte: 'U8',
  Bool: 'BOOL',
  Untyped: 'U8',
};

const dtypeNames: Readonly<Record<string, string>> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  bfloat16: 'BF16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint8: 'U8',
  uint16: 'U16',
  uint32: 'U32',
  uint64: 'U64',
  bool: 'BOOL',
  float8_e4m3fn: 'F8_E4M3',
  float8_e5m2: 'F8_E5M2',
};

const numbers = (
  names: Readonly<Record<string, string>>,
  title: (name: string) => string,
): [string, PickleGlobal][] =>
  Object.entries(names).map(([name, type]) => [title(name), { numbers: storedTypes[type] } as PickleGlobal]);

/** The allowed names, 'module name'. */
export const torchGlobals: ReadonlyMap<string, PickleGlobal> = new Map<string, PickleGlobal>([
  ['collections OrderedDict', orderedDictionary],
  ['torch._utils _rebuild_tensor', { call: rebuildTensor }],
  ['torch._utils _rebuild_tensor_v2', { call: rebuildTensor }],
  ['torch._utils _rebuild_tensor_v3', { call: rebuildTensor }],
  ['torch._utils _rebuild_parameter', first],
  ['torch._utils _rebuild_parameter_with_state', first],
  ['torch._tensor _rebuild_from_type_v2', fromType],
  ['torch Tensor', {}],
  ['torch.nn.parameter Parameter', {}],
  ['torch Size', first],
  ['torch device', { call: () => null }],
  ['builtins set', first],
  ['__builtin__ set', first],
  ['_codecs encode', first],
  ...numbers(storageNames, (name) => `torch ${name}Storage`),
  ...numbers(storageNames, (name) => `torch.storage ${name}Storage`),
  ...numbers(dtypeNames, (name) => `torch ${name}`),
]);

/** The storage of a persistent id: ('storage', class, key, device, elements[, view]). */
export const readStorageId = (id: unknown, fail: Fail): StorageReference => {
  const [title, kind, key, , elements, part] = Array.isArray(id) ? id : [];
  const type = numbersOf(kind);
  if (title !== 'storage' || type === undefined || typeof key !== 'string' || !isCount(elements))
    return fail('an outside object that is no storage of numbers.');
  const [, from, length] = Array.isArray(part) ? part : [undefined, 0, elements];
  if (!isCount(from) || !isCount(length) || from + length > elements)
    return fail(`a part of storage ${JSON.stringify(key.slice(0, 80))} that goes past its end.`);
  return { kind: 'storage', key, type, elements, from };
};
