// readOnnx: the weights in an ONNX model, which are the initialisers of its graph. The graph itself is not read: nothing here runs it.

import { CheckpointError } from '../../checkpointError.ts';
import { sizeOf } from '../../shape.ts';
import type { AnyTensor } from '../../tensor.ts';
import type { Folder } from '../folders/folder.ts';
import { type LoadOptions, readFiles } from '../folders/readFiles.ts';
import { storedTensor } from '../storedTensor.ts';
import { type ExternalData, type OnnxTensor, readOnnxTensor } from './onnxTensor.ts';
import { fieldsOf } from './protobuf.ts';

/** What to read of an ONNX model, and how the load may be watched. */
export interface OnnxOptions extends LoadOptions {
  /** Which initialisers are wanted. Default: all. */
  readonly wanted?: (name: string) => boolean;
}

/** Field numbers of ModelProto and GraphProto. */
const [graphOfModel, initializerOfGraph, sparseInitializerOfGraph] = [7, 5, 15];

const readTensors = (bytes: Uint8Array, place: string): OnnxTensor[] => {
  const tensors: OnnxTensor[] = [];
  let graphs = 0;
  for (const part of fieldsOf(bytes, place)) {
    if (part.number !== graphOfModel || typeof part.value === 'bigint') continue;
    graphs++;
    for (const { number, value } of fieldsOf(part.value, place)) {
      if (number === sparseInitializerOfGraph)
        throw new CheckpointError(`${place}: it has sparse initializers. Save them dense.`);
      if (number === initializerOfGraph && typeof value !== 'bigint')
        tensors.push(readOnnxTensor(value, place));
    }
  }
  if (graphs === 0) throw new CheckpointError(`${place}: there is no graph in it. Is it an ONNX model?`);
  return tensors;
};

const isExternal = (data: OnnxTensor['data']): data is ExternalData => !(data instanceof Uint8Array);

const bytesOf = ({ data }: OnnxTensor, files: ReadonlyMap<string, Uint8Array>, place: string): Uint8Array => {
  if (!isExternal(data)) return data;
  const file = files.get(data.file) as Uint8Array; // all that are named were read
  const end = data.length === undefined ? file.byteLength : data.offset + data.length;
  if (data.offset > end || end > file.byteLength)
    throw new CheckpointError(
      `${place}: its data are bytes ${data.offset} to ${end} of ${data.file}, which has ${file.byteLength}. It is cut off or another file; fetch it again.`,
    );
  return file.subarray(data.offset, end);
};

/**
 * The initialisers of an ONNX model by name, those in files beside it (external data) too. float64, float16, bfloat16 and float8 become
 * float32, integers int32 (see `wideIntegers`), BOOL bool.
 *
 * @example
 * const weights = await readOnnx(folder, 'model.onnx');
 */
export const readOnnx = async (
  folder: Folder,
  file = 'model.onnx',
  options: OnnxOptions = {},
): Promise<Map<string, AnyTensor>> => {
  const { wanted = () => true } = options;
  const place = `${folder.name}/${file}`;
  const [model] = await readFiles(folder, [{ file }], options);
  const tensors = readTensors(model as Uint8Array, place).filter(({ name }) => wanted(name)); // one file, one result
  const below = file.slice(0, file.lastIndexOf('/') + 1);
  const named = [...new Set(tensors.flatMap(({ data }) => (isExternal(data) ? [data.file] : [])))];
  const read = await readFiles(
    folder,
    named.map((one) => ({ file: below + one })),
    options,
  );
  const files = new Map(named.map((one, index) => [one, read[index] as Uint8Array])); // as many results as names
  const weights = new Map<string, AnyTensor>();
  for (const tensor of tensors) {
    const title = `${place}: initializer ${JSON.stringify(tensor.name)}`;
    if (weights.has(tensor.name)) throw new CheckpointError(`${title} stands twice.`);
    const bytes = bytesOf(tensor, files, title);
    const needed = sizeOf(tensor.shape) * tensor.type.bytes;
    if (bytes.byteLength !== needed)
      throw new CheckpointError(
        `${title}: ${bytes.byteLength} bytes of numbers for shape [${tensor.shape.join(', ')}]; expected ${needed}.`,
      );
    weights.set(tensor.name, storedTensor(title, tensor.type, { shape: tensor.shape, bytes }));
  }
  return weights;
};
