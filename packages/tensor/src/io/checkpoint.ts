// readCheckpoint: the weights of a Hugging Face folder, as safetensors or as PyTorch saved them, in one file or in shards with an index.

import { CheckpointError } from '../checkpointError.ts';
import type { AnyTensor } from '../tensor.ts';
import type { Folder } from './folders/folder.ts';
import { type FilePart, type LoadOptions, readFiles } from './folders/readFiles.ts';
import { parseJson } from './parseJson.ts';
import { readPyTorch } from './pytorch/readPyTorch.ts';
import { readSafetensors } from './safetensors/readSafetensors.ts';
import {
  readHeaderOf,
  tensorsOfParts,
  type WantedParts,
  wantedParts,
} from './safetensors/safetensorsRanges.ts';

/** Where in the folder the weights lie, which of them are wanted, and how the load may be watched. */
export interface CheckpointOptions extends LoadOptions {
  /** A folder within the folder ('2_Dense'). Default: the folder itself. */
  readonly path?: string;
  /** Which tensors are wanted; of safetensors only their bytes are then read. Default: all. */
  readonly wanted?: (name: string) => boolean;
}

/** How the weights of a folder are kept. */
type Format = 'safetensors' | 'torch';

/** The names of weights, the first that is there counts. */
const names: readonly (readonly [file: string, format: Format])[] = [
  ['model.safetensors', 'safetensors'],
  ['pytorch_model.bin', 'torch'],
];

const readIndex = (text: string, file: string): Map<string, string> => {
  const map = (parseJson(text, file) as { weight_map?: unknown } | null)?.weight_map;
  if (
    map === null ||
    typeof map !== 'object' ||
    Object.values(map).some((shard) => typeof shard !== 'string')
  )
    throw new CheckpointError(
      `${file}: weight_map is ${JSON.stringify(map)?.slice(0, 80)}; expected an object from tensor names to file names.`,
    );
  return new Map(Object.entries(map as Record<string, string>));
};

/** The tensors of each file, by name. */
const readWeights = async (
  folder: Folder,
  { files, format }: { readonly files: readonly string[]; readonly format: Format },
  options: CheckpointOptions,
): Promise<Map<string, AnyTensor>[]> => {
  const { wanted, signal } = options;
  const parts: (FilePart & { readonly part?: WantedParts })[] = [];
  for (const file of files) {
    const ranged = wanted !== undefined && format === 'safetensors';
    const header = ranged
      ? await readHeaderOf(folder, file, signal === undefined ? {} : { signal })
      : undefined;
    const part = header && wanted && wantedParts(header, wanted);
    parts.push({ file, ...(part && { part, ranges: part.ranges }) });
  }
  const read = await readFiles(folder, parts, options);
  const result: Map<string, AnyTensor>[] = [];
  for (const [index, { file, part }] of parts.entries()) {
    const bytes = read[index] as Uint8Array; // as many results as parts
    const named = { file: `${folder.name}/${file}`, ...(wanted && { wanted }) };
    if (part !== undefined) result.push(tensorsOfParts(bytes, part, named.file));
    else result.push(format === 'torch' ? await readPyTorch(bytes, named) : readSafetensors(bytes, named));
  }
  return result;
};

const readShards = async (
  folder: Folder,
  { file, format }: { readonly file: string; readonly format: Format },
  options: CheckpointOptions,
): Promise<Map<string, AnyTensor>> => {
  const { signal, wanted = () => true } = options;
  const index = readIndex(await folder.text(file, signal === undefined ? {} : { signal }), file);
  const prefix = file.slice(0, file.lastIndexOf('/') + 1);
  const chosen = [...index].filter(([name]) => wanted(name));
  const shards = [...new Set(chosen.map(([, shard]) => prefix + shard))];
  for (const shard of shards)
    if (!(await folder.has(shard)))
      throw new CheckpointError(`${file}: it names ${shard}, which is not there. Fetch the missing shard.`);
  const tensors = new Map<string, AnyTensor>();
  for (const [place, found] of (await readWeights(folder, { files: shards, format }, options)).entries()) {
    const shard = shards[place] as string; // as many results as shards
    for (const [name, tensor] of found) {
      if (prefix + (index.get(name) ?? '') !== shard)
        throw new CheckpointError(
          `${shard}: it holds ${JSON.stringify(name)}, which ${file} places in ${index.get(name) ?? 'no file'}.`,
        );
      tensors.set(name, tensor);
    }
  }
  const missing = chosen.filter(([name]) => !tensors.has(name));
  if (missing.length > 0)
    throw new CheckpointError(
      `${file}: the shards lack ${missing.map(([name]) => JSON.stringify(name)).join(', ')}.`,
    );
  return tensors;
};

/**
 * The tensors of a folder, by name: of model.safetensors, of the shards that model.safetensors.index.json names, or else of
 * pytorch_model.bin or its shards. Reports progress over all bytes.
 *
 * @example
 * const checkpoint = await readCheckpoint(directory('models/bert'), { onProgress: ({ loaded, total }) => show(loaded, total) });
 */
export const readCheckpoint = async (
  folder: Folder,
  options: CheckpointOptions = {},
): Promise<Map<string, AnyTensor>> => {
  const prefix = options.path === undefined ? '' : `${options.path}/`;
  for (const [name, format] of names) {
    const file = prefix + name;
    if (await folder.has(file)) {
      const [tensors] = await readWeights(folder, { files: [file], format }, options);
      return tensors as Map<string, AnyTensor>; // one file, one result
    }
    const index = `${file}.index.json`;
    if (await folder.has(index)) return readShards(folder, { file: index, format }, options);
  }
  throw new CheckpointError(
    `${folder.name}: there is no ${names.map(([name]) => prefix + name).join(', no ')}, and no index of shards. Point to the folder that holds the weights.`,
  );
};
