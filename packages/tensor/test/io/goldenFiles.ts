// The golden and hostile files of weights, as bytes by name.
import path from 'node:path';
import { golden } from '@heed/testing';

interface StoredTensor {
  readonly dtype: 'F32' | 'I32' | 'U8';
  readonly shape: readonly number[];
  readonly data: string;
}

/** A file, and what a reader finds in it or why it must refuse it. */
export interface FileCase {
  readonly name: string;
  readonly op: 'safetensors' | 'safetensors_index' | 'tfjs' | 'torch' | 'npy' | 'npz';
  readonly file: string;
  readonly outputs: Readonly<Record<string, StoredTensor>>;
  readonly refuse?: string;
  readonly exact?: unknown;
  readonly bits?: readonly number[];
}

interface HostileFile {
  readonly file: string;
  readonly wrong: string;
  readonly expected: 'error' | 'loads';
}

const packed = golden<{
  files: Record<string, string>;
  cases: FileCase[];
  hostile: { files: Record<string, string>; index: HostileFile[] };
}>(path.join(import.meta.dirname, '..'), 'io.json.gz');

const decoded = (files: Readonly<Record<string, string>>): Map<string, Uint8Array> =>
  new Map(Object.entries(files).map(([name, data]) => [name, Uint8Array.from(Buffer.from(data, 'base64'))]));

/** Files by path. */
export const files: ReadonlyMap<string, Uint8Array> = decoded(packed.files);
/** What they hold. */
export const fileCases: readonly FileCase[] = packed.cases;
/** Hostile files by path. */
export const hostileFiles: ReadonlyMap<string, Uint8Array> = decoded(packed.hostile.files);
/** What is wrong with them. */
export const hostileIndex: readonly HostileFile[] = packed.hostile.index;

/** The files of one folder, by their names in it. */
export const below = (all: ReadonlyMap<string, Uint8Array>, folder: string): Map<string, Uint8Array> =>
  new Map(
    [...all]
      .filter(([name]) => name.startsWith(`${folder}/`))
      .map(([name, bytes]) => [name.slice(folder.length + 1), bytes]),
  );

/** Numbers of a stored tensor. */
export const numbersOf = ({ dtype, data }: StoredTensor): Float32Array | Int32Array | Uint8Array => {
  const { buffer } = Uint8Array.from(Buffer.from(data, 'base64'));
  return dtype === 'F32'
    ? new Float32Array(buffer)
    : dtype === 'I32'
      ? new Int32Array(buffer)
      : new Uint8Array(buffer);
};
