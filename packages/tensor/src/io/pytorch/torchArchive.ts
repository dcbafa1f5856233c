// The zip archives of torch.save since PyTorch 1.6: NAME/data.pkl, and a storage in each NAME/data/KEY.

import { CheckpointError } from '../../checkpointError.ts';
import { readZip, type ZipEntry } from '../zip/readZip.ts';
import { readPickle } from './readPickle.ts';
import { readStorageId, type TorchFile, torchGlobals } from './tensorReference.ts';

const pickleOf = (
  entries: ReadonlyMap<string, ZipEntry>,
  file: string,
): [prefix: string, entry: ZipEntry] => {
  const pickles = [...entries].filter(([name]) => /^([^/]+\/)?data\.pkl$/.test(name));
  const [only] = pickles;
  if (only === undefined || pickles.length > 1)
    throw new CheckpointError(
      `${file}: ${pickles.length} entries are called data.pkl; expected one, as torch.save writes it. Is it a PyTorch file?`,
    );
  return [only[0].slice(0, -'data.pkl'.length), only[1]];
};

/** Whether the file is a zip archive. */
export const isArchive = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b; // PK

/** Takes the archive apart. */
export const readArchive = async (bytes: Uint8Array, file: string): Promise<TorchFile> => {
  // torch.serialization.set_crc32_options(False) writes zeros.
  const entries = readZip(bytes, { file, zeroIsUnchecked: true });
  const [prefix, pickle] = pickleOf(entries, file);
  const order = await entries.get(`${prefix}byteorder`)?.read();
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    throw new CheckpointError(
      `${file}: it was written in another order of bytes (${JSON.stringify(new TextDecoder().decode(order).slice(0, 20))}). Save it again on a little-endian machine, or as safetensors.`,
    );
  const { value } = readPickle(await pickle.read(), {
    file: `${file}/${prefix}data.pkl`,
    global: (name) => torchGlobals.get(name),
    persistent: readStorageId,
  });
  const storages = new Map<string, Promise<Uint8Array>>();
  return {
    value,
    pickled: pickle.size,
    storage: async ({ key, type, elements }) => {
      const entry = entries.get(`${prefix}data/${key}`);
      if (entry === undefined)
        throw new CheckpointError(
          `${file}: storage ${JSON.stringify(key.slice(0, 80))} is not in the archive. Fetch the file again.`,
        );
      if (entry.size !== elements * type.bytes)
        throw new CheckpointError(
          `${file}: storage ${JSON.stringify(key)} has ${entry.size} bytes; expected ${elements * type.bytes}. The file is damaged; fetch it again.`,
        );
      const read = storages.get(key) ?? entry.read();
      storages.set(key, read);
      return read;
    },
  };
};
