// The yardstick's encoder: from the hidden states that enter the first layer to those that leave the last one, packed, with the same
// weights as everybody else. It skips the embeddings (less than 1 % of the time).

import { Worker } from 'node:worker_threads';
import type { EncoderModel } from '../encoderModel.ts';
import { joinedProjections } from '../onnx/encoderGraph.ts';
import {
  type Yardstick,
  type YardstickExports,
  type YardstickMemory,
  yardstickExports,
  yardstickMemory,
} from './yardstick.ts';
import type { YardstickWorkerData } from './yardstickWorker.ts';

/** The loaded encoder. */
export interface YardstickEncoder {
  /** Sets the case: lengths of the sequences and what enters the first layer [rows, width]. */
  load(lengths: readonly number[], hidden: Float32Array): void;
  run(): void;
  output(): Float32Array;
  dispose(): Promise<void>;
}

/** Most rows of a case, as in the yardstick's own driver. */
const rowLimit = 4096;
const sequenceLimit = 64;
const scratch = 2 ** 20;

/** Packs a layer's weights; their addresses in the order of the C code's `LW`. */
const packLayer = (
  model: EncoderModel,
  layer: number,
  { put, room }: YardstickMemory,
  { nr, packB }: YardstickExports,
): number[] => {
  const { width, innerWidth } = model.config;
  const vector = (name: string): number => put(model.weight(`layers.${layer}.${name}`));
  const pack = (matrix: Float32Array, inputs: number, outputs: number): number => {
    const from = put(matrix);
    const packed = room(inputs * (outputs + nr()));
    packB(from, outputs, inputs, outputs, packed);
    return packed;
  };
  const affine = (name: string, inputs: number, outputs: number): number[] => [
    pack(model.transposed(`layers.${layer}.${name}.weight`), inputs, outputs),
    vector(`${name}.bias`),
  ];
  const joined = joinedProjections(model, layer);
  return [
    ...[pack(joined.weight, width, 3 * width), put(joined.bias)],
    ...affine('attention.output', width, width),
    ...affine('feedForward.inner', width, innerWidth),
    ...affine('feedForward.outer', innerWidth, width),
    ...['attentionNorm', 'feedForwardNorm'].flatMap((name) => [
      vector(`${name}.weight`),
      vector(`${name}.bias`),
    ]),
  ];
};

const startWorkers = (threads: number, data: Omit<YardstickWorkerData, 'thread'>): Promise<Worker[]> =>
  Promise.all(
    Array.from({ length: threads - 1 }, async (_, index) => {
      const worker = new Worker(new URL('./yardstickWorker.js', import.meta.url), {
        workerData: { ...data, thread: index + 1 },
      });
      worker.unref();
      await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
      return worker;
    }),
  );

/** Packs the weights and starts the threads. */
export const yardstickEncoder = async (
  yardstick: Yardstick,
  model: EncoderModel,
  threads: number,
): Promise<YardstickEncoder> => {
  const { width, innerWidth, heads, layers } = model.config;
  const weights = layers * (4 * width * width + 2 * width * innerWidth);
  const memory = yardstickMemory(3 * weights + rowLimit * (7 * width + innerWidth) + threads * scratch);
  const { integers, floats, room, take } = memory;
  const exports = yardstickExports(yardstick.encoder, memory);
  const addresses = Array.from({ length: layers }, (_, layer) =>
    packLayer(model, layer, memory, exports),
  ).flat();
  const table = room(addresses.length);
  integers.set(addresses, table / 4);
  const [input, hidden, joined, seen, sum, inner] = [width, width, 3 * width, width, width, innerWidth].map(
    (columns) => room(rowLimit * columns),
  ) as [number, number, number, number, number, number]; // six widths
  const [barrier, task, starts, config, control] = [4, 4, sequenceLimit + 1, 16, 16].map(room) as [
    number,
    number,
    number,
    number,
    number,
  ]; // five sizes
  const works = Array.from({ length: threads }, () => room(scratch));
  const workers = await startWorkers(threads, {
    module: yardstick.encoder,
    memory: memory.memory,
    config,
    control,
    threads,
    works,
  });
  let rows = 0;
  return {
    load: (lengths, entering) => {
      rows = lengths.reduce((total, length) => total + length, 0);
      if (rows > rowLimit || lengths.length > sequenceLimit)
        throw new RangeError(
          `yardstick: ${lengths.length} sequences of ${rows} rows; at most ${sequenceLimit} of ${rowLimit}.`,
        );
      let start = 0;
      integers.set([0, ...lengths.map((length) => (start += length))], starts / 4);
      integers.set(
        [
          layers,
          width,
          heads,
          innerWidth,
          rows,
          lengths.length,
          starts,
          table,
          hidden,
          joined,
          seen,
          sum,
          inner,
          barrier,
          task,
        ],
        config / 4,
      ); // CFG
      floats.set(entering, input / 4);
    },
    run: () => {
      floats.copyWithin(hidden / 4, input / 4, input / 4 + rows * width);
      if (threads > 1) {
        Atomics.add(integers, control / 4, 1);
        Atomics.notify(integers, control / 4);
      }
      exports.forward(config, 0, threads, works[0] as number); // one a thread
    },
    output: () => take(hidden, rows * width),
    dispose: async () => {
      for (const worker of workers) await worker.terminate();
    },
  };
};
