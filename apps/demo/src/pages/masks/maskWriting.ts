// The mask as one would write it: the lines that make and use it, and its print. A test runs the lines.

import { keepWhere, type Mask, maskCode, printMask, toTensor } from '@heed/attention';
import { calledNames } from '../../components/calledNames.ts';

/** Names of masks that code may call. */
const maskNames = [
  'and',
  'blocks',
  'causal',
  'documents',
  'firstKeys',
  'global',
  'not',
  'or',
  'padding',
  'window',
] as const;

/** Lines that make the mask and attend under it. */
export const maskLines = (mask: Mask, length: number): string => {
  const code = maskCode(mask);
  const names = ['attention', calledNames(code, maskNames)].filter((name) => name !== '').join(', ');
  return `import { ${names} } from '@heed/attention';
import { normal, random } from '@heed/tensor';

const noise = random(1);
const shape = [1, 8, ${length}, 64]; // batch, heads, tokens, width of a head
const [q, k, v] = [normal(shape, noise), normal(shape, noise), normal(shape, noise)];

const mask = ${code};
attention(q, k, v, { mask });`;
};

/** The first tokens of the mask, printed as booleans under a name that says what True means. */
export const maskPrint = (
  mask: Mask,
  {
    length,
    count,
    show,
  }: { readonly length: number; readonly count: number; readonly show: 'kept' | 'hidden' },
): string => {
  const whole = { batch: 1, heads: 1, queries: length, keys: length };
  const corner = toTensor(mask, whole, { queries: [0, count], keys: [0, count] });
  return printMask(keepWhere(corner), { queries: count, keys: count, show });
};
