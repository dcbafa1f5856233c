// Checkpoints of a training: everything that the steps to come depend on, in one safetensors file, so that it is written whole or not at
// all. The newest files take turns under a few names.

import { CheckpointError } from '../checkpointError.ts';
import type { Folder } from '../io/folders/folder.ts';
import { readSafetensors, readSafetensorsMetadata } from '../io/safetensors/readSafetensors.ts';
import { writeSafetensors } from '../io/safetensors/writeSafetensors.ts';
import { parameters } from '../nn/model.ts';
import type { Random } from '../random.ts';
import { sameShape } from '../shape.ts';
import type { AnyTensor, Tensor } from '../tensor.ts';
import type { MovingAverage } from './movingAverage.ts';
import type { Optimizer } from './optimizer.ts';

/** What is saved and restored. */
export interface TrainingState {
  readonly model: object;
  readonly optimizer: Optimizer;
  readonly average: MovingAverage | undefined;
  readonly random: Random | undefined;
}

/** Name of the file in a turn. */
const fileOf = (turn: number): string => `checkpoint-${turn}.safetensors`;

const under = (prefix: string, tensors: ReadonlyMap<string, AnyTensor>): [string, AnyTensor][] =>
  Array.from(tensors, ([name, tensor]) => [prefix + name, tensor]);

const part = (prefix: string, tensors: ReadonlyMap<string, AnyTensor>): Map<string, AnyTensor> =>
  new Map(
    Array.from(tensors)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );

/** Writes the state, and how many batches were read, under the name of a turn; returns the name. */
export const saveTraining = async (
  folder: Folder,
  turn: number,
  { state, position }: { readonly state: TrainingState; readonly position: number },
): Promise<string> => {
  const { model, optimizer, average, random } = state;
  const bytes = writeSafetensors(
    new Map([
      ...under('model.', parameters(model)),
      ...under('optimizer.', optimizer.state()),
      ...(average === undefined ? [] : under('average.', average.state())),
    ]),
    {
      training: '1', // version of what is saved
      step: String(optimizer.steps),
      position: String(position),
      ...(random !== undefined && { random: random.state().join(' ') }),
    },
  );
  await folder.write(fileOf(turn), bytes);
  return fileOf(turn);
};

/** The texts of a checkpoint, without reading its tensors. */
const metadataOf = async (folder: Folder, file: string): Promise<Map<string, string>> => {
  const start = await folder.read(file, { ranges: [[0, 8]] });
  const length = Number(new DataView(start.buffer, start.byteOffset).getBigUint64(0, true));
  const size = (await folder.size(file)) ?? Infinity;
  return readSafetensorsMetadata(
    await folder.read(file, { ranges: [[0, Math.min(size, 8 + length)]] }),
    file,
  );
};

const countOf = (where: string, metadata: ReadonlyMap<string, string>, name: string): number => {
  const text = metadata.get(name) ?? '';
  if (metadata.get('training') === '1' && /^\d{1,15}$/.test(text)) return Number(text);
  throw new CheckpointError(
    `${where}: its ${name} is ${JSON.stringify(text)}; expected a checkpoint of train(…). Choose another folder, or remove the file.`,
  );
};

/** The turn of the newest checkpoint, and the step that it was made after. */
export const newestTraining = async (
  folder: Folder,
): Promise<{ readonly turn: number; readonly step: number } | undefined> => {
  let newest: { readonly turn: number; readonly step: number } | undefined;
  for (let turn = 0; await folder.has(fileOf(turn)); turn++) {
    const file = fileOf(turn);
    const step = countOf(`${folder.name}/${file}`, await metadataOf(folder, file), 'step');
    if (newest === undefined || step >= newest.step) newest = { turn, step };
  }
  return newest;
};

const restoreModel = (where: string, model: object, saved: ReadonlyMap<string, AnyTensor>): void => {
  const weights = parameters(model);
  const wrong = Array.from(weights)
    .filter(([path, { shape }]) => !sameShape(shape, saved.get(path)?.shape ?? [-1]))
    .map(([path, weight]) => `  ${path}: given ${saved.get(path) ?? 'nothing'}, expected ${weight}`);
  if (wrong.length > 0 || saved.size !== weights.size)
    throw new CheckpointError(
      [
        `${where}: its ${saved.size} weights are not those of this model. Resume with the model that was trained, or choose another folder.`,
        ...wrong,
      ].join('\n'),
    );
  for (const [path, weight] of weights) weight.fill((saved.get(path) as Tensor).data.slice()); // checked
};

/** Restores all that `saveTraining` saved, and returns how many batches had been read. */
export const restoreTraining = async (
  folder: Folder,
  turn: number,
  { model, optimizer, average, random }: TrainingState,
): Promise<number> => {
  const where = `${folder.name}/${fileOf(turn)}`;
  const bytes = await folder.read(fileOf(turn));
  const tensors = readSafetensors(bytes, { file: where });
  const metadata = readSafetensorsMetadata(bytes, where);
  const position = countOf(where, metadata, 'position');
  const source = metadata.get('random')?.split(' ').map(Number);
  const averages = part('average.', tensors);
  if ((source === undefined) !== (random === undefined) || averages.size > 0 !== (average !== undefined))
    throw new CheckpointError(
      `${where}: it was saved ${source === undefined ? 'without' : 'with'} random and ${averages.size > 0 ? 'with' : 'without'} average. Resume with the same options.`,
    );
  restoreModel(where, model, part('model.', tensors));
  optimizer.load(part('optimizer.', tensors));
  average?.load(averages);
  if (source !== undefined) random?.restore(source as [number, number, number]); // checked by restore
  return position;
};
