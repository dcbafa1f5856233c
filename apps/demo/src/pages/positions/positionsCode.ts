// The code that the Positions page shows, for the encoding at hand: plain JavaScript on the packages' public names, which
// test/pages/positionsCode.test.ts runs.

import { type Encoding, type Layout, wordsOf } from '../../experiments/positionOptions.ts';
import { type StretchOptions, scalingOf } from '../../experiments/ropeStretch.ts';

/** What an encoding needs: names to import, what is done to x, to q and k, and what is added to the scores. */
interface Way {
  readonly names: string;
  readonly table?: string;
  readonly turn?: string;
  /** Lines before the bias. */
  readonly setUp?: readonly string[];
  readonly bias?: string;
}

const wayOf = (encoding: Encoding, layout: Layout): Way => {
  switch (encoding) {
    case 'none':
      return { names: '' };
    case 'sinusoidal':
      return { names: 'sinusoidal', table: `add(x, sinusoidal(n, 128, { order: '${layout}' }))` };
    case 'learned':
      return {
        names: 'LearnedPositions',
        table: 'initialize(new LearnedPositions(512, 128), random(3)).forward(x)',
      };
    case 'rope':
      return { names: 'rope', turn: `rope(x, { pairs: '${layout}' })` };
    case 'alibi':
      return { names: 'alibi, alibiSlopes', bias: 'alibi(alibiSlopes(4), { queries: n, keys: n })' };
    case 't5':
      return { names: 't5Bias', bias: 't5Bias(normal([32, 4], random(3)), { queries: n, keys: n })' };
    case 'shaw':
      return { names: 'shawBias', bias: 'shawBias(q, normal([17, 32], random(3)))' };
    case 'transformerXl':
      return {
        names: 'sinusoidal, transformerXlBias',
        setUp: [
          'const waves = heads(matmul(sinusoidal(2 * n - 1, 128, { start: 1 - n }), matrix(3)));',
          'const relative = reshape(waves, [4, 2 * n - 1, 32]);',
        ],
        bias: 'transformerXlBias(q, { keys: n, relative, positionBias: zeros([4, 32]) })',
      };
    default:
      return encoding satisfies never;
  }
};

/** Lines that compare the weights of a sentence where it stands with those where it was moved to. */
export const placeCode = ({
  text,
  encoding,
  layout,
  shift,
}: {
  readonly text: string;
  readonly encoding: Encoding;
  readonly layout: Layout;
  readonly shift: number;
}): string => {
  const { names, table = 'x', turn = 'x', setUp = [], bias } = wayOf(encoding, layout);
  const count = wordsOf(text).length;
  const tensorNames = [
    ...(encoding === 'sinusoidal' ? ['add'] : []),
    ...['concat', 'log', 'matmul', 'normal', 'random', 'reshape', 'slice', 'sub', 'transpose'],
    ...(encoding === 'transformerXl' ? ['zeros'] : []),
  ];
  return `import { attentionWeights${names === '' ? '' : `, ${names}`} } from '@heed/attention';
import { ${tensorNames.join(', ')} } from '@heed/tensor';${encoding === 'learned' ? "\nimport { initialize } from '@heed/tensor/nn';" : ''}

const words = normal([${count}, 128], random(1)); // ${count} words
const before = normal([${shift}, 128], random(2)); // what they are moved by
const matrix = (seed) => normal([128, 128], random(seed), 1 / Math.sqrt(128));
const heads = (x) => transpose(reshape(x, [1, x.shape[0], 4, 32]), 1, 2);
const scores = (x) => {
  const n = x.shape[0];
  const placed = ${table};
  const [q, k] = [4, 5].map((seed) => heads(matmul(placed, matrix(seed)))).map((x) => ${turn});
${setUp.map((line) => `  ${line}\n`).join('')}  const weights = attentionWeights(q, k${bias === undefined ? '' : `, { bias: ${bias} }`});
  return log(slice(slice(weights, 2, n - ${count}), 3, n - ${count})); // scores, but for a number a row
};
const [here, there] = [scores(words), scores(concat([before, words], 0))];
const level = (x) => sub(x, slice(x, 3, 0, 1)); // against the first key
const change = Math.max(...sub(level(there), level(here)).data.map(Math.abs));`;
};

/** Lines that give the rates of all scalings, and the pairs that meet new angles. */
export const stretchCode = (options: StretchOptions): string => {
  const { depth, trained, used } = options;
  const scaling = (way: Parameters<typeof scalingOf>[0]): string =>
    JSON.stringify(scalingOf(way, options))
      .replace(/"(\w+)":/g, '$1: ')
      .replace(/,/g, ', ')
      .replace('{', '{ ')
      .replace('}', ' }')
      .replaceAll('"', "'");
  return `import { ropeFrequencies } from '@heed/attention';

const met = ropeFrequencies(${depth}).rates.map((rate) => rate * ${trained}); // radians in the training
const scalings = [
  undefined,
  ${(['linear', 'ntk', 'dynamic', 'yarn', 'llama3'] as const).map(scaling).join(',\n  ')},
];
const unseen = scalings.map((scaling) => {
  const { rates } = ropeFrequencies(${depth}, scaling && { scaling });
  const angles = rates.map((rate) => rate * ${trained * used});
  return angles.filter((angle, pair) => met[pair] < 2 * Math.PI && angle > 1.0001 * met[pair]).length;
});`;
};
