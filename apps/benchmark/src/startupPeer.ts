// Entry of a process of the suite `startup`: from the import of transformers.js to the first embedding, from a folder in its layout.

import path from 'node:path';
import { importPeer } from './peers/importPeer.ts';

interface Transformers {
  readonly env: { localModelPath: string; allowRemoteModels: boolean };
  pipeline(
    task: 'feature-extraction',
    model: string,
    options: object,
  ): Promise<(text: string, options: object) => Promise<{ readonly data: Float32Array }>>;
}

const [, , folder = '', text = ''] = process.argv;
const start = performance.now();
const { env, pipeline } = (await importPeer('@huggingface/transformers')) as Transformers;
env.allowRemoteModels = false;
env.localModelPath = path.dirname(folder);
const extract = await pipeline('feature-extraction', path.basename(folder), { dtype: 'fp32', device: 'cpu' });
const { data } = await extract(text, { pooling: 'mean', normalize: true });
const milliseconds = performance.now() - start;
process.send?.({ milliseconds, embedding: [...data] }, () => process.exit(0));
