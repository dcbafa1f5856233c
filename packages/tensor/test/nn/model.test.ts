import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { backward, CheckpointError, mul, random, sum, type Tensor, tensor, zeros } from '../../src/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/io/index.ts';
import {
  constant,
  countParameters,
  Embedding,
  FeedForward,
  freeze,
  initialize,
  LayerNorm,
  Linear,
  load,
  type Parameter,
  parameter,
  parameters,
  thaw,
  within,
} from '../../src/nn/index.ts';

class Block {
  readonly first = new Linear(3, 4);
  readonly layers = [new Linear(4, 4, { bias: false }), new LayerNorm(4)];
  readonly #hidden = new Linear(9, 9);
  readonly name = 'block';
  readonly optional: Linear | undefined = undefined;
  readonly numbers = new Float32Array(3);
  unused(): Linear {
    return this.#hidden;
  }
}

describe('parameters', () => {
  it('are named by the paths of fields, in order; private fields and plain values are no part of the model', () => {
    expect([...parameters(new Block()).keys()]).toEqual([
      'first.weight',
      'first.bias',
      'layers.0.weight',
      'layers.1.weight',
      'layers.1.bias',
    ]);
  });
  it('that are shared stand once, and their gradients add up', () => {
    const shared = new Embedding(5, 2);
    const model = initialize({ source: shared, target: shared }, random(1));
    expect([...parameters(model).keys()]).toEqual(['source.weight']);
    const loss = sum(mul(model.source.weight, model.target.weight));
    expectClose(
      backward(loss).get(shared.weight) as Tensor,
      mul(tensor([2]), shared.weight).data.length === 10
        ? { shape: [5, 2], data: shared.weight.data.map((x) => 2 * x) }
        : [],
      { absolute: 1e-6 },
    );
  });
  it('say how to fill them when they are read too early', () => {
    expect(() => new Linear(2, 2).weight.data).toThrow(
      /initialize\(model, random\(seed\)\) or load\(model, checkpoint\)/,
    );
  });
  it('count their values', () => expect(countParameters(new Block())).toBe(12 + 4 + 16 + 4 + 4));
});

describe('initialize, freeze, thaw', () => {
  it('draws the same from the same seed and leaves the model trainable', () => {
    const [a, b] = [initialize(new Block(), random(3)), initialize(new Block(), random(3))];
    for (const [name, weight] of parameters(a))
      expectClose(weight, parameters(b).get(name) as Parameter, { name });
    expect(
      [...parameters(a).values()].every(({ requiresGradient, constant: kept }) => requiresGradient && !kept),
    ).toBe(true);
  });
  it('freeze stops gradients of a part, thaw brings them back with values of their own', () => {
    const model = initialize(new Block(), random(3));
    freeze(model.first);
    const before = model.first.weight.data;
    expect([model.first.weight.requiresGradient, model.first.weight.constant]).toEqual([false, true]);
    const loss = sum(
      model.layers[0] instanceof Linear
        ? model.layers[0].forward(model.first.forward(zeros([1, 3])))
        : zeros([1]),
    );
    expect(backward(loss).get(model.first.weight)).toBeUndefined();
    thaw(model.first);
    expect(model.first.weight.data).not.toBe(before);
    expect(model.first.weight.data).toEqual(before);
  });
});

describe('load', () => {
  const saved = () => readSafetensors(writeSafetensors(parameters(initialize(new Block(), random(4)))));
  it('takes back what was written, bit by bit, and leaves the model frozen', () => {
    const original = initialize(new Block(), random(4));
    const model = load(new Block(), saved());
    for (const [name, weight] of parameters(model)) {
      expect(weight.data).toEqual(parameters(original).get(name)?.data);
      expect(weight.constant).toBe(true);
    }
  });
  it('lists all misfits at once and changes nothing', () => {
    const checkpoint = saved();
    checkpoint.delete('first.bias');
    checkpoint.set('layers.0.weight', zeros([2, 2]));
    checkpoint.set('extra', zeros([1]));
    const model = initialize(new Block(), random(9));
    const before = model.first.weight.data;
    expect(() => load(model, checkpoint, { where: 'model.safetensors' })).toThrow(CheckpointError);
    expect(() => load(model, checkpoint, { where: 'model.safetensors' })).toThrow(
      /model\.safetensors does not fit the model \(1 missing, 1 unexpected, 1 of another shape\)[\s\S]*first\.bias: float32\[4\][\s\S]*extra: float32\[1\][\s\S]*layers\.0\.weight: given float32\[2, 2\], expected float32\[4, 4\]/,
    );
    expect(model.first.weight.data).toBe(before);
  });
  it('renames, and leaves out what is renamed to nothing', () => {
    const checkpoint = new Map([...saved()].map(([name, value]) => [`model.${name}`, value]));
    checkpoint.set('model.step', zeros([1]));
    const rename = (name: string) => (name === 'model.step' ? undefined : name.replace(/^model\./, ''));
    expect(() => load(new Block(), checkpoint, { rename })).not.toThrow();
  });
});

describe('layers', () => {
  it('FeedForward is W₂·relu(W₁·x + b₁) + b₂', () => {
    const layer = initialize(new FeedForward(1, 2), random(1));
    layer.inner.weight.fill(Float32Array.of(1, -1));
    layer.inner.bias?.fill(Float32Array.of(0, 1));
    layer.outer.weight.fill(Float32Array.of(2, 3));
    layer.outer.bias?.fill(Float32Array.of(10));
    expect(layer.forward(tensor([[3], [-2]])).toArray()).toEqual([[16], [19]]);
  });
  it('an id outside an embedding is named', () => {
    const table = initialize(new Embedding(4, 2), random(1));
    expect(() => table.forward(tensor(Int32Array.of(0, 7)))).toThrow(/id 7/);
  });
  it('within puts a prefix before observed names', () => {
    const seen: string[] = [];
    within(within({ observe: (name: string) => seen.push(name) }, 'a'), 'b').observe?.('c');
    expect(seen).toEqual(['a.b.c']);
  });
  it('a declared shape must be one', () => {
    expect(() => parameter([2, -1], constant(0))).toThrow(/extent -1/);
    expect(() => parameter([2], constant(0)).fill(new Float32Array(3))).toThrow(/3 values for float32\[2\]/);
  });
});
