// The training loop: the numbers of a plain loop, resumes without a difference, events in order, and clean ends.
import { forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  backward,
  CheckpointError,
  crossEntropy,
  integers,
  linear,
  matmul,
  meanSquaredError,
  mul,
  normal,
  random,
  relu,
  type Tensor,
  tensor,
  useBackend,
} from '../../src/index.ts';
import { type Folder, inMemory } from '../../src/io/index.ts';
import { initialize, Linear, type Parameter, parameters } from '../../src/nn/index.ts';
import {
  adam,
  adamW,
  clipGradients,
  movingAverage,
  sgd,
  shuffled,
  type TrainEvent,
  train,
} from '../../src/optim/index.ts';
import { wasmBackend, wasmSupported } from '../../src/wasm/wasmBackend.ts';
import { backends } from '../backends.ts';
import { killable } from './killable.ts';

const bits = (weights: ReadonlyMap<string, Parameter>): Map<string, number[]> =>
  new Map(
    Array.from(weights, ([name, { data }]) => [name, Array.from(new Uint32Array(data.slice().buffer))]),
  );

const gather = async <T>(events: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** Rows of a linear problem, and a model for it. */
const problem = (rows = 6) => {
  const model = initialize(new Linear(3, 2), random(1));
  const x = normal([rows, 3], random(2));
  const y = matmul(x, normal([3, 2], random(3)));
  const batchOf = (from: number, to: number) => ({
    x: tensor(x.data.slice(3 * from, 3 * to), [to - from, 3]),
    y: tensor(y.data.slice(2 * from, 2 * to), [to - from, 2]),
  });
  const loss = (batch: { x: Tensor; y: Tensor }): Tensor => meanSquaredError(model.forward(batch.x), batch.y);
  return { model, weights: parameters(model), batchOf, loss };
};

describe.each(backends)('train, $name', ({ backend }) => {
  it('takes the steps of a plain loop, and tells loss, norm and learning rate of each', async () => {
    using _ = useBackend(backend);
    const mine = problem();
    const theirs = problem();
    const batches = [0, 1, 2, 3].map((i) => mine.batchOf(i, i + 3));
    const schedule = (step: number): number => 0.1 / (1 + step);
    const events = await gather(
      train({
        ...mine,
        data: batches,
        optimizer: adamW(mine.weights, { learningRate: schedule }),
        clipNorm: 0.3,
        tokens: () => 3,
      }),
    );
    const optimizer = adamW(theirs.weights, { learningRate: schedule });
    for (const [step, batch] of batches.entries()) {
      const loss = theirs.loss(batch);
      optimizer.step(clipGradients(backward(loss), 0.3));
      const event = events[step] as Extract<TrainEvent, { kind: 'step' }>;
      expect(event).toMatchObject({ kind: 'step', step: step + 1, learningRate: schedule(step), tokens: 3 });
      expect(Math.abs(event.loss - loss.item())).toBeLessThan(1e-5);
      expect(event.gradientNorm).toBeGreaterThan(0);
      expect(event.tokensPerSecond).toBeGreaterThan(0);
    }
    expect(events.length).toBe(4);
    for (const [path, { data }] of mine.weights)
      for (const [i, value] of (theirs.weights.get(path)?.data ?? []).entries())
        expect(Math.abs((data[i] as number) - value)).toBeLessThan(1e-5);
  });

  it('accumulates batches of unequal sizes to the step of the whole batch', async () => {
    using _ = useBackend(backend);
    const whole = problem();
    const parts = problem();
    const options = { steps: 3, tokens: ({ x }: { x: Tensor }) => x.shape[0] as number };
    const one = await gather(
      train({
        ...whole,
        ...options,
        data: () => [0, 1, 2].map(() => whole.batchOf(0, 6)),
        optimizer: sgd(whole.weights, { learningRate: 0.1, momentum: 0.9 }),
      }),
    );
    const pieces = [0, 1, 2].flatMap(() => [parts.batchOf(0, 1), parts.batchOf(1, 4), parts.batchOf(4, 6)]);
    const three = await gather(
      train({
        ...parts,
        ...options,
        data: pieces,
        accumulate: 3,
        optimizer: sgd(parts.weights, { learningRate: 0.1, momentum: 0.9 }),
      }),
    );
    for (const [i, event] of one.entries()) {
      const other = three[i] as Extract<TrainEvent, { kind: 'step' }>;
      expect(other.tokens).toBe(6);
      expect(Math.abs(other.loss - (event as typeof other).loss)).toBeLessThan(1e-5);
    }
    for (const [path, { data }] of whole.weights)
      for (const [i, value] of (parts.weights.get(path)?.data ?? []).entries())
        expect(Math.abs((data[i] as number) - value)).toBeLessThan(1e-5);
  });

  it('left anywhere and begun again, ends with the bits of an uninterrupted training', async () => {
    using _ = useBackend(backend);
    const straight = killable(undefined, { every: 1, steps: 25 });
    const losses = (await gather(straight.events)).flatMap((event) =>
      event.kind === 'step' ? [event.loss] : [],
    );
    await forAllAsync(
      [fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }), fc.integer({ min: 1, max: 7 })],
      async (stops, every) => {
        const folder = inMemory();
        for (const stop of stops) {
          let seen = 0;
          for await (const event of killable(folder, { every, steps: 25 }).events)
            if (event.kind === 'step' && ++seen === stop) break;
        }
        const last = killable(folder, { every, steps: 25 });
        for (const event of await gather(last.events))
          if (event.kind === 'step') expect(event.loss).toBe(losses[event.step - 1]);
        expect(bits(last.weights)).toEqual(bits(straight.weights));
      },
      { runs: 6 },
    );
  });
});

