import { forAll, noise } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EngineMemory, inference, random, Tensor, useBackend } from '../../src/index.ts';
import { freeze, initialize, Linear, quantize } from '../../src/nn/index.ts';
import { EngineMemoryError } from '../../src/wasm/engineError.ts';
import { heap } from '../../src/wasm/heap.ts';
import { linearMemory } from '../../src/wasm/linearMemory.ts';
import { packedWeights } from '../../src/wasm/packedWeights.ts';
import { type Stack, stack } from '../../src/wasm/stack.ts';
import { type WasmBackend, wasmBackend, wasmBackendSync } from '../../src/wasm/wasmBackend.ts';
import { expectSameBits } from './engines.ts';

const mebibyte = 2 ** 20;
const nothingToFree = () => false;

/** Collects garbage until the condition holds, a bounded number of times. */
const collectUntil = async (holds: () => boolean): Promise<void> => {
  const collect = (globalThis as { gc?: () => void }).gc;
  expect(collect, 'vitest runs with --expose-gc').toBeDefined();
  for (let i = 0; i < 50 && !holds(); i++) {
    collect?.();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

describe('linear memory', () => {
  test('grows up to its limit and not further', () => {
    const memory = linearMemory(4 * mebibyte, true);
    expect(memory.grow(mebibyte)).toBe(true);
    expect(memory.bytes()).toBeGreaterThanOrEqual(mebibyte);
    expect(memory.grow(4 * mebibyte)).toBe(true);
    expect(memory.grow(4 * mebibyte + 1)).toBe(false);
  });

  test('knows arrays of every buffer that it had, and no others', () => {
    const memory = linearMemory(64 * mebibyte, true);
    const early = new Float32Array(memory.memory.buffer, 64, 4);
    memory.grow(32 * mebibyte);
    expect(memory.holds(early)).toBe(true);
    expect(memory.holds(memory.views().f32)).toBe(true);
    expect(memory.holds(new Float32Array(4))).toBe(false);
  });
});

test('a stack owns what it gives out, also after the memory of another engine grew', () => {
  const memory = linearMemory(64 * mebibyte, true);
  const other = linearMemory(64 * mebibyte, true);
  const own = stack(memory, heap(memory, 1024), nothingToFree);
  own.floats(10);
  other.grow(8 * mebibyte);
  const late = own.floats(10);
  expect([memory.holds(late), own.owns(late, 0), other.holds(late)]).toEqual([true, true, false]);
});

describe('heap', () => {
  test('blocks never overlap, are aligned, and all of it can be had again once everything is free', () => {
    const step = fc.record({
      bytes: fc.integer({ min: 0, max: 200_000 }),
      free: fc.nat({ max: 30 }),
      above: fc.nat({ max: 30 }),
    });
    forAll([fc.array(step, { maxLength: 60 })], (steps) => {
      const blocks = heap(linearMemory(2 * mebibyte, false), 1000);
      const all = blocks.available();
      const held: { address: number; bytes: number }[] = [];
      for (const { bytes, free, above } of steps) {
        const below = held[above];
        const least = below === undefined ? 0 : below.address + below.bytes;
        const block = blocks.allocate(bytes, least);
        if (block !== undefined) {
          expect(block.address % 64).toBe(0);
          expect(block.address).toBeGreaterThanOrEqual(Math.max(1000, least));
          expect(block.bytes).toBeGreaterThanOrEqual(bytes);
          for (const other of held)
            expect(
              block.address + block.bytes <= other.address || other.address + other.bytes <= block.address,
            ).toBe(true);
          held.push(block);
        }
        const [given] = held.splice(free, 1);
        if (given !== undefined) blocks.free(given);
      }
      for (const block of held) blocks.free(block);
      expect(blocks.available()).toBe(all);
      expect(blocks.allocate(all - 64)).toBeDefined();
    });
  });
});

describe('stack', () => {
  test('arrays keep their numbers until they are released, whatever is allocated after them', () => {
    const step = fc.record({
      floats: fc.oneof(
        fc.integer({ min: 0, max: 1000 }),
        fc.integer({ min: 0, max: 900_000 }),
        fc.constant(3_000_000),
      ),
      release: fc.option(fc.nat({ max: 20 })),
    });
    forAll(
      [fc.array(step, { maxLength: 25 })],
      (steps) => {
        const memory = linearMemory(256 * mebibyte, true);
        const blocks = heap(memory, 512);
        const it = stack(memory, blocks, nothingToFree);
        const held: { mark: number; array: Float32Array; number: number }[] = [];
        steps.forEach(({ floats, release }, number) => {
          const mark = it.mark();
          const array = it.floats(floats);
          array.fill(number, 0, 100);
          array.fill(number, -100);
          expect(array.byteOffset % 64).toBe(0);
          expect(it.owns(array, mark)).toBe(true);
          expect(held.every((other) => other.array.byteOffset < array.byteOffset)).toBe(true);
          held.push({ mark, array, number });
          blocks.allocate(1000); // a packed weight may lie between two segments
          if (release !== null && held[release] !== undefined) {
            it.release(held[release].mark);
            held.length = release;
          }
          for (const { array: kept, number: n } of held)
            expect([...kept.subarray(0, 100), ...kept.subarray(-100)].every((value) => value === n)).toBe(
              true,
            );
        });
      },
      { runs: 20 },
    );
  });

  test('owns what lies at or above the mark, and nothing of ordinary memory', () => {
    const memory = linearMemory(64 * mebibyte, true);
    const it = stack(memory, heap(memory, 512), nothingToFree);
    const below = it.floats(10);
    const mark = it.mark();
    const above = it.floats(10);
    expect(it.owns(below, mark)).toBe(false);
    expect(it.owns(above, mark)).toBe(true);
    expect(it.owns(above.subarray(3), mark)).toBe(true);
    expect(it.owns(new Float32Array(10), 0)).toBe(false);
    it.release(mark);
    expect(it.floats(10).byteOffset).toBe(above.byteOffset);
  });

  test('a release to the beginning never hands out address 0', () => {
    const memory = linearMemory(64 * mebibyte, true);
    const it = stack(memory, heap(memory, 512), nothingToFree);
    const mark = it.mark();
    const first = it.floats(4).byteOffset;
    it.release(mark);
    expect(first).toBeGreaterThanOrEqual(512);
    expect(it.floats(4).byteOffset).toBe(first);
  });

  test('two empty arrays have two addresses', () => {
    const memory = linearMemory(64 * mebibyte, true);
    const it = stack(memory, heap(memory, 512), nothingToFree);
    expect(it.floats(0).byteOffset).not.toBe(it.floats(0).byteOffset);
  });

  test('says what was needed, what the limit is and how to mend it when the memory is used up', () => {
    const memory = linearMemory(2 * mebibyte, true);
    const it = stack(memory, heap(memory, 512), nothingToFree);
    const mark = it.mark();
    expect(() => it.floats(mebibyte)).toThrow(EngineMemoryError);
    expect(() => it.floats(mebibyte)).toThrow(/4\.0 MiB.*memoryLimit of 2\.0 MiB.*larger memoryLimit/);
    it.release(mark);
    expect(it.floats(1000).length).toBe(1000);
  });
});

describe('packed weights', () => {
  const weights = (limit: number) => {
    const memory = linearMemory(limit, true);
    const blocks = heap(memory, 512);
    const kept = packedWeights(blocks, limit);
    return { kept, stack: stack(memory, blocks, kept.evict), blocks };
  };

  test('are found by their array and form, and by nothing else', () => {
    const { kept } = weights(4 * mebibyte);
    const [a, b] = [noise([4], 1).data, noise([4], 2).data];
    const address = kept.add(a, 'rows', 100);
    expect(address).toBeDefined();
    expect(kept.find(a, 'rows')).toBe(address);
    expect(kept.find(a, 'columns')).toBeUndefined();
    expect(kept.find(b, 'rows')).toBeUndefined();
  });

  test('make room for the stack: the one unused for longest goes first, the one in use stays', () => {
    const { kept, stack: it } = weights(4 * mebibyte);
    const [a, b, c] = [1, 2, 3].map((seed) => noise([4], seed).data) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    for (const weight of [a, b, c]) kept.add(weight, 'rows', 1.1 * mebibyte);
    kept.find(a, 'rows'); // b is now the oldest, a in use
    it.floats(250_000);
    expect(kept.find(b, 'rows')).toBeUndefined();
    expect(kept.find(c, 'rows')).toBeDefined();
    expect(kept.find(a, 'rows')).toBeDefined();
    expect(() => it.floats(mebibyte)).toThrow(EngineMemoryError);
    expect(kept.find(a, 'rows')).toBeDefined();
  });

  test('give their memory back after their array was collected', async () => {
    const { kept, blocks } = weights(64 * mebibyte);
    const before = blocks.available();
    (() => kept.add(new Float32Array(8), 'rows', mebibyte))();
    expect(blocks.available()).toBeLessThan(before);
    await collectUntil(() => blocks.available() === before);
    expect(blocks.available()).toBe(before);
  });
});

describe('a model that is dropped', () => {
  test.each(['float32', 'int8'] as const)(
    'gives back all that the engine kept of its %s weights',
    async (weights) => {
      using engine = wasmBackendSync({ memoryLimit: 64 * mebibyte });
      using _ = useBackend(engine);
      const memory = engine.memory as unknown as Stack; // shared memory is there in Node
      const x = new Tensor('float32', [2, 512], noise([2, 512], 1).data);
      const before = memory.available();
      (() => {
        const model = initialize(new Linear(512, 2048), random(1));
        freeze(model);
        if (weights === 'int8') quantize(model);
        inference(() => model.forward(x));
      })();
      expect(before - memory.available()).toBeGreaterThanOrEqual(512 * 2048 * (weights === 'int8' ? 1 : 4));
      await collectUntil(() => memory.available() === before);
      expect(memory.available()).toBe(before);
    },
  );

  test('an engine of little memory computes with more models than it could keep, and with all of them alive', () => {
    using engine = wasmBackendSync({ memoryLimit: 8 * mebibyte });
    using _ = useBackend(engine);
    const x = new Tensor('float32', [1, 512], noise([1, 512], 1).data);
    const models = Array.from({ length: 8 }, (_, i) => initialize(new Linear(512, 1024), random(i)));
    for (const model of models) freeze(model);
    const run = () => models.map((model) => inference(() => model.forward(x)).toArray());
    expect(run()).toEqual(run());
  });
});

test('the error of an engine that has all the memory it can have does not advise to give it more', () => {
  expect(new EngineMemoryError(1, 2 ** 30).message).toMatch(/larger memoryLimit.*at most 4 GiB.*quantize/);
  expect(new EngineMemoryError(1, 65535 * 2 ** 16).message).toMatch(
    /the most that an engine can address.*fewer rows/,
  );
});

describe('arrays that are held', () => {
  test('are zeros beside the stack, stay through regions, and their room comes back by drop or by collection', async () => {
    using engine = wasmBackendSync({ memoryLimit: 64 * mebibyte });
    using _ = useBackend(engine);
    const memory = engine.memory as unknown as Stack & EngineMemory; // shared memory is there in Node
    const before = memory.available();
    const held = memory.hold(mebibyte) as Float32Array; // fits
    expect(held.every((number) => number === 0)).toBe(true);
    held.fill(3);
    inference(() => memory.floats(4 * mebibyte).fill(7));
    expect(held.every((number) => number === 3)).toBe(true);
    expect(memory.owns(held, 0)).toBe(false);
    const during = memory.available();
    expect(during).toBeLessThanOrEqual(before - 4 * mebibyte);
    memory.drop(held);
    memory.drop(held);
    memory.drop(new Float32Array(4));
    expect(memory.available()).toBe(during + 4 * mebibyte);
    const least = memory.available();
    (() => {
      memory.hold(mebibyte)?.fill(1);
    })();
    expect(memory.available()).toBeLessThan(least);
    await collectUntil(() => memory.available() === least);
    expect(memory.available()).toBe(least);
    expect(memory.hold(17 * mebibyte)).toBeUndefined();
  });

  test('make room by giving up packed weights', () => {
    using engine = wasmBackendSync({ memoryLimit: 64 * mebibyte });
    using _ = useBackend(engine);
    const models = Array.from({ length: 12 }, (_, i) => initialize(new Linear(1024, 1024), random(i)));
    for (const model of models) {
      freeze(model);
      inference(() => model.forward(new Tensor('float32', [16, 1024], noise([16, 1024], 1).data)));
    }
    expect(engine.memory?.hold(8 * mebibyte)?.length).toBe(8 * mebibyte);
  });
});

test('weights of products that run as one job stay until it is done, also where memory is short', async () => {
  using small = await wasmBackend({ threads: 2, memoryLimit: 2 ** 21, relaxedSimd: 'off' });
  using roomy = await wasmBackend({ threads: 2, relaxedSimd: 'off' });
  const [rows, inputs, outputs] = [64, 256, 384];
  const x = noise([rows * inputs], 1).data;
  const weights = [2, 3, 4].map((seed) => noise([outputs * inputs], seed).data);
  const results = ({ memory, linearAll }: WasmBackend): Float32Array[] => {
    if (memory === undefined) throw new Error('no memory for tensors');
    const place = (array: Float32Array): Float32Array => {
      const copy = memory.floats(array.length);
      copy.set(array);
      return copy;
    };
    const sizes = { rows, inputs, outputs, activation: 'none' as const, keep: true, bias: undefined };
    const resident = place(x);
    const calls = weights.map((weight) => ({
      ...{ ...sizes, x: resident, weight, out: memory.floats(rows * outputs) },
    }));
    linearAll(calls);
    linearAll(calls);
    return calls.map(({ out }) => out.slice());
  };
  const expected = results(roomy);
  for (const [i, result] of results(small).entries())
    expectSameBits(result, expected[i] as Float32Array, `product ${i}`);
});
