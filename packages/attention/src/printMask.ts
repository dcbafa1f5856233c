// A mask for people: its table of True and False under a name that says what True means, and the expression that makes it.

import type { Mask } from './mask.ts';
import { allows, type MaskSizes } from './tiles.ts';

/** Which square of a mask is printed. */
export interface PrintMaskOptions {
  readonly queries: number;
  readonly keys: number;
  /** What True means. */
  readonly show: 'kept' | 'hidden';
  /** Batches and heads that the mask is for. Default 1. */
  readonly batches?: number;
  readonly heads?: number;
  /** Which of them. Default 0. */
  readonly batch?: number;
  readonly head?: number;
}

/**
 * The table of a mask, in the layout in which PyTorch prints booleans but named after what True means, since libraries disagree.
 *
 * @example
 * printMask(causal(), { queries: 2, keys: 2, show: 'hidden' });
 * //=> 'hidden([[False,  True],\n        [False, False]])'
 */
export const printMask = (mask: Mask, options: PrintMaskOptions): string => {
  const { queries, keys, show, batches = 1, heads = 1, batch = 0, head = 0 } = options;
  const sizes: MaskSizes = { batch: batches, heads, queries, keys };
  const rows = Array.from({ length: queries }, (_, query) => {
    const cells = Array.from({ length: keys }, (_, key) =>
      allows(mask, { batch, head, query, key }, sizes) === (show === 'kept') ? ' True' : 'False',
    );
    return `[${cells.join(', ')}]`;
  });
  return `${show}([${rows.join(`,\n${' '.repeat(show.length + 2)}`)}])`;
};

const idsOf = (ids: readonly number[]): string => `[${ids.join(', ')}]`;

const sidesOf = ({ left, right }: { readonly left: number; readonly right: number }): string =>
  `left: ${left}, right: ${right}`;

/**
 * The expression that makes a mask, as code of this package; tensors and predicates are told by their shape or as `…`.
 *
 * @example
 * maskCode(and(causal(), padding([3, 5]))); //=> 'and(causal(), padding([3, 5]))'
 */
export const maskCode = (mask: Mask): string => {
  switch (mask.kind) {
    case 'window':
      return mask.left === Number.POSITIVE_INFINITY && mask.right === 0
        ? 'causal()'
        : `window({ ${sidesOf(mask)} })`;
    case 'dilated':
      return `window({ ${sidesOf(mask)}, dilation: ${mask.dilation} })`;
    case 'global': {
      const [only] = mask.positions;
      return mask.positions.length === 1 && only !== undefined
        ? `global(${idsOf(only)})`
        : `global([${mask.positions.map(idsOf).join(', ')}])`;
    }
    case 'firstKeys':
      return `firstKeys(${mask.count})`;
    case 'blocks':
      return `blocks({ size: ${mask.size}, table: [${mask.table.map(idsOf).join(', ')}] })`;
    case 'padding':
      return `padding(${idsOf(mask.lengths)})`;
    case 'documents':
      return mask.queryIds.join() === mask.keyIds.join()
        ? `documents(${idsOf(mask.queryIds)})`
        : `documents(${idsOf(mask.queryIds)}, ${idsOf(mask.keyIds)})`;
    case 'keep':
      return `keepWhere(${mask.tensor})`;
    case 'where':
      return 'where(…)';
    case 'and':
    case 'or':
      return `${mask.kind}(${mask.parts.map(maskCode).join(', ')})`;
    case 'not':
      return `not(${maskCode(mask.part)})`;
    default:
      return mask satisfies never;
  }
};
