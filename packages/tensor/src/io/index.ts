// @heed/tensor/io: where files come from, and the formats of weights.

// Folders
export {
  type Folder,
  type FolderSource,
  folderOf,
  inMemory,
  type LoadProgress,
  type ReadOptions,
} from './folder.ts';
export { directory } from './directory.ts';
export { type BaseUrlOptions, baseUrl } from './baseUrl.ts';
export { type ChosenFile, fromFiles } from './fromFiles.ts';
export type { LoadOptions } from './readFiles.ts';

// Formats
export { type CheckpointOptions, readCheckpoint } from './checkpoint.ts';
export {
  readSafetensors,
  readSafetensorsMetadata,
  readWideIntegers,
  type SafetensorsOptions,
} from './safetensors.ts';
export { writeSafetensors } from './writeSafetensors.ts';
export { readTensorFlow, type TensorFlowModel } from './tensorFlow.ts';
