// What a mask saves in operations and bytes, by the library's own count, at a length where it matters.

import { a100, type Mask, traffic } from '@heed/attention';
import { maskTiles } from './maskFacts.ts';

/** One way to compute it. */
export interface CostRow {
  readonly flops: number;
  /** To and from main memory. */
  readonly bytes: number;
}

/** The forward pass three ways, and the share of tiles that flash visits. */
export interface MaskCost {
  readonly standard: CostRow;
  readonly flash: CostRow;
  readonly masked: CostRow;
  readonly visited: number;
  /** Sides of flash's tiles on that hardware. */
  readonly tile: { readonly queries: number; readonly keys: number };
}

/** What is computed: heads of a width, two bytes a number. */
export interface CostProblem {
  readonly length: number;
  readonly heads: number;
  readonly depth: number;
}

/** Counts on an A100. The mask must be made for `length` tokens. */
export const maskCost = (mask: Mask, { length, heads, depth }: CostProblem): MaskCost => {
  const problem = { batch: 1, heads, queries: length, depth, mask: true };
  const full = traffic(problem, a100);
  const tile = { queries: full.blockQueries, keys: full.blockKeys };
  const { visited } = maskTiles(mask, length, tile);
  const some = traffic({ ...problem, visited }, a100);
  const row = ({ productFlops, elementFlops, mainBytes }: typeof full.flash.forward): CostRow => ({
    flops: productFlops + elementFlops,
    bytes: mainBytes,
  });
  return {
    standard: row(full.standard.forward),
    flash: row(full.flash.forward),
    masked: row(some.flash.forward),
    ...{ visited, tile },
  };
};
