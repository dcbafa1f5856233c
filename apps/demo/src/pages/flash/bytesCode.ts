// The code that the part on bytes shows: plain JavaScript on the library's public names, which test/pages/flashCode.test.ts runs.

import { type BytesOptions, bytesOf, causalShare, machines } from '../../experiments/attentionBytes.ts';

/** Lines that count the bytes of both algorithms. */
export const bytesCode = (options: BytesOptions): string => {
  const { batch, heads, length, depth, mask, dropout, machine, blockKeys } = options;
  const { hardware, bytesPerElement } = machines[machine];
  const own =
    machine === 'a100'
      ? ''
      : `const machine = ${JSON.stringify(hardware).replace(/"/g, '').replace(/[,:]/g, '$& ').replace('{', '{ ').replace('}', ' }')};\n`;
  const name = machine === 'a100' ? 'a100' : 'machine';
  const tiled = blockKeys === undefined ? name : `{ ...${name}, blockKeys: ${blockKeys} }`;
  const visited =
    mask === 'causal'
      ? `\n  visited: ${causalShare(length, bytesOf(options)).toFixed(4)}, // tiles that are not empty`
      : '';
  return `import { ${machine === 'a100' ? 'a100, ' : ''}traffic } from '@heed/attention';

${own}const problem = {
  batch: ${batch}, heads: ${heads}, queries: ${length}, depth: ${depth},
  bytesPerElement: ${bytesPerElement}, mask: ${mask !== 'none'}, dropout: ${dropout},${visited}
};
const { standard, flash } = traffic(problem, ${tiled});
const moved = ({ forward, backward }) => forward.mainBytes + backward.mainBytes;
const bytes = [moved(standard), moved(flash)];`;
};
