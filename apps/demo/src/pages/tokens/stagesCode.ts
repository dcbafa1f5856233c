// The code that the part on stages shows: plain JavaScript on the package's public names, which test/pages/tokensCode.test.ts runs.

import { type ShippedTokenizer, shippedTokenizers } from './shippedFiles.ts';

const readers = {
  bert: (url: string) => `import { readVocabText } from '@heed/tokenizers';

const file = await (await fetch(new URL('${url}', document.baseURI))).text();
const tokenizer = readVocabText(file);`,
  // The 256 characters that stand for bytes, then what each merge makes: the ids of GPT-2's vocab.json.
  gpt2: (url: string) => `import { readVocabAndMerges } from '@heed/tokenizers';

const merges = await (await fetch(new URL('${url}', document.baseURI))).text();
const made = merges.trim().split('\\n').slice(1).map((line) => line.replace(' ', ''));
const alphabet = Array.from({ length: 324 }, (_, code) => String.fromCharCode(code)).filter((character) => /[!-~¡-¬®-\\u0143]/.test(character)); // one for each byte
const vocab = Object.fromEntries([...alphabet, ...made, '<|endoftext|>'].map((token, id) => [token, id]));
const tokenizer = readVocabAndMerges(JSON.stringify(vocab), merges);`,
  use: (url: string) => `import { readUniversalSentenceEncoderVocabulary } from '@heed/tokenizers';

const file = await (await fetch(new URL('${url}', document.baseURI))).text();
const tokenizer = readUniversalSentenceEncoderVocabulary(file);`,
  json: `import { readTokenizerJson } from '@heed/tokenizers';

const file = await (await fetch(new URL('tokenizer.json', document.baseURI))).text(); // or readSentencePiece, readTiktoken …
const tokenizer = readTokenizerJson(file);`,
} as const;

/** Lines that open the tokenizer, follow the text through the stages, and give the ids. */
export const stagesCode = (name: ShippedTokenizer | undefined, text: string): string => {
  const opened = name === undefined ? readers.json : readers[name](shippedTokenizers[name]);
  return `${opened}

const { stages, encoding } = tokenizer.explain(${JSON.stringify(text)});
const places = stages.map(({ stage, pieces }) => [stage, pieces.map(({ text, start, end }) => [text, start, end])]);
tokenizer.decode(encoding.ids, { skipSpecialTokens: true });
encoding.ids;`;
};
