// The 2017 Transformer against torch.nn.Transformer: memory, logits, loss, every gradient; and against itself, step by step.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { backward, crossEntropy, noGrad, random, reshape, slice, type Tensor, tensor } from '@heed/tensor';
import { countParameters, initialize, load, parameters, thaw } from '@heed/tensor/nn';
import { expectClose, readSafetensors } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  fromTorchTransformer,
  generateAll,
  idBatch,
  type Sharing,
  Transformer,
  teacherForcing,
} from '../src/index.ts';

interface Case {
  readonly name: string;
  readonly loss: number;
  readonly config: Readonly<Record<string, number | string | boolean>>;
}
const folder = path.join(import.meta.dirname, 'golden');
const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[];
const close = { absolute: 2e-5, relative: 2e-5 };

const open = ({ name, config }: Case) => {
  const { tensors } = readSafetensors(readFileSync(path.join(folder, `${name}.safetensors`)));
  const stored = (key: string) => {
    const found = tensors.get(key);
    if (found === undefined) throw new Error(`${name} lacks ${key}`);
    return found;
  };
  const part = (prefix: string) =>
    new Map(
      [...tensors]
        .filter(([key]) => key.startsWith(prefix))
        .map(
          ([key, { shape, data }]) =>
            [key.slice(prefix.length), tensor(Float32Array.from(data as Float32Array), shape)] as const,
        ),
    );
  const model = new Transformer({
    sourceVocabulary: config.source_vocabulary as number,
    targetVocabulary: config.target_vocabulary as number,
    width: config.d_model as number,
    heads: config.heads as number,
    encoderLayers: config.encoder_layers as number,
    decoderLayers: config.decoder_layers as number,
    innerWidth: config.d_ff as number,
    activation: config.activation as 'relu',
    normPlacement: config.norm_first ? 'pre' : 'post',
    finalNorm: true,
    sharing: config.share as Sharing,
  });
  load(model, fromTorchTransformer(part('weight.')));
  const int = (key: string) => tensor(Int32Array.from(stored(key).data as Int32Array), stored(key).shape);
  const batch = (side: string) => ({
    ids: int(`input.${side}`),
    lengths: [...(stored(`input.${side}_lengths`).data as Int32Array)],
  });
  return {
    model,
    stored,
    gradients: fromTorchTransformer(part('grad.')),
    source: batch('source'),
    target: batch('target'),
    labels: int('input.labels'),
  };
};

/** Only the real rows: those on padding are zero in the golden file. */
const realRows = (
  x: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint> },
  lengths: readonly number[],
) => {
  const [, length, width] = x.shape as [number, number, number];
  return lengths.flatMap((count, row) =>
    Array.from({ length: count * width }, (_, index) => x.data[row * length * width + index] as number),
  );
};

describe.each(cases)('torch.nn.Transformer, $name', (one) => {
  it('memory, logits and loss are equal, and so is the gradient of every weight', () => {
    const { model, stored, gradients, source, target, labels } = open(one);
    expectClose(
      realRows(model.encode(source).hidden, source.lengths),
      realRows(stored('output.memory'), source.lengths),
      { ...close, name: 'memory' },
    );
    thaw(model);
    const logits = model.forward(source, target);
    expectClose(realRows(logits, target.lengths), realRows(stored('output.logits'), target.lengths), {
      ...close,
      name: 'logits',
    });
    const loss = crossEntropy(logits, labels, {
      ignoreIndex: -100,
      labelSmoothing: one.config.label_smoothing as number,
    });
    expect(loss.item()).toBeCloseTo(one.loss, 4);
    const given = backward(loss);
    let compared = 0;
    for (const [name, weight] of parameters(model)) {
      const expected = gradients.get(name);
      expect(expected, name).toBeDefined();
      expectClose(given.get(weight) as Tensor, expected as Tensor, { ...close, name });
      compared++;
    }
    expect(compared).toBe(gradients.size);
  });
  it('step by step with caches it gives the logits of the one pass', () => {
    const { model, source, target } = open(one);
    const whole = model.forward(source, target);
    const state = model.start(model.encode(source));
    for (let i = 0; i < (target.ids.shape[1] as number); i++) {
      const ids = reshape(slice(target.ids, 1, i, i + 1), [3]);
      const expected = slice(whole, 1, i, i + 1);
      const given = model.step(ids, state);
      for (const [row, length] of target.lengths.entries())
        if (i < length)
          expectClose(slice(given, 0, row, row + 1).data, slice(expected, 0, row, row + 1).data, {
            ...close,
            name: `row ${row}, step ${i}`,
          });
    }
  });
});

describe('sharing', () => {
  const count = (sharing: Sharing) =>
    countParameters(
      new Transformer({
        sourceVocabulary: 50,
        width: 16,
        heads: 2,
        innerWidth: 16,
        encoderLayers: 1,
        decoderLayers: 1,
        sharing,
      }),
    );
  it('saves one table for each that is shared', () => {
    expect(count('none') - count('target-output')).toBe(50 * 16);
    expect(count('target-output') - count('all')).toBe(50 * 16);
    expect(count('source-target')).toBe(count('target-output'));
  });
  it('needs one vocabulary where source and target share', () => {
    expect(() => new Transformer({ sourceVocabulary: 50, targetVocabulary: 60, sharing: 'all' })).toThrow(
      /vocabularies are 50 and 60/,
    );
  });
});

describe('causality and padding', () => {
  const model = initialize(
    new Transformer({
      sourceVocabulary: 20,
      width: 16,
      heads: 2,
      innerWidth: 16,
      encoderLayers: 1,
      decoderLayers: 1,
    }),
    random(1),
  );
  it('a later target id changes no earlier logits', () => {
    const source = idBatch([[3, 4, 5]]);
    const run = (ids: number[]) => noGrad(() => model.forward(source, idBatch([ids])));
    expectClose(slice(run([1, 6, 7, 8]), 1, 0, 3), slice(run([1, 6, 7, 19]), 1, 0, 3));
  });
  it('a row of a padded batch gives what it gives alone', () => {
    const rows = [
      [3, 4, 5, 6, 7],
      [8, 9],
    ];
    const both = noGrad(() =>
      model.forward(
        idBatch(rows),
        idBatch([
          [1, 2, 3],
          [1, 4],
        ]),
      ),
    );
    const alone = noGrad(() => model.forward(idBatch([[8, 9]]), idBatch([[1, 4]])));
    expectClose(slice(slice(both, 0, 1, 2), 1, 0, 2), alone, { absolute: 1e-5, name: 'second row' });
  });
});

it('teacherForcing frames input and labels', () => {
  const { input, labels } = teacherForcing([[5, 6], [7]], { start: 1, end: 2 });
  expect(input.ids.toArray()).toEqual([
    [1, 5, 6],
    [1, 7, 0],
  ]);
  expect(labels.toArray()).toEqual([
    [5, 6, 2],
    [7, 2, -100],
  ]);
});

it('generateAll refuses a length that is none', () => {
  const model = initialize(
    new Transformer({
      sourceVocabulary: 9,
      width: 8,
      heads: 1,
      innerWidth: 8,
      encoderLayers: 1,
      decoderLayers: 1,
    }),
    random(1),
  );
  expect(() => generateAll(model, idBatch([[3]]), { start: 1, end: 2, maxLength: -1 })).toThrow(
    /maxLength -1/,
  );
  expect(
    generateAll(model, idBatch([[3]]), { start: 1, end: 2, maxLength: 4 })[0]?.length,
  ).toBeLessThanOrEqual(4);
});
