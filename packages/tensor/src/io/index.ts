// @heed/tensor/io: where files come from, and the formats of weights.

// Folders
export {
  type FileContent,
  type Folder,
  type FolderSource,
  folderOf,
  type LoadProgress,
  type ReadOptions,
} from './folders/folder.ts';
export { inMemory } from './folders/inMemory.ts';
export { directory } from './folders/directory.ts';
export { type BaseUrlOptions, baseUrl } from './folders/baseUrl.ts';
export { type ChosenFile, fromFiles } from './folders/fromFiles.ts';
export { type DirectoryHandle, directoryHandle, type FileHandle } from './folders/directoryHandle.ts';
export { type ZipFolderOptions, zip } from './zip/zip.ts';
export { writeZip } from './zip/writeZip.ts';
export type { BlobLike, ByteRange } from './folders/ranges.ts';
export type { LoadOptions } from './folders/readFiles.ts';

// Caches of folders
export { cached, type FileCache } from './folders/cached.ts';
export { browserCache } from './folders/browserCache.ts';
export { directoryCache } from './folders/directoryCache.ts';

// Formats
export { type CheckpointOptions, readCheckpoint } from './checkpoint.ts';
export { type SaveCheckpointOptions, saveCheckpoint } from './saveCheckpoint.ts';
export {
  readSafetensors,
  readSafetensorsMetadata,
  type SafetensorsOptions,
} from './safetensors/readSafetensors.ts';
export { writeSafetensors } from './safetensors/writeSafetensors.ts';
export { type PyTorchOptions, readPyTorch } from './pytorch/readPyTorch.ts';
export { type NpzOptions, readNpy, readNpz } from './numpy/readNpy.ts';
export { writeNpy, writeNpz } from './numpy/writeNpy.ts';
export { type OnnxOptions, readOnnx } from './onnx/readOnnx.ts';
export { wideIntegers } from './storedTensor.ts';
export { readTensorFlow, type TensorFlowModel } from './tensorFlow.ts';
