import { expect, it } from 'vitest';
import { findCycle } from '../src/findCycle.ts';

const graph = (edges: Record<string, string[]>): Map<string, string[]> => new Map(Object.entries(edges));

it('a graph whose arrows only go down has no cycle', () => {
  expect(findCycle(graph({ a: ['b', 'c'], b: ['c'], c: [], d: ['b'] }))).toBeUndefined();
});
it('a cycle is found behind a tail, and named from where it closes', () => {
  expect(findCycle(graph({ a: ['b'], b: ['c'], c: ['d'], d: ['b'] }))).toEqual(['b', 'c', 'd', 'b']);
});
it('a node that points to itself is a cycle', () => {
  expect(findCycle(graph({ a: ['a'] }))).toEqual(['a', 'a']);
});
