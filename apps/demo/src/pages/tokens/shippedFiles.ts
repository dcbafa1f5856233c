// The vocabularies and texts that come with the page, by their places beside it. Whence they are stands in the repository's NOTICE.

/** Tokenizers. */
export const shippedTokenizers = {
  bert: 'tokenizers/bert-base-uncased-vocab.txt',
  gpt2: 'tokenizers/gpt2-merges.txt',
  use: 'weights/use-lite/vocab.json',
} as const;

/** A tokenizer that comes with the page. */
export type ShippedTokenizer = keyof typeof shippedTokenizers;

/** Texts: the part to learn from, and the part that is held out. */
export const corpusFiles = {
  shakespeare: { train: 'texts/shakespeare-train.txt', test: 'texts/shakespeare-test.txt' },
  chinese: { train: 'texts/tatoeba-zh-train.tsv', test: 'texts/tatoeba-zh-test.tsv' },
} as const;

const times = (count: number, word: string): string => Array(count).fill(word).join(' ');

/** Sennrich et al. 2016 (arXiv:1508.07909), algorithm 1: four words with their counts. */
export const paperText: string = [
  times(5, 'low'),
  times(2, 'lower'),
  times(6, 'newest'),
  times(3, 'widest'),
].join('\n');
