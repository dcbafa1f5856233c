// The code that the part on granularity shows: plain JavaScript on the package's public names, which test/pages/tokensCode.test.ts runs.

import { casedStages } from '../../experiments/granularityRow.ts';

/** Lines that learn all six from `train` and report on `test`, both lists of lines. */
export const granularityCode = (
  vocabularySize: number,
): string => `import { characterTokenizer, report, trainBytePairEncoding, trained, trainUnigram, trainWordPiece, wordTokenizer } from '@heed/tokenizers';

const options = { vocabularySize: ${vocabularySize} };
const stages = ${JSON.stringify(casedStages)}; // BERT's, letters as they are
const tokenizers = {
  characters: characterTokenizer(train, options),
  bytes: await trained(trainBytePairEncoding(train, options)),
  bpe: await trained(trainBytePairEncoding(train, { ...options, level: 'characters' })),
  wordPiece: await trained(trainWordPiece(train, { ...options, stages })),
  unigram: await trained(trainUnigram(train, options)), // no fewer than the text has characters
  words: wordTokenizer(train, options),
};
Object.entries(tokenizers).map(([name, tokenizer]) => [name, report(tokenizer, test)]); // length, fertility, oovRate …`;
