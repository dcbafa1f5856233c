// Transformer-XL of two layers over three segments with memory (data/golden/transformer-xl): hidden states, weights, memory, logits, loss and
// gradients of PyTorch, from this package's parts alone.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  add,
  backward,
  concat,
  crossEntropy,
  flip,
  gather,
  integers,
  layerNorm,
  matmul,
  mul,
  permute,
  relu,
  reshape,
  slice,
  type Tensor,
  tensor,
  variable,
} from '@heed/tensor';
import { expectClose, readSafetensors, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  type AttentionKernel,
  attention,
  attentionWeights,
  causal,
  dense,
  flash,
  sinusoidal,
  transformerXlBias,
  withContentBias,
} from '../../src/index.ts';

interface Case {
  readonly name: string;
  readonly config: {
    readonly width: number;
    readonly heads: number;
    readonly head_width: number;
    readonly layers: number;
    readonly segment: number;
    readonly memory: number;
  };
  readonly loss: number;
}

const folder = shared('data/golden/transformer-xl');
const cases =
  folder === undefined
    ? []
    : (JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as readonly Case[]);

const linear = (x: Tensor, weight: Tensor, bias?: Tensor): Tensor => {
  const y = matmul(x, weight, { transposeB: true });
  return bias === undefined ? y : add(y, bias);
};

const run = ({ name, config, loss: expectedLoss }: Case, kernel: AttentionKernel): void => {
  const { tensors } = readSafetensors(readFileSync(path.join(folder as string, `${name}.safetensors`)));
  const stored = (key: string) => {
    const found = tensors.get(key);
    if (found === undefined) throw new Error(`${name} lacks ${key}`);
    return found;
  };
  const close = (given: Tensor, key: string) =>
    expectClose(given, stored(key), { absolute: 1e-5, relative: 1e-4, name: key });
  const weights = new Map<string, Tensor>();
  for (const [key, { data, shape }] of tensors)
    if (key.startsWith('weight.'))
      weights.set(
        key.slice('weight.'.length),
        variable(tensor(Float32Array.from(data as Float32Array), shape)),
      );
  const weight = (key: string): Tensor => {
    const found = weights.get(key);
    if (found === undefined) throw new Error(`no weight ${key}`);
    return found;
  };
  const { width, heads, head_width: depth, segment } = config;
  const split = (x: Tensor) => permute(reshape(x, [...x.shape.slice(0, 2), heads, depth]), [0, 2, 1, 3]);
  const ofLayer = (layer: number, key: string) => weights.get(`layers.${layer}.${key}`) ?? weight(key);

  const layerOutput = (x: Tensor, source: Tensor, layer: number, observe: (map: Tensor) => void): Tensor => {
    const w = (key: string) => weight(`layers.${layer}.${key}`);
    const [keys, batch] = [source.shape[1] as number, x.shape[0] as number];
    const [q, k, v] = [
      split(linear(x, w('q.weight'))),
      split(linear(source, w('k.weight'))),
      split(linear(source, w('v.weight'))),
    ];
    // Row r of `relative` is the distance keys − 1 − r: the table of positions, last one first.
    const table = flip(sinusoidal(keys, width, { order: 'halves' }), [0]);
    const relative = permute(reshape(linear(table, w('r.weight')), [keys, heads, depth]), [1, 0, 2]);
    const [query, bias] = [
      withContentBias(q, ofLayer(layer, 'u')),
      transformerXlBias(q, { relative, positionBias: ofLayer(layer, 'v_bias'), keys }),
    ];
    observe(attentionWeights(query, k, { bias, mask: causal() }));
    const found = attention(query, k, v, { bias, mask: causal(), kernel });
    const merged = reshape(permute(found, [0, 2, 1, 3]), [batch, segment, heads * depth]);
    const norm = (y: Tensor, which: string) => layerNorm(y, w(`${which}.weight`), w(`${which}.bias`));
    const attended = norm(add(x, linear(merged, w('o.weight'))), 'norm1');
    const inner = relu(linear(attended, w('fc1.weight'), w('fc1.bias')));
    return norm(add(attended, linear(inner, w('fc2.weight'), w('fc2.bias'))), 'norm2');
  };

  const ids = stored('input.ids');
  const labels = stored('input.labels');
  const [batch, length] = ids.shape as [number, number];
  const part = (from: typeof ids, start: number) =>
    integers(
      Array.from({ length: batch }, (_, b) =>
        Array.from({ length: segment }, (_, i) => Number(from.data[b * length + start + i])),
      ),
    );
  const memory: (Tensor | undefined)[] = new Array(config.layers).fill(undefined);
  const losses: Tensor[] = [];
  for (let s = 0; s * segment < length; s++) {
    let x = mul(gather(weight('embedding.weight'), part(ids, s * segment)), Math.sqrt(width));
    close(x, `segment.${s}.hidden_states.0`);
    for (let layer = 0; layer < config.layers; layer++) {
      const before = memory[layer];
      const source = before === undefined ? x : concat([before, x], 1);
      const kept = Math.min(config.memory, source.shape[1] as number);
      const rest = slice(source, 1, (source.shape[1] as number) - kept, source.shape[1] as number);
      memory[layer] = tensor(rest.data.slice(), rest.shape); // detached
      close(memory[layer] as Tensor, `segment.${s}.memory_after.${layer}`);
      x = layerOutput(x, source, layer, (map) => close(map, `segment.${s}.attention.${layer}`));
      close(x, `segment.${s}.hidden_states.${layer + 1}`);
    }
    const logits = linear(x, weight('embedding.weight'), weight('bias'));
    close(logits, `segment.${s}.logits`);
    losses.push(crossEntropy(logits, part(labels, s * segment)));
  }
  const loss = mul(
    losses.reduce((a, b) => add(a, b)),
    1 / losses.length,
  );
  expect(loss.data[0]).toBeCloseTo(expectedLoss, 4);
  const gradients = backward(loss);
  for (const [key, leaf] of weights) close(gradients.get(leaf) as Tensor, `grad.${key}`);
};

describe.skipIf(cases.length === 0)(`Transformer-XL${skipReason('data/golden/transformer-xl')}`, () => {
  for (const kernel of [dense, flash]) it.each(cases)(`${kernel.name}: $name`, (one) => run(one, kernel));
});
