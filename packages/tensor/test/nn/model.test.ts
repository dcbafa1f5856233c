import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  type AnyTensor,
  backward,
  CheckpointError,
  dropout,
  integers,
  mul,
  random,
  recompute,
  reshape,
  sum,
  type Tensor,
  tensor,
  variable,
  zeros,
} from '../../src/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/io/index.ts';
import {
  BatchNorm,
  constant,
  countParameters,
  Dropout,
  describe as describeModel,
  Embedding,
  FeedForward,
  freeze,
  initialize,
  LayerNorm,
  Linear,
  load,
  normal,
  type Parameter,
  parameter,
  parameters,
  RMSNorm,
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
  it('takes a tied weight under any of its paths, once or with equal values', () => {
    class Tied {
      readonly table = new Embedding(3, 2);
      readonly output = { weight: this.table.weight };
    }
    const values = () =>
      tensor([
        [1, 2],
        [3, 4],
        [5, 6],
      ]);
    const tied = (names: Record<string, Tensor>) =>
      load(new Tied(), new Map(Object.entries(names))).table.weight.toArray();
    expect(tied({ 'table.weight': values() })).toEqual(values().toArray());
    expect(tied({ 'output.weight': values() })).toEqual(values().toArray());
    expect(tied({ 'table.weight': values(), 'output.weight': values() })).toEqual(values().toArray());
    expect(() => tied({ 'table.weight': values(), 'output.weight': zeros([3, 2]) })).toThrow(
      /of one tensor in the model, but of different values:\n {4}output\.weight: float32\[3, 2\]/,
    );
    expect(() => tied({})).toThrow(/1 missing.*\n[\s\S]*table\.weight/);
  });
  it('passes over PyTorch’s count of batches beside running statistics, and nowhere else', () => {
    const original = initialize({ norm: new BatchNorm(2) }, random(1));
    const checkpoint = new Map<string, AnyTensor>(parameters(original));
    checkpoint.set('norm.num_batches_tracked', tensor(Int32Array.of(7), []));
    expect(() => load({ norm: new BatchNorm(2) }, checkpoint)).not.toThrow();
    checkpoint.set('other.num_batches_tracked', tensor(Int32Array.of(7), []));
    expect(() => load({ norm: new BatchNorm(2) }, checkpoint)).toThrow(/other\.num_batches_tracked/);
  });
  it('renames, and leaves out what is renamed to nothing', () => {
    const checkpoint = new Map([...saved()].map(([name, value]) => [`model.${name}`, value]));
    checkpoint.set('model.step', zeros([1]));
    const rename = (name: string) => (name === 'model.step' ? undefined : name.replace(/^model\./, ''));
    expect(() => load(new Block(), checkpoint, { rename })).not.toThrow();
  });
});

describe('running statistics', () => {
  it('are saved and loaded with the weights, and neither trained nor counted', () => {
    const layer = initialize(new BatchNorm(3), random(1));
    expect([...parameters(layer).keys()]).toEqual(['weight', 'bias', 'running_mean', 'running_var']);
    expect([...parameters(layer).values()].map(({ requiresGradient }) => requiresGradient)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(countParameters(layer)).toBe(6);
  });
  it('follow the batches of training passes only, not those of a second run of recompute', () => {
    const layer = initialize(new BatchNorm(1, { momentum: 0.5, affine: false }), random(1));
    const x = variable(tensor([[1], [3]]));
    layer.forward(x);
    expect(layer.running_mean.toArray()).toEqual([0]);
    const loss = sum(recompute((noise) => layer.forward(x, noise && { random: noise }), random(1)));
    expect([layer.running_mean.item(), layer.running_var.item()]).toEqual([1, 1.5]); // of 2 and (unbiased) 2
    backward(loss);
    expect([layer.running_mean.item(), layer.running_var.item()]).toEqual([1, 1.5]);
  });
  it('cannot follow a batch of one', () => {
    const layer = initialize(new BatchNorm(2), random(1));
    expect(() => layer.forward(zeros([1, 2]), { random: random(1) })).toThrow(/1 element a channel/);
  });
});

describe('describe', () => {
  it('lists paths, shapes, numbers, and what is frozen, tied or not trained', () => {
    const table = new Embedding(10, 4);
    const model = initialize({ table, norm: new BatchNorm(4), output: { weight: table.weight } }, random(1));
    freeze(model.norm);
    expect(describeModel(model).split('\n')).toEqual([
      'table.weight       [10, 4]  40',
      'norm.weight        [4]       4  frozen',
      'norm.bias          [4]       4  frozen',
      'norm.running_mean  [4]       4  not trained',
      'norm.running_var   [4]       4  not trained',
      'output.weight      [10, 4]      is table.weight',
      '56 values in 5 parameters, 224 bytes; 40 of them trainable',
    ]);
    expect(describeModel({})).toBe('0 values in 0 parameters, 0 bytes; 0 of them trainable');
  });
  it('ends on a model that contains itself', () => {
    const model: Record<string, unknown> = { layer: new Linear(1, 1) };
    model.self = model;
    expect(describeModel(model).split('\n').length).toBe(3);
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
  it('FeedForward with a gate is W₂·(silu(G·x) ∘ W₁·x): SwiGLU', () => {
    const layer = initialize(
      new FeedForward(1, 1, { activation: 'silu', gated: true, bias: false }),
      random(1),
    );
    layer.inner.weight.fill(Float32Array.of(2));
    layer.gate?.weight.fill(Float32Array.of(3));
    layer.outer.weight.fill(Float32Array.of(5));
    expect([...parameters(layer).keys()]).toEqual(['inner.weight', 'gate.weight', 'outer.weight']);
    const x = 0.5;
    expect(layer.forward(tensor([[x]])).item()).toBeCloseTo(
      ((5 * (3 * x)) / (1 + Math.exp(-3 * x))) * 2 * x,
      5,
    );
  });
  it('Dropout does nothing without a source of chance, and with one what dropout does', () => {
    const x = tensor(new Float32Array(100).fill(1));
    const layer = new Dropout(0.3);
    expect(layer.forward(x)).toBe(x);
    expect(layer.forward(x, { random: random(2) }).data).toEqual(dropout(x, 0.3, random(2)).data);
  });
  it('an embedding’s row of padding starts at zeros and stays there', () => {
    const table = initialize(new Embedding(3, 2, normal(1), { paddingIndex: 1 }), random(1));
    expect(table.weight.data.subarray(2, 4)).toEqual(new Float32Array(2));
    const gradient = backward(sum(table.forward(integers([0, 1, 1])))).get(table.weight) as Tensor;
    expect(gradient.toArray()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(() => new Embedding(3, 2, normal(1), { paddingIndex: 3 })).toThrow(/paddingIndex 3/);
  });
  it('norms take several last axes together', () => {
    const x = tensor(
      Float32Array.from({ length: 12 }, (_, i) => i * i),
      [2, 2, 3],
    );
    const flat = reshape(x, [2, 6]);
    for (const [many, single] of [
      [new LayerNorm([2, 3]), new LayerNorm(6)],
      [new RMSNorm([2, 3]), new RMSNorm(6)],
    ] as const) {
      const [a, b] = [initialize(many, random(1)), initialize(single, random(1))];
      expectClose(a.forward(x), reshape(b.forward(flat), [2, 2, 3]));
      expect(() => a.forward(flat)).toThrow(/several last axes/);
    }
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
