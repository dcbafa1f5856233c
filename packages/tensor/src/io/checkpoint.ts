// readCheckpoint: the weights of a Hugging Face folder, in one file or in shards with an index.

import { CheckpointError } from '../checkpointError.ts';
import type { AnyTensor } from '../tensor.ts';
import type { Folder } from './folders/folder.ts';
import { type LoadOptions, readFiles } from './folders/readFiles.ts';
import { parseJson } from './parseJson.ts';
import { readSafetensors } from './safetensors/readSafetensors.ts';

/** Where in the folder the weights lie, and how the load may be watched. */
export interface CheckpointOptions extends LoadOptions {
  /** A folder within the folder ('2_Dense'). Default: the folder itself. */
  readonly path?: string;
}

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

const readShards = async (
  folder: Folder,
  prefix: string,
  options: CheckpointOptions,
): Promise<Map<string, AnyTensor>> => {
  const file = `${prefix}model.safetensors.index.json`;
  const index = readIndex(
    await folder.text(file, options.signal === undefined ? {} : { signal: options.signal }),
    file,
  );
  const shards = [...new Set(index.values())].map((shard) => prefix + shard);
  for (const shard of shards)
    if (!(await folder.has(shard)))
      throw new CheckpointError(`${file}: it names ${shard}, which is not there. Fetch the missing shard.`);
  const tensors = new Map<string, AnyTensor>();
  for (const [place, bytes] of (await readFiles(folder, shards, options)).entries()) {
    const shard = shards[place] as string; // as many results as shards
    for (const [name, tensor] of readSafetensors(bytes, { file: shard })) {
      if (prefix + (index.get(name) ?? '') !== shard)
        throw new CheckpointError(
          `${shard}: it holds ${JSON.stringify(name)}, which ${file} places in ${index.get(name) ?? 'no file'}.`,
        );
      tensors.set(name, tensor);
    }
  }
  const missing = [...index.keys()].filter((name) => !tensors.has(name));
  if (missing.length > 0)
    throw new CheckpointError(
      `${file}: the shards lack ${missing.map((name) => JSON.stringify(name)).join(', ')}.`,
    );
  return tensors;
};

/**
 * All tensors of a folder: model.safetensors, or the shards that model.safetensors.index.json names. Reports progress over all bytes.
 *
 * @example
 * const checkpoint = await readCheckpoint(directory('models/bert'), { onProgress: ({ loaded, total }) => show(loaded, total) });
 */
export const readCheckpoint = async (
  folder: Folder,
  options: CheckpointOptions = {},
): Promise<Map<string, AnyTensor>> => {
  const prefix = options.path === undefined ? '' : `${options.path}/`;
  const single = `${prefix}model.safetensors`;
  if (await folder.has(single)) {
    const [bytes] = await readFiles(folder, [single], options);
    return readSafetensors(bytes as Uint8Array, { file: `${folder.name}/${single}` }); // one file, one result
  }
  if (await folder.has(`${single}.index.json`)) return readShards(folder, prefix, options);
  const pickle = await folder.has(`${prefix}pytorch_model.bin`);
  throw new CheckpointError(
    pickle
      ? `${folder.name}: it has pytorch_model.bin, a Python pickle, and no model.safetensors. Save it again with save_pretrained(…, safe_serialization=True), or take the safetensors file that most published models have.`
      : `${folder.name}: there is no ${single} (nor its index). Point to the folder that holds the weights.`,
  );
};
