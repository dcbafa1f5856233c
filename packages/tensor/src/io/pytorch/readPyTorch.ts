// readPyTorch: the tensors of files that torch.save wrote (.bin, .pt, .pth): zip archives since 1.6, and the one stream of before.
// The pickle inside is read as data; what it names beyond tensors is refused, and nothing of it runs.

import { CheckpointError } from '../../checkpointError.ts';
import { sizeOf } from '../../shape.ts';
import type { AnyTensor } from '../../tensor.ts';
import { storedTensor } from '../storedTensor.ts';
import { gathered, reachOf } from '../strided.ts';
import { collectTensors } from './collectTensors.ts';
import { isPickle, readLegacy } from './legacyFile.ts';
import type { TensorReference, TorchFile } from './tensorReference.ts';
import { isArchive, readArchive } from './torchArchive.ts';

/** What to read of a PyTorch file. */
export interface PyTorchOptions {
  /** Which tensors are wanted. Default: all. */
  readonly wanted?: (name: string) => boolean;
  /** What the file is called in errors. Default 'pytorch'. */
  readonly file?: string;
  /** Bytes that the tensors may take, all together. Default: 64 MiB or 16 times the file, whichever is more. */
  readonly limit?: number;
}

const takeApart = async (bytes: Uint8Array, file: string): Promise<TorchFile> => {
  if (isArchive(bytes)) return readArchive(bytes, file);
  if (isPickle(bytes)) return readLegacy(bytes, file);
  const start = Array.from(bytes.subarray(0, 16), (byte) =>
    byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '·',
  );
  throw new CheckpointError(
    `${file}: it begins with ${JSON.stringify(start.join(''))}, neither a zip archive nor a pickle. Is it a whole PyTorch file, and not the page or pointer that stands for one?`,
  );
};

/** Two views that are the same in all have the same text. */
const identity = ({ storage, type, layout }: TensorReference): string =>
  [storage.key, type.bytes, layout.offset, layout.shape.join(), layout.strides.join()].join(' ');

const readTensor = async (
  place: string,
  { storage, type, layout }: TensorReference,
  file: TorchFile,
): Promise<AnyTensor> => {
  const bytes = await file.storage(storage);
  const needed = reachOf(layout) * type.bytes;
  if (!(needed <= bytes.byteLength))
    throw new CheckpointError(
      `${place}: shape [${layout.shape.join(', ')}] with strides [${layout.strides.join(', ')}] needs ${needed} bytes of storage ${JSON.stringify(storage.key)}, which has ${bytes.byteLength}. The file is damaged; fetch it again.`,
    );
  const contiguous = gathered(place, bytes, type.bytes, layout);
  return storedTensor(place, type, { shape: layout.shape, bytes: contiguous });
};

/**
 * Tensors of a file of torch.save, by name: a state dict, or one in a checkpoint of training, whose names are then the path to it
 * ('model.weight'). A file that is one tensor has it under ''. Tensors that are the same view of the same storage (tied weights) are one
 * tensor. float64, float16, bfloat16 and float8 become float32, integers int32 (see `wideIntegers`), bool bool. Views are made
 * contiguous.
 *
 * @example
 * const tensors = await readPyTorch(await folder.read('pytorch_model.bin'));
 */
export const readPyTorch = async (
  given: Uint8Array,
  {
    wanted = () => true,
    file = 'pytorch',
    limit = Math.max(2 ** 26, 16 * given.byteLength),
  }: PyTorchOptions = {},
): Promise<Map<string, AnyTensor>> => {
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength); // a Buffer's slice() would not copy
  const torchFile = await takeApart(bytes, file);
  const known = new Map<string, AnyTensor>();
  const tensors = new Map<string, AnyTensor>();
  let taken = 0;
  for (const [name, reference] of collectTensors(torchFile, file)) {
    if (!wanted(name)) continue;
    const same = identity(reference);
    let tensor = known.get(same);
    if (tensor === undefined) {
      const place = `${file}: tensor ${JSON.stringify(name)}`;
      taken += 4 * sizeOf(reference.layout.shape);
      if (!(taken <= limit))
        throw new CheckpointError(
          `${place}: with it the tensors take ${taken} bytes; the limit is ${limit}. If you trust the file, set limit to what you expect.`,
        );
      tensor = await readTensor(place, reference, torchFile);
      known.set(same, tensor);
    }
    tensors.set(name, tensor);
  }
  return tensors;
};