describe('train', () => {
  it.skipIf(!wasmSupported())(
    'gives the same bits on one thread and on two',
    async () => {
      const run = async (threads: number): Promise<Map<string, number[]>> => {
        using engine = await wasmBackend({ threads });
        using _ = useBackend(engine);
        const model = initialize({ first: new Linear(96, 160), second: new Linear(160, 96) }, random(1));
        const weights = parameters(model);
        const x = normal([96, 96], random(2)); // products large enough to leave the calling thread
        const y = integers(Array.from({ length: 96 }, (_, i) => (i * i) % 96));
        const loss = (): Tensor => {
          const hidden = relu(linear(x, model.first.weight, model.first.bias));
          return crossEntropy(linear(hidden, model.second.weight, model.second.bias), y);
        };
        await gather(
          train({
            model,
            loss,
            data: [1, 2, 3, 4, 5],
            optimizer: adamW(weights, { learningRate: 0.01 }),
            clipNorm: 1,
          }),
        );
        return bits(weights);
      };
      expect(await run(2)).toEqual(await run(1));
    },
    30_000,
  );

  it('evaluates with the averages in place, and only then', async () => {
    const { weights, batchOf, ...rest } = problem();
    const average = movingAverage(weights, { decay: 0.5 });
    const weight = weights.get('weight') as Parameter;
    const seen: number[] = [];
    const events = await gather(
      train({
        ...rest,
        data: () => Array.from({ length: 5 }, () => batchOf(0, 6)),
        optimizer: sgd(weights, { learningRate: 0.1 }),
        average,
        evaluate: { every: 2, run: async () => seen.push(weight.data[0] as number) },
      }),
    );
    expect(
      events.flatMap((event) => (event.kind === 'evaluation' ? [[event.step, event.result]] : [])),
    ).toEqual([
      [2, 1],
      [4, 2],
      [5, 3],
    ]);
    expect(seen[2]).toBe(average.state().get('weight')?.data[0]);
    expect(weight.data[0]).not.toBe(seen[2]);
  });

  it('reads data from arrays, async iterables and functions of the position, and closes what it leaves', async () => {
    const { weights, batchOf, ...rest } = problem();
    let closed = 0;
    async function* source() {
      try {
        for (;;) yield batchOf(0, 2);
      } finally {
        closed++;
      }
    }
    const options = { ...rest, optimizer: sgd(weights, { learningRate: 0.01 }) };
    for await (const _ of train({ ...options, data: source() })) break;
    expect(closed).toBe(1);
    expect((await gather(train({ ...options, data: source(), steps: 3 }))).length).toBe(2); // one step is taken already
    expect(closed).toBe(2);
    const positions: number[] = [];
    const data = (position: number) => {
      positions.push(position);
      return [batchOf(0, 2)];
    };
    await gather(train({ ...options, data }));
    expect(positions).toEqual([0]);
  });

  it('ends with the reason of an aborted signal, also while it holds the thread', async () => {
    const { weights, batchOf, ...rest } = problem();
    const controller = new AbortController();
    const endless = function* () {
      for (;;) yield batchOf(0, 6);
    };
    setTimeout(() => controller.abort(new Error('enough')), 50);
    const events = train({
      ...rest,
      data: endless,
      optimizer: sgd(weights, { learningRate: 0.01 }),
      signal: controller.signal,
    });
    await expect(gather(events)).rejects.toThrow('enough');
  });

  it('keeps as many checkpoints as asked for, the newest among them, and goes on with less or more of them', async () => {
    const folder = inMemory();
    const names = async (): Promise<number> => {
      let count = 0;
      while (await folder.has(`checkpoint-${count}.safetensors`)) count++;
      return count;
    };
    const run = (steps: number, keep?: number) => {
      const { weights, batchOf, ...rest } = problem();
      const data = function* () {
        for (;;) yield batchOf(0, 6);
      };
      const checkpoint = { folder, every: 2, ...(keep && { keep }) };
      return gather(
        train({ ...rest, data, steps, optimizer: adam(weights, { learningRate: 0.01 }), checkpoint }),
      );
    };
    const kinds = (events: readonly TrainEvent[]) =>
      events.filter(({ kind }) => kind !== 'step').map(({ kind, step }) => `${kind} ${step}`);
    expect(kinds(await run(7, 3))).toEqual(['checkpoint 2', 'checkpoint 4', 'checkpoint 6', 'checkpoint 7']);
    expect(await names()).toBe(3);
    expect(kinds(await run(8, 1))).toEqual(['resume 7', 'checkpoint 8']);
    expect(kinds(await run(9))).toEqual(['resume 8', 'checkpoint 9']);
    expect(kinds(await run(9))).toEqual(['resume 9']);
  });

  it('refuses a checkpoint of another model, of another optimizer, of other options, and files of another kind', async () => {
    const folder = inMemory();
    const run = (into: Folder, change: (parts: ReturnType<typeof problem>) => object = () => ({})) => {
      const parts = problem();
      const optimizer = adam(parts.weights, { learningRate: 0.01 });
      const data = [parts.batchOf(0, 6)];
      return gather(
        train({
          model: parts.model,
          loss: parts.loss,
          data,
          optimizer,
          checkpoint: { folder: into, every: 1 },
          ...change(parts),
        }),
      );
    };
    await run(folder);
    await expect(run(folder, () => ({ model: new Linear(4, 2) }))).rejects.toThrow(
      'weight: given float32[2, 3], expected float32[2, 4]',
    );
    await expect(
      run(folder, ({ weights }) => ({ optimizer: sgd(weights, { learningRate: 1, momentum: 0.9 }) })),
    ).rejects.toThrow('sgd: the state is not one of this optimizer');
    await expect(run(folder, () => ({ random: random(1) }))).rejects.toThrow('saved without random');
    await expect(run(folder, ({ weights }) => ({ average: movingAverage(weights) }))).rejects.toThrow(
      'without average',
    );
    await expect(run(inMemory({ 'checkpoint-0.safetensors': 'no such thing at all' }))).rejects.toThrow(
      CheckpointError,
    );
  });

  it('stops at a loss or a gradient that is no number, with the weights as they were', async () => {
    const { model, weights, batchOf, loss } = problem();
    const before = bits(weights);
    const bad = { x: tensor([[Infinity, 0, 0]]), y: tensor([[0, 0]]) };
    const optimizer = sgd(weights, { learningRate: 0.1 });
    await expect(gather(train({ model, loss, data: [bad], optimizer }))).rejects.toThrow(
      /the loss of step 1 is (NaN|Infinity), and the weights are as before/,
    );
    const steep = (batch: { x: Tensor; y: Tensor }): Tensor => mul(loss(batch), 1e30);
    const far = { x: tensor([[1e15, 0, 0]]), y: tensor([[0, 0]]) };
    await expect(gather(train({ model, loss: steep, data: [far], optimizer }))).rejects.toThrow(/step 1 is/);
    expect(bits(weights)).toEqual(before);
    await expect(
      gather(train({ model, loss, data: [batchOf(0, 1)], optimizer, tokens: () => 0 })),
    ).rejects.toThrow('Leave out batches without targets');
    await expect(gather(train({ model, loss, data: [], optimizer, accumulate: 0 }))).rejects.toThrow(
      'train: accumulate is 0; expected a whole number from 1.',
    );
  });
});

describe('shuffled', () => {
  it('gives from any position what follows there, each epoch every item at most once and in an order of its own', () => {
    const items = Array.from({ length: 11 }, (_, i) => i);
    const data = shuffled(items, { size: 3, seed: 4, epochs: 4 });
    const all = [...data(0)];
    expect(all.length).toBe(12);
    for (let position = 0; position <= 12; position++)
      expect([...data(position)]).toEqual(all.slice(position));
    const epochs = [0, 1, 2, 3].map((epoch) => all.slice(3 * epoch, 3 * epoch + 3).flat());
    for (const epoch of epochs) expect(new Set(epoch).size).toBe(9);
    expect(new Set(epochs.map(String)).size).toBe(4);
    expect(() => shuffled(items, { size: 12, seed: 1 })).toThrow('size 12 of 11 items');
  });
});
