// Encoder and decoder made of these layers, against PyTorch: from the last state (Sutskever 2014), and with Luong's dot attention, also fed back
// into the next step. Every intermediate result, the loss, and the gradient of every weight.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expectClose, readSafetensors, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  add,
  backward,
  concat,
  crossEntropy,
  matmul,
  reshape,
  slice,
  softmax,
  Tensor,
  tanh,
  tensor,
  useBackend,
  zeros,
} from '../../../src/index.ts';
import { Embedding, GRU, Linear, LSTM, load, parameters, thaw } from '../../../src/nn/index.ts';
import { backends } from '../../backends.ts';

interface Config {
  readonly source_vocabulary: number;
  readonly target_vocabulary: number;
  readonly embedding: number;
  readonly hidden: number;
  readonly layers: number;
  readonly bidirectional: boolean;
  readonly input_feeding: boolean;
  readonly window: string;
  readonly cell: 'GRU' | 'LSTM';
  readonly attention: string;
}
interface Case {
  readonly name: string;
  readonly config: Config;
  readonly loss: number;
}

type State = { readonly hidden: Tensor; readonly cell?: Tensor };

class Translator {
  readonly encoder: { readonly embedding: Embedding; readonly rnn: GRU | LSTM };
  readonly embedding: Embedding;
  readonly rnn: GRU | LSTM;
  readonly bridge: Linear;
  readonly W_s: Linear;
  readonly W_c: Linear | undefined;
  readonly #config: Config;

  constructor(config: Config) {
    const { embedding, hidden: width, layers, bidirectional } = config;
    const Network = config.cell === 'GRU' ? GRU : LSTM;
    const sides = bidirectional ? 2 : 1;
    const attends = config.attention === 'dot';
    this.encoder = {
      embedding: new Embedding(config.source_vocabulary, embedding),
      rnn: new Network(embedding, width, { layers, bidirectional }),
    };
    this.embedding = new Embedding(config.target_vocabulary, embedding);
    this.rnn = new Network(embedding + (config.input_feeding ? width : 0), width, { layers });
    this.bridge = new Linear(sides * width, width);
    this.W_s = new Linear(width, config.target_vocabulary);
    this.W_c = attends ? new Linear((sides + 1) * width, width, { bias: false }) : undefined;
    this.#config = config;
  }

  /** tanh(bridge([forward; backward])) of each layer. */
  #first(states: Tensor): Tensor {
    const sides = this.#config.bidirectional ? 2 : 1;
    const layers = Array.from({ length: this.#config.layers }, (_, layer) => {
      const parts = Array.from({ length: sides }, (_, side) =>
        slice(states, 0, sides * layer + side, sides * layer + side + 1),
      );
      return tanh(this.bridge.forward(concat(parts, 2)));
    });
    return concat(layers, 0);
  }

  forward(source: Tensor<'int32'>, target: Tensor<'int32'>, lengths: Int32Array): Record<string, Tensor> {
    const encoded = this.encoder.rnn.forward(this.encoder.embedding.forward(source), { lengths });
    const { cell }: Partial<State> = encoded;
    const first: State = {
      hidden: this.#first(encoded.hidden),
      ...(cell && { cell: this.#first(cell) }),
    };
    const results = {
      encoder_states: encoded.output,
      first_decoder_state: first.hidden,
      ...(first.cell && { first_decoder_cell: first.cell }),
    };
    const embedded = this.embedding.forward(target);
    if (this.W_c === undefined) {
      const { output } = this.rnn.forward(embedded, first);
      return { ...results, decoder_states: output, logits: this.W_s.forward(output) };
    }
    return { ...results, ...this.#attending(embedded, encoded.output, { first, lengths, W_c: this.W_c }) };
  }

  #attending(
    embedded: Tensor,
    memory: Tensor,
    { first, lengths, W_c }: { readonly first: State; readonly lengths: Int32Array; readonly W_c: Linear },
  ): Record<string, Tensor> {
    const [batch, sourceLength] = memory.shape as [number, number];
    const width = this.#config.hidden;
    const mask = tensor(
      Array.from(lengths, (length) => [
        Array.from({ length: sourceLength }, (_, i) => (i < length ? 0 : -Infinity)),
      ]),
    );
    let state = first;
    let attentional = zeros([batch, 1, width]);
    const kept: Record<string, Tensor[]> = {
      decoder_states: [],
      attention: [],
      context: [],
      attentional_state: [],
    };
    for (let step = 0; step < (embedded.shape[1] as number); step++) {
      const word = slice(embedded, 1, step, step + 1);
      const input = this.#config.input_feeding ? concat([word, attentional], 2) : word;
      const { output, ...next } = this.rnn.forward(input, state);
      state = next;
      const attention = softmax(add(matmul(output, memory, { transposeB: true }), mask));
      const context = matmul(attention, memory);
      attentional = tanh(W_c.forward(concat([context, output], 2)));
      for (const [name, value] of Object.entries({
        decoder_states: output,
        attention,
        context,
        attentional_state: attentional,
      }))
        kept[name]?.push(value);
    }
    const joined = Object.fromEntries(Object.entries(kept).map(([name, steps]) => [name, concat(steps, 1)]));
    return { ...joined, logits: this.W_s.forward(joined.attentional_state as Tensor) };
  }
}

const folder = shared('data/golden/rnn-attention');
const cases =
  folder === undefined ? [] : (JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[]);
const able = ({ config }: Case): boolean =>
  config.window === 'global' && (config.attention === 'none' || config.attention === 'dot');

describe.skipIf(folder === undefined).each(backends)(
  `translators of recurrent layers, $name${skipReason('data/golden/rnn-attention')}`,
  ({ backend }) => {
    it.each(cases.filter(able))(
      '$name: states, attention, loss and all gradients',
      ({ name, config, loss: expectedLoss }) => {
        using _ = useBackend(backend);
        const { tensors } = readSafetensors(readFileSync(path.join(folder ?? '', `${name}.safetensors`)));
        const under = (prefix: string): Map<string, Tensor> =>
          new Map(
            [...tensors]
              .filter(([key]) => key.startsWith(prefix))
              .map(([key, { shape, data }]) => [
                key.slice(prefix.length),
                tensor(Float32Array.from(data), shape),
              ]),
          );
        const ids = (key: string): Tensor<'int32'> => {
          const { shape, data } = tensors.get(`input.${key}`) ?? { shape: [], data: [] };
          return new Tensor('int32', shape, Int32Array.from(data));
        };
        const model = new Translator(config);
        load(model, under('weight.'));
        thaw(model);
        const results = model.forward(ids('source'), ids('target'), ids('lengths').data);
        const close = { absolute: 1e-5, relative: 1e-5 };
        const loss = crossEntropy(
          reshape(results.logits as Tensor, [-1, config.target_vocabulary]),
          new Tensor('int32', [ids('labels').size], ids('labels').data),
          { ignoreIndex: -100 },
        );
        for (const [key, expected] of under('output.'))
          if (key !== 'loss') expectClose(results[key] as Tensor, expected, { ...close, name: key });
        expectClose(loss.item(), expectedLoss, close);
        const gradients = backward(loss);
        const expected = under('grad.');
        expect([...parameters(model).keys()].sort()).toEqual([...expected.keys()].sort());
        for (const [key, weight] of parameters(model))
          expectClose(gradients.get(weight) as Tensor, expected.get(key) as Tensor, { ...close, name: key });
      },
    );

    it('are the four cases with plain or dot attention; the other scores and windows belong to the attention package', () =>
      expect(cases.filter(able).length).toBe(4));
  },
);
