// 20 000 synchronous steps: no await, so no finalizer of the collector ever runs, and still the footprint stays flat.
import { describe, expect, it } from 'vitest';
import {
  backward,
  crossEntropy,
  integers,
  normal,
  random,
  reshape,
  trainingStep,
  useBackend,
} from '../../src/index.ts';
import { GRU, initialize, Linear, parameters } from '../../src/nn/index.ts';
import { adamW, clipGradients } from '../../src/optim/index.ts';
import { wasmBackendSync, wasmSupported } from '../../src/wasm/wasmBackend.ts';

const warmUp = 2_000; // until the collector's spaces have their size
const mebibyte = 2 ** 20;

/** Bytes of the process outside of and inside of JavaScript's heap, after a collection. */
const footprint = (): { readonly rss: number; readonly held: number } => {
  const collect = (globalThis as { gc?: () => void }).gc;
  if (collect === undefined) throw new Error('vitest runs with --expose-gc');
  collect();
  collect();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  return { rss, held: heapUsed + external + arrayBuffers };
};

describe.skipIf(!wasmSupported())('memory over a training', () => {
  it.each([
    ['plain', 20_000, <T>(body: () => T): T => body()],
    ['resident', 8_000, trainingStep], // slower here: each step of so small a net opens and closes a region
  ] as const)(
    'with %s tensors stays flat over %i synchronous steps of a recurrent net with AdamW',
    (_name, steps, wrap) => {
      using engine = wasmBackendSync();
      using _ = useBackend(engine);
      const model = initialize({ gru: new GRU(4, 8), head: new Linear(8, 3) }, random(1));
      const optimizer = adamW(parameters(model), { learningRate: 1e-3 });
      const x = normal([3, 2, 4], random(2));
      const y = integers([0, 1, 2]);
      const step = (): number =>
        wrap(() => {
          const { hidden } = model.gru.forward(x);
          const loss = crossEntropy(model.head.forward(reshape(hidden, [3, 8])), y);
          optimizer.step(clipGradients(backward(loss), 1));
          return loss;
        }).item();
      const first = step();
      for (let i = 1; i < warmUp; i++) step();
      const before = footprint();
      let last = first;
      for (let i = warmUp; i < steps; i++) last = step();
      const after = footprint();
      expect(last).toBeLessThan(first / 5);
      // A leak of one tensor of 24 numbers a step would hold 3 MB and more by now.
      expect(after.held - before.held).toBeLessThan(mebibyte);
      expect(after.rss - before.rss).toBeLessThan(24 * mebibyte); // the system gives pages back late
    },
    120_000,
  );
});
