// The files of torch.save before PyTorch 1.6: five pickles one behind the other (magic number, version, machine, the object, the keys of its
// storages), then each storage with its length in elements. After torch/serialization.py (_legacy_load).

import { CheckpointError } from '../../checkpointError.ts';
import { readPickle } from './readPickle.ts';
import { readStorageId, type StorageReference, type TorchFile, torchGlobals } from './tensorReference.ts';

/** torch.serialization.MAGIC_NUMBER */
const magic = 0x1950a86a20f9469cfc6cn;
const version = 1001;

/** Whether the file is a pickle: protocols 2 and later begin with 0x80, the older ones with the magic number as text, 'L…'. */
export const isPickle = (bytes: Uint8Array): boolean => bytes[0] === 0x80 || bytes[0] === 0x4c;

const fail = (file: string, what: string): never => {
  throw new CheckpointError(`${file}: ${what}`);
};

/** Where the bytes of each storage lie. */
const locate = (
  bytes: Uint8Array,
  {
    file,
    keys,
    storages,
    start,
  }: {
    readonly file: string;
    readonly keys: unknown;
    readonly storages: ReadonlyMap<string, StorageReference>;
    readonly start: number;
  },
): Map<string, Uint8Array> => {
  if (!Array.isArray(keys))
    return fail(file, 'the keys of its storages are no list. It is damaged; fetch it again.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = new Map<string, Uint8Array>();
  let at = start;
  for (const key of keys) {
    const reference = storages.get(key);
    if (reference === undefined)
      return fail(
        file,
        `storage ${typeof key === 'string' ? JSON.stringify(key.slice(0, 80)) : 'of no name'} belongs to no tensor.`,
      );
    const elements = at + 8 <= bytes.byteLength ? Number(view.getBigUint64(at, true)) : -1;
    const end = at + 8 + elements * reference.type.bytes;
    if (elements !== reference.elements || end > bytes.byteLength)
      return fail(
        file,
        `storage ${JSON.stringify(key)} of ${reference.elements} elements has ${elements < 0 ? 'no length' : `a length of ${elements}`}, with ${bytes.byteLength - at} bytes left. It is cut off or damaged; fetch it again.`,
      );
    found.set(key, bytes.subarray(at + 8, end));
    at = end;
  }
  if (at !== bytes.byteLength) fail(file, `${bytes.byteLength - at} bytes lie behind its last storage.`);
  return found;
};

/** Takes the file apart. */
export const readLegacy = (bytes: Uint8Array, file: string): TorchFile => {
  const storages = new Map<string, StorageReference>();
  let end = 0;
  const next = (): unknown => {
    const read = readPickle(bytes, {
      file,
      start: end,
      global: (name) => torchGlobals.get(name),
      persistent: (id, refuse) => {
        const reference = readStorageId(id, refuse);
        const known = storages.get(reference.key);
        if (known !== undefined && (known.type !== reference.type || known.elements !== reference.elements))
          return refuse(`storage ${JSON.stringify(reference.key)} is described twice, differently.`);
        storages.set(reference.key, reference);
        return reference;
      },
    });
    end = read.end;
    return read.value;
  };
  const first = next();
  if (first !== magic)
    fail(
      file,
      "it is a pickle without PyTorch's number at its beginning. Save the weights by torch.save(model.state_dict(), …).",
    );
  const given = next();
  if (given !== version)
    fail(
      file,
      `version ${typeof given === 'number' ? given : 'unknown'} of the format; expected ${version}.`,
    );
  const machine = next();
  if (machine instanceof Map && machine.get('little_endian') === false)
    fail(
      file,
      'it was written in another order of bytes. Save it again on a little-endian machine, or as safetensors.',
    );
  const value = next();
  const located = locate(bytes, { file, keys: next(), storages, start: end });
  return {
    value,
    pickled: end,
    storage: async ({ key }) =>
      located.get(key) ??
      fail(file, `storage ${JSON.stringify(key.slice(0, 80))} is not in the file. Fetch it again.`),
  };
};
