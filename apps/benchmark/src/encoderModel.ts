// The encoder that all engines compute: MiniLM with its published weights where its folder is there, else the same shape drawn at random.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { Encoder, type EncoderConfig, fromPretrained } from '@heed/models-bert';
import { random } from '@heed/tensor';
import { directory } from '@heed/tensor/io';
import { freeze, initialize, parameters } from '@heed/tensor/nn';

/** Shape of all-MiniLM-L6-v2 (its config.json). */
export const minilmShape: EncoderConfig = {
  ...{
    vocabulary: 30522,
    width: 384,
    layers: 6,
    heads: 12,
    innerWidth: 1536,
    activation: 'gelu',
    positions: 512,
    tokenTypes: 2,
  },
  ...{ normEpsilon: 1e-12, dropout: 0, attentionDropout: 0, initializerRange: 0.02 },
};

/** A loaded encoder and a way to its weights. */
export interface EncoderModel {
  readonly encoder: Encoder;
  readonly config: EncoderConfig;
  /** A weight by its path in our model, matrices [outputs, inputs]. */
  weight(name: string): Float32Array;
  /** A matrix with its axes exchanged: [inputs, outputs], which the other engines want. */
  transposed(name: string): Float32Array;
}

/** [rows, columns] → [columns, rows]. */
const exchange = (matrix: Float32Array, rows: number): Float32Array => {
  const columns = matrix.length / rows;
  return Float32Array.from(
    { length: matrix.length },
    (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] as number,
  ); // a bijection of the indices
};

/** Wraps an encoder. */
export const encoderModel = (encoder: Encoder): EncoderModel => {
  const weights = parameters(encoder);
  const find = (name: string) => {
    const weight = weights.get(name);
    if (weight === undefined)
      throw new RangeError(
        `encoder: no weight is called ${name}; there are ${[...weights.keys()].slice(0, 8).join(', ')}, …`,
      );
    return weight;
  };
  return {
    ...{ encoder, config: encoder.config },
    weight: (name) => find(name).data,
    transposed: (name) => exchange(find(name).data, find(name).shape[0] as number), // a matrix
  };
};

/** An encoder of a shape with random weights, frozen. */
export const randomEncoder = (config: EncoderConfig): EncoderModel => {
  const encoder = initialize(new Encoder(config, { pooler: false }), random(7));
  freeze(encoder);
  return encoderModel(encoder);
};

/** Whether MiniLM's weights are in this folder. */
export const hasMinilm = (folder: string): boolean => existsSync(path.join(folder, 'model.safetensors'));

/** MiniLM from its folder, or its shape with random weights where the folder is not there. */
export const minilmEncoder = async (folder: string): Promise<EncoderModel> => {
  if (!hasMinilm(folder)) return randomEncoder(minilmShape);
  const { encoder } = await fromPretrained(directory(folder));
  return encoderModel(encoder);
};
