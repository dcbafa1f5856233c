// It learns: reversing short sequences, from nothing, with greedy decoding that then gets held-out ones right.
import { backward, crossEntropy, random } from '@heed/tensor';
import { initialize, parameters } from '@heed/tensor/nn';
import { adamW, clipGradients, warmup } from '@heed/tensor/optim';
import { expect, it } from 'vitest';
import { generate, generateAll, idBatch, ignoredLabel, Transformer, teacherForcing } from '../src/index.ts';

const special = { start: 1, end: 2 };

it('learns to reverse, and decodes held-out sequences exactly', { timeout: 120_000 }, async () => {
  const source = random(11);
  const draw = (count: number) =>
    Array.from({ length: count }, () =>
      Array.from({ length: 2 + source.integer(4) }, () => 3 + source.integer(8)),
    );
  const model = initialize(
    new Transformer({
      sourceVocabulary: 11,
      width: 32,
      heads: 4,
      innerWidth: 64,
      encoderLayers: 1,
      decoderLayers: 1,
      dropout: 0,
    }),
    random(5),
  );
  const optimizer = adamW(parameters(model), { learningRate: warmup(50, 3e-3), weightDecay: 0 });
  const losses: number[] = [];
  for (let step = 0; step < 500; step++) {
    const rows = draw(32);
    const { input, labels } = teacherForcing(
      rows.map((row) => [...row].reverse()),
      special,
    );
    const loss = crossEntropy(model.forward(idBatch(rows), input), labels, { ignoreIndex: ignoredLabel });
    optimizer.step(clipGradients(backward(loss), 1));
    losses.push(loss.item());
  }
  expect(losses[0]).toBeGreaterThan(2);
  expect(losses.slice(-20).reduce((a, b) => a + b) / 20).toBeLessThan(0.2);
  const test = draw(100);
  const written = generateAll(model, idBatch(test), { ...special, maxLength: 8 });
  const right = written.filter(
    (row, index) => row.join() === [...(test[index] ?? [])].reverse().join(),
  ).length;
  expect(right).toBeGreaterThanOrEqual(90);

  const streamed: number[] = [];
  for await (const { ids } of generate(model, idBatch([test[0] ?? []]), { ...special, maxLength: 8 }))
    if (ids[0] !== undefined) streamed.push(ids[0]);
  expect(streamed).toEqual(written[0]);
});
