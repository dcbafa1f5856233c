// Reads a golden model folder: config and weights as a user has them, expected tensors beside them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readSafetensors, type StoredTensor } from '@heed/testing';

export interface GoldenCase {
  readonly name: string;
  readonly class?: string;
  readonly head?: string;
  readonly texts?: readonly string[];
  readonly prompt_name?: string | null;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string | readonly string[]>>;
  readonly compare?: string;
}

/** Cases of a folder, and its expected tensors by name. */
export const goldenFolder = (
  folder: string,
): { readonly cases: readonly GoldenCase[]; stored(name: string): StoredTensor } => {
  const { cases } = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as {
    cases: GoldenCase[];
  };
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'expected.safetensors')));
  const stored = (name: string): StoredTensor => {
    const found = tensors.get(name);
    if (found === undefined) throw new Error(`${folder}: expected.safetensors lacks ${name}`);
    return found;
  };
  return { cases, stored };
};
