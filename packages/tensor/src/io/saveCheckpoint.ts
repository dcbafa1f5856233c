// saveCheckpoint: weights into a folder, as Hugging Face's libraries write and read them.

import { CheckpointError } from '../checkpointError.ts';
import type { AnyTensor } from '../tensor.ts';
import type { Folder } from './folders/folder.ts';
import { safetensorsParts } from './safetensors/writeSafetensors.ts';

/** How weights are saved. */
export interface SaveCheckpointOptions {
  /** Texts about the file. Default { format: 'pt' }, without which transformers does not load it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Most bytes of weights in one file; more of them are split. Default 5 · 10⁹, as Hugging Face's libraries have it. */
  readonly largestShard?: number;
}

type Named = readonly [name: string, tensor: AnyTensor];

/** Tensors in their order, in as few shards as have room for them so; one that is larger than a shard has its own. */
const split = (tensors: ReadonlyMap<string, AnyTensor>, largest: number): Named[][] => {
  const shards: Named[][] = [[]];
  let filled = 0;
  for (const named of tensors) {
    const bytes = named[1].data.byteLength;
    if (filled > 0 && filled + bytes > largest) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)?.push(named);
    filled += bytes;
  }
  return shards;
};

/**
 * Writes tensors by name to model.safetensors, or, where they are more than `largestShard`, to shards and then their index. On a disk each
 * file is written whole or not at all; a set of shards is not: give it a folder of its own. Nothing is put together in memory.
 *
 * @example
 * await saveCheckpoint(directory('models/mine'), parameters(model));
 */
export const saveCheckpoint = async (
  folder: Folder,
  tensors: ReadonlyMap<string, AnyTensor>,
  { metadata = { format: 'pt' }, largestShard = 5e9 }: SaveCheckpointOptions = {},
): Promise<void> => {
  const single = 'model.safetensors';
  const shards = split(tensors, largestShard);
  if (shards.length === 1) return folder.write(single, safetensorsParts(tensors, metadata));
  if (await folder.has(single))
    throw new CheckpointError(
      `${folder.name}: it has a ${single}, which readers take in place of shards. Save to a folder of its own.`,
    );
  const digits = (value: number) => String(value).padStart(5, '0');
  const map = Object.create(null) as Record<string, string>; // so that a tensor may be called __proto__
  for (const [index, named] of shards.entries()) {
    const file = `model-${digits(index + 1)}-of-${digits(shards.length)}.safetensors`;
    for (const [name] of named) map[name] = file;
    await folder.write(file, safetensorsParts(new Map(named), metadata));
  }
  const size = [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const index = { metadata: { total_size: size }, weight_map: map };
  await folder.write(`${single}.index.json`, `${JSON.stringify(index, undefined, 2)}\n`);
};
