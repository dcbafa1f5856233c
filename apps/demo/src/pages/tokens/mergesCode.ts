// The code that the part on merges shows: plain JavaScript on the package's public names, which test/pages/tokensCode.test.ts runs.

import { bpeTraining, type MergeOptions, wordPieceTraining } from '../../experiments/mergeTraining.ts';

/** Options as one writes them. */
const written = (options: object): string =>
  JSON.stringify(options)
    .replace(/"(\w+)":/g, ' $1: ')
    .replace(/\}$/, ' }')
    .replaceAll('"', "'");

/** Lines that train both on `text` and cut the watched text with each. */
export const mergesCode = (
  options: MergeOptions,
  watched: string,
): string => `import { trainBytePairEncoding, trainWordPiece } from '@heed/tokenizers';

const lines = text.split('\\n').filter((line) => line.trim() !== '');
const learn = async (training) => {
  const merges = [];
  for await (const event of training) {
    if (event.phase === 'merging') merges.push(event.merge); // { left, right, token, id, count, score }
    if (event.phase === 'trained') return { merges, tokenizer: event.tokenizer };
  }
};
const bpe = await learn(trainBytePairEncoding(lines, ${written(bpeTraining(options))}));
const wordPiece = await learn(trainWordPiece(lines, ${written(wordPieceTraining(options))}));
const cut = ({ tokenizer }) => tokenizer.encode(${JSON.stringify(watched)}, { addSpecialTokens: false }).tokens;
const file = bpe.tokenizer.toTokenizerJson();
({ bpe, wordPiece, file, cuts: [cut(bpe), cut(wordPiece)] });`;
