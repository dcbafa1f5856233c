// Writing safetensors files that every reader of the format takes.

import { CheckpointError } from '../../checkpointError.ts';
import type { DType } from '../../dtype.ts';
import type { AnyTensor } from '../../tensor.ts';
import { joinParts } from '../joinParts.ts';

const written: Readonly<Record<DType, string>> = { float32: 'F32', int32: 'I32', bool: 'BOOL' };

/**
 * A safetensors file in parts: its header, then the data of each tensor, as views. Names are sorted within each dtype, widest first, so that
 * equal tensors give equal files and all data lie aligned.
 */
export const safetensorsParts = (
  tensors: ReadonlyMap<string, AnyTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] => {
  const rank = ({ dtype }: AnyTensor) => (dtype === 'bool' ? 1 : 0);
  const ordered = [...tensors].sort(([a, x], [b, y]) => rank(x) - rank(y) || (a < b ? -1 : 1));
  const header = Object.create(null) as Record<string, unknown>; // so that a tensor may be called __proto__
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let at = 0;
  for (const [name, tensor] of ordered) {
    if (name === '__metadata__')
      throw new CheckpointError(
        'writeSafetensors: a tensor is named __metadata__, which the format keeps for itself.',
      );
    const end = at + tensor.data.byteLength;
    header[name] = { dtype: written[tensor.dtype], shape: tensor.shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20, 8 + json.length);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(json, 8);
  return [
    head,
    ...ordered.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ];
};

/**
 * A safetensors file of tensors by name, in one piece. To write it to a folder use `saveCheckpoint`, which needs no second copy in memory.
 *
 * @example
 * const bytes = writeSafetensors(parameters(model));
 */
export const writeSafetensors = (
  tensors: ReadonlyMap<string, AnyTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array => joinParts(safetensorsParts(tensors, metadata));
