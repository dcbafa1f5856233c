// Random: repeatable, splittable, and as even as its law says.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, random } from '../src/index.ts';

const draw = (source: Random, count = 8): number[] => Array.from({ length: count }, () => source.uniform());

/** χ² of counts that should be equal, less its mean, in its standard deviations. */
const excess = (counts: readonly number[]): number => {
  const expected = counts.reduce((a, b) => a + b, 0) / counts.length;
  const freedom = counts.length - 1;
  return (
    (counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0) - freedom) /
    Math.sqrt(2 * freedom)
  );
};

describe('Random', () => {
  it('is a function of seed and position: the same on every run, number by number', () => {
    expect(draw(random(42), 3)).toEqual(draw(random(42), 3));
    expect(draw(random(0), 3)).toEqual([0, 1, 2].map((position) => random(0).uniformAt(position)));
    forAll([fc.integer({ min: -(2 ** 52), max: 2 ** 52 })], (seed) => {
      const source = random(seed);
      const ahead = source.uniformAt(2);
      expect(draw(source, 3)[2]).toBe(ahead);
    });
  });

  it('splits into sources that share no stream with each other or with their parent', () => {
    const source = random(7);
    const children = [source.split(), source.split(), source.split().split(), source];
    const firsts = children.map((child) => draw(child).join());
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it('neighbouring seeds and splits are uncorrelated', () => {
    const pairs = Array.from(
      { length: 20_000 },
      (_, i) => [random(i).uniform(), random(i + 1).uniform(), random(i).split().uniform()] as const,
    );
    const correlation = (a: number, b: number) =>
      pairs.reduce((sum, pair) => sum + (pair[a]! - 0.5) * (pair[b]! - 0.5), 0) / pairs.length / (1 / 12); // a, b < 3
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const)
      expect(Math.abs(correlation(a, b))).toBeLessThan(6 / Math.sqrt(pairs.length));
  });

  it('is even in [0, 1), in bits, in pairs of neighbours, and by place', () => {
    const source = random(11);
    const [bins, pairs, places] = [
      new Array<number>(256).fill(0),
      new Array<number>(256).fill(0),
      new Array<number>(256).fill(0),
    ];
    let before = source.uniform();
    for (let i = 0; i < 200_000; i++) {
      const value = source.uniform();
      expect(value >= 0 && value < 1).toBe(true);
      bins[Math.floor(value * 256)]!++; // 256 bins, here and below
      pairs[16 * Math.floor(before * 16) + Math.floor(value * 16)]!++;
      places[Math.floor((source.uniformAt(i * 64) * 2 ** 24) % 256)]!++;
      before = value;
    }
    for (const counts of [bins, pairs, places]) expect(Math.abs(excess(counts))).toBeLessThan(6);
  });

  it('integers stay below their end, shuffles are permutations and every order occurs', () => {
    const source = random(5);
    const counts = Array.from({ length: 6 }, () => 0);
    const orders = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      counts[source.integer(6)]!++; // below 6
      const order = source.shuffle(['a', 'b', 'c']).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(Math.abs(excess(counts))).toBeLessThan(6);
    expect(orders.size).toBe(6);
    expect(Math.abs(excess([...orders.values()]))).toBeLessThan(6);
    const items = [1, 2, 3];
    source.shuffle(items);
    expect(items).toEqual([1, 2, 3]);
  });

  it('refuses a seed that is no integer of 53 bits', () => {
    for (const seed of [0.5, 2 ** 53, Number.NaN])
      expect(() => random(seed)).toThrow(/random: seed .*; expected an integer of at most 53 bits/);
  });

  it('goes on from a state as the source that gave it, and refuses what is no state', () => {
    const source = random(9).split();
    source.normal();
    const state = JSON.parse(JSON.stringify(source.state())) as [number, number, number];
    const other = random(1);
    other.restore(state);
    expect([other.uniform(), other.split().uniform(), other.normal()]).toEqual([
      source.uniform(),
      source.split().uniform(),
      source.normal(),
    ]);
    for (const bad of [
      [1, 2, -1],
      [1, 2.5, 3],
      [1, 2, Number.NaN],
    ] as const)
      expect(() => other.restore(bad)).toThrow('expected the three integers that state() gave');
  });
});
