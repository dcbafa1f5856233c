// TensorFlow.js models: model.json names the weights and the shards that hold them, one behind the other and across shards.

import { CheckpointError } from '../checkpointError.ts';
import { sizeOf } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import type { Folder } from './folders/folder.ts';
import { type LoadOptions, readFiles } from './folders/readFiles.ts';
import { joinParts } from './joinParts.ts';
import { float16ToFloat32 } from './numberFormats.ts';
import { parseJson } from './parseJson.ts';
import { view } from './storedTypes.ts';

/** What a TensorFlow.js model file holds. */
export interface TensorFlowModel {
  readonly weights: Map<string, AnyTensor>;
  /** The graph or layers, as JSON; undefined where there is none. */
  readonly topology: unknown;
}

type Json = Readonly<Record<string, unknown>>;

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** How each number is stored: bytes, and the code's meaning code · scale + min. */
  readonly stored: 'float32' | 'int32' | 'uint8' | 'uint16' | 'float16';
  readonly scale: number;
  readonly min: number;
}

const bytesOf = { float32: 4, int32: 4, uint8: 1, uint16: 2, float16: 2 } as const;

const readWeight = (file: string, value: unknown): Weight => {
  const { name, shape, dtype, quantization } = (value ?? {}) as Json;
  const fail = (what: string): never => {
    throw new CheckpointError(`${file}: weight ${JSON.stringify(name)}: ${what}`);
  };
  if (typeof name !== 'string') return fail('it has no name.');
  if (
    !Array.isArray(shape) ||
    !shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0) ||
    !Number.isSafeInteger(sizeOf(shape as number[]))
  )
    return fail(`shape ${JSON.stringify(shape)}; expected integers from 0.`);
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool' && dtype !== 'uint8')
    return fail(`dtype ${JSON.stringify(dtype)}; supported are float32, int32, bool and uint8.`);
  const plain = dtype === 'bool' || dtype === 'uint8' ? 'uint8' : dtype;
  const kept = dtype === 'uint8' ? 'int32' : dtype;
  if (quantization === undefined)
    return { name, shape: shape as number[], dtype: kept, stored: plain, scale: 1, min: 0 };
  const { dtype: stored, scale = 1, min = 0 } = (quantization ?? {}) as Json;
  if (stored !== 'uint8' && stored !== 'uint16' && stored !== 'float16')
    return fail(`quantization ${JSON.stringify(stored)}; supported are uint8, uint16 and float16.`);
  if (
    typeof scale !== 'number' ||
    typeof min !== 'number' ||
    !Number.isFinite(scale) ||
    !Number.isFinite(min)
  )
    return fail(
      `quantization scale ${JSON.stringify(scale)} and min ${JSON.stringify(min)}; expected numbers.`,
    );
  return { name, shape: shape as number[], dtype: kept, stored, scale, min };
};

const decode = ({ shape, dtype, stored, scale, min }: Weight, bytes: Uint8Array<ArrayBuffer>): AnyTensor => {
  if (stored === 'float32' && dtype === 'float32')
    return new Tensor('float32', shape, view(Float32Array, bytes, 4));
  if (stored === 'int32' && dtype === 'int32') return new Tensor('int32', shape, view(Int32Array, bytes, 4));
  if (dtype === 'bool')
    return new Tensor(
      'bool',
      shape,
      bytes.map((byte) => (byte === 0 ? 0 : 1)),
    );
  const codes: ArrayLike<number> =
    stored === 'float16'
      ? float16ToFloat32(view(Uint16Array, bytes, 2))
      : stored === 'uint16'
        ? view(Uint16Array, bytes, 2)
        : bytes;
  if (dtype === 'int32')
    return new Tensor(
      'int32',
      shape,
      Int32Array.from(codes, (code) => Math.round(code * scale + min)),
    );
  return new Tensor(
    'float32',
    shape,
    Float32Array.from(codes, (code) => code * scale + min),
  );
};

/** One array of all shards of a group: the shard itself where it is alone. */
const join = (shards: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const [only] = shards;
  return only !== undefined && shards.length === 1
    ? new Uint8Array(only.buffer as ArrayBuffer, only.byteOffset, only.byteLength) // a Buffer's slice() would not copy
    : joinParts(shards);
};

const readManifest = (
  text: string,
  file: string,
): {
  readonly groups: { readonly paths: string[]; readonly weights: Weight[] }[];
  readonly topology: unknown;
} => {
  const json = parseJson(text, file) as Json | null;
  const manifest = json?.weightsManifest;
  if (!Array.isArray(manifest))
    throw new CheckpointError(
      `${file}: weightsManifest is ${JSON.stringify(manifest)?.slice(0, 80)}; expected an array. Is this a TensorFlow.js model.json?`,
    );
  const groups = manifest.map((group: Json | null, index) => {
    const { paths, weights } = group ?? {};
    if (!Array.isArray(paths) || paths.some((path) => typeof path !== 'string') || !Array.isArray(weights))
      throw new CheckpointError(`${file}: weightsManifest[${index}] lacks paths or weights.`);
    return { paths: paths as string[], weights: weights.map((weight) => readWeight(file, weight)) };
  });
  const paths = groups.flatMap((group) => group.paths);
  if (new Set(paths).size < paths.length)
    throw new CheckpointError(
      `${file}: a shard is named twice in weightsManifest; each belongs to one group, once.`,
    );
  return { groups, topology: json?.modelTopology };
};

/**
 * Weights and topology of a TensorFlow.js model: float32, int32, bool and uint8, plain or quantised (uint8, uint16, float16).
 *
 * @example
 * const { weights } = await readTensorFlow(folder, 'model.json');
 */
export const readTensorFlow = async (
  folder: Folder,
  file = 'model.json',
  options: LoadOptions = {},
): Promise<TensorFlowModel> => {
  const { groups, topology } = readManifest(
    await folder.text(file, options.signal === undefined ? {} : { signal: options.signal }),
    file,
  );
  const below = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
  const shards = await readFiles(
    folder,
    groups.flatMap(({ paths }) => paths.map((path) => ({ file: below + path }))),
    options,
  );
  const weights = new Map<string, AnyTensor>();
  let first = 0;
  for (const group of groups) {
    const bytes = join(shards.slice(first, first + group.paths.length));
    first += group.paths.length;
    let at = 0;
    for (const weight of group.weights) {
      const end = at + sizeOf(weight.shape) * bytesOf[weight.stored];
      if (end > bytes.byteLength)
        throw new CheckpointError(
          `${file}: weight ${JSON.stringify(weight.name)} needs bytes ${at} to ${end} of its shards, which have ${bytes.byteLength}. A shard is cut off, or the shape is wrong.`,
        );
      if (weights.has(weight.name))
        throw new CheckpointError(`${file}: weight ${JSON.stringify(weight.name)} stands twice.`);
      weights.set(weight.name, decode(weight, bytes.subarray(at, end)));
      at = end;
    }
    if (at !== bytes.byteLength)
      throw new CheckpointError(
        `${file}: the weights of a group need ${at} bytes, its shards have ${bytes.byteLength}.`,
      );
  }
  return { weights, topology };
};
