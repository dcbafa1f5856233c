// A MiniLM-shaped encoder from token ids to hidden states: one sequence, a batch of equal lengths, and a set of mixed lengths, where
// we pack and the peers pad (in order of arrival, and sorted by length, which is their best practice).

import { packing } from '@heed/attention';
import type { Encoder } from '@heed/models-bert';
import { inference, keep, random, Tensor } from '@heed/tensor';
import type { BenchmarkCase, Contender } from '../contender.ts';
import type { EncoderModel } from '../encoderModel.ts';
import { type Engines, type OwnEngine, tensorFlowName, yardstickName } from '../engines.ts';
import { encoderGraph } from '../onnx/encoderGraph.ts';
import { mixedLengths, type PaddedBatch, padBatches, type Sequences, unpad } from '../padding.ts';
import type { OnnxInput, OnnxModel } from '../peers/onnxRuntime.ts';
import { tensorFlowEncoder } from '../peers/tensorFlowEncoder.ts';
import { type YardstickEncoder, yardstickEncoder } from '../yardstick/yardstickEncoder.ts';

/** A case by the lengths of its sequences. */
export interface EncoderShape {
  readonly name: string;
  readonly lengths: readonly number[];
}

/** Sequences a padded batch. */
const batchSize = 8;

/** Name of the row of a peer that pads batches sorted by length. */
export const sortedName = (peer: string): string => `${peer}, sorted`;

/** The three cases of the suite. */
export const encoderShapes: readonly EncoderShape[] = [
  { name: '1 × 128', lengths: [128] },
  { name: '8 × 128', lengths: new Array<number>(8).fill(128) },
  { name: '32 mixed lengths', lengths: mixedLengths() },
];

const drawSequences = (lengths: readonly number[], vocabulary: number): Sequences => {
  const source = random(11);
  return lengths.map((length) =>
    Int32Array.from({ length }, () => Math.floor(source.uniform() * vocabulary)),
  );
};

/** What our encoder is given: all rows, and where each sequence begins. */
const packedBatch = (sequences: Sequences) => {
  const ids = Int32Array.from(sequences.flatMap((sequence) => [...sequence]));
  return {
    ids: new Tensor('int32', [ids.length], ids),
    packing: packing(sequences.map(({ length }) => length)),
  };
};

const ownEncoder = ({ name, use }: OwnEngine, encoder: Encoder, sequences: Sequences): Contender => {
  const batch = packedBatch(sequences);
  let result: Tensor | undefined;
  return {
    name,
    run: () => {
      result = use(() => inference(() => encoder.forwardPacked(batch)));
    },
    output: () => (result as Tensor).data, // after run
  };
};

/** What leaves our embeddings: where the yardstick begins. */
const enteringStates = ({ use }: OwnEngine, encoder: Encoder, sequences: Sequences): Float32Array => {
  let entering: Tensor | undefined;
  const observe = (name: string, value: Tensor): void => {
    if (name === 'hidden.0') entering = keep(value);
  };
  use(() => inference(() => encoder.forwardPacked(packedBatch(sequences), { observe })));
  return (entering as Tensor).data; // observed
};

const yardstickContender = (
  yardstick: YardstickEncoder,
  lengths: readonly number[],
  entering: Float32Array,
): Contender => {
  yardstick.load(lengths, entering);
  return { name: yardstickName, run: yardstick.run, output: yardstick.output };
};

/** An engine that computes padded batches one after the other. */
const paddedContender = (
  name: string,
  sequences: Sequences,
  {
    batches,
    compute,
  }: {
    batches: readonly PaddedBatch[];
    compute: (batch: PaddedBatch) => Float32Array | Promise<Float32Array>;
  },
): Contender => {
  let outputs: Float32Array[] = [];
  return {
    name,
    run: async () => {
      const found: Float32Array[] = [];
      for (const batch of batches) found.push(await compute(batch));
      outputs = found;
    },
    output: () => unpad(sequences, batches, outputs),
  };
};

const onnxCompute = (model: OnnxModel) => {
  const wide = (values: Int32Array): BigInt64Array => BigInt64Array.from(values, BigInt);
  return ({ members, length, ids, mask }: PaddedBatch): Promise<Float32Array> => {
    const input = (data: BigInt64Array): OnnxInput => ({
      type: 'int64',
      data,
      shape: [members.length, length],
    });
    return model.run({
      input_ids: input(wide(ids)),
      attention_mask: input(wide(mask)),
      token_type_ids: input(new BigInt64Array(ids.length)),
    });
  };
};

/** All cases over one model, which every engine loads once. */
export const encoderCases = async (
  engines: Engines,
  model: EncoderModel,
  shapes: readonly EncoderShape[] = encoderShapes,
): Promise<BenchmarkCase[]> => {
  const { own, conditions, absences } = engines;
  const computing = new Map<string, (batch: PaddedBatch) => Float32Array | Promise<Float32Array>>();
  for (const [name, load] of engines.onnx) computing.set(name, onnxCompute(await load(encoderGraph(model))));
  if (engines.tensorFlow !== undefined)
    computing.set(tensorFlowName, tensorFlowEncoder(engines.tensorFlow, model));
  const yardstick =
    engines.yardstick && (await yardstickEncoder(engines.yardstick, model, conditions.threads));
  return shapes.map(({ name, lengths }) => ({
    name,
    absences,
    tolerance: 1e-4, // the yardstick's erf and exponential are polynomials: some 1e-5 after six layers; the peers stay below 1e-5
    prepare: async () => {
      const sequences = drawSequences(lengths, model.config.vocabulary);
      const [first] = own as readonly [OwnEngine]; // ours always runs
      const contenders = own.map((engine) => ownEncoder(engine, model.encoder, sequences));
      if (yardstick !== undefined)
        contenders.push(
          yardstickContender(yardstick, lengths, enteringStates(first, model.encoder, sequences)),
        );
      const orders = new Set(lengths).size > 1 ? (['arrival', 'length'] as const) : (['arrival'] as const);
      for (const [peer, compute] of computing)
        for (const order of orders) {
          const batches = padBatches(sequences, batchSize, order);
          contenders.push(
            paddedContender(order === 'arrival' ? peer : sortedName(peer), sequences, { batches, compute }),
          );
        }
      return contenders;
    },
  }));
};
