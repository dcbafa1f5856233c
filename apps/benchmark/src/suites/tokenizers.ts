// Text to ids: documents of 2 kB, encoded again and again (warm) or each but once (cold), with and without their offsets, one by one and
// as a batch; and reading a large tokenizer.json. One thread, no SIMD.

import {
  type Encoding,
  readTiktoken,
  readTokenizerJson,
  readVocabAndMerges,
  type Tokenizer,
} from '@heed/tokenizers';
import type { Absence, BenchmarkCase, Contender } from '../contender.ts';
import { ours } from '../engines.ts';
import {
  aiTokenizer,
  aiTokenizerName,
  gptTokenizer,
  gptTokenizerName,
  huggingFace,
  huggingFaceName,
  type TextEncoding,
  tiktoken,
  tiktokenName,
} from '../peers/scriptTokenizers.ts';
import { largeUnigram, sharedText, textbookDocuments } from '../tokenizerTexts.ts';

/** Names of cases. */
export const tokenizerNames = {
  warm: (vocabulary: string): string => `${vocabulary}, warm`,
  cold: (vocabulary: string): string => `${vocabulary}, cold`,
  offsets: 'cl100k, cold, with offsets and tokens',
  batch: 'cl100k, warm, as a batch',
  load: 'load 250 000 Unigram pieces',
  loadMerges: 'load Qwen3, 151 000 BPE tokens',
} as const;

/** Name of the rows of our own other way. */
export const oursIds = 'Heed, ids only';

/** A vocabulary: ours first, then who else has it. */
interface Vocabulary {
  readonly name: string;
  own(shared: string): Tokenizer;
  readonly others: Readonly<Record<string, (shared: string) => Promise<TextEncoding>>>;
}

const file = (name: string) => (shared: string) => sharedText(shared, `tokenizers/${name}`);
const ofFile = (name: string) => ({
  own: (shared: string): Tokenizer => readTokenizerJson(file(name)(shared)),
  others: { [huggingFaceName]: (shared: string) => huggingFace(file(name)(shared)) },
});

const cl100k = (shared: string): Tokenizer =>
  readTiktoken(file('tiktoken-cl100k_base/cl100k_base.tiktoken.gz')(shared), 'cl100k_base');

/** The vocabularies of the suite. */
export const vocabularies: readonly Vocabulary[] = [
  {
    name: 'cl100k',
    own: cl100k,
    others: {
      [aiTokenizerName]: () => aiTokenizer('cl100k_base'),
      [gptTokenizerName]: () => gptTokenizer('cl100k_base'),
      [tiktokenName]: () => tiktoken('cl100k_base'),
      [huggingFaceName]: (shared) => huggingFace(cl100k(shared).toTokenizerJson()),
    },
  },
  {
    name: 'GPT-2',
    own: (shared) => readVocabAndMerges(file('gpt2/vocab.json')(shared), file('gpt2/merges.txt')(shared)),
    others: {
      [gptTokenizerName]: () => gptTokenizer('r50k_base'),
      [tiktokenName]: () => tiktoken('gpt2'),
      [huggingFaceName]: (shared) => huggingFace(file('gpt2/tokenizer.json.gz')(shared)),
    },
  },
  { name: 'WordPiece 30k', ...ofFile('bert-base-uncased/tokenizer.json') },
  { name: 'Unigram 32k', ...ofFile('opus-mt-en-mg/tokenizer.json.gz') },
  {
    name: 'Unigram 250k',
    own: (shared) => readTokenizerJson(large(shared)),
    others: { [huggingFaceName]: (shared) => huggingFace(large(shared)) },
  },
];

let madeLarge: string | undefined;
const large = (shared: string): string => {
  madeLarge ??= largeUnigram(textbookDocuments(shared), 250_000);
  return madeLarge;
};

const warmDocuments = 16;
const coldDocuments = 32;

/** Ids of all documents of a run, one after the other; ids are below 2²⁴ and so exact. */
const idsOf = (results: readonly ArrayLike<number>[]): Float32Array =>
  Float32Array.from(results.flatMap((ids) => Array.from(ids)));

/** Encodes the documents that `next` gives. */
const encodes = ({ name, encode, dispose }: TextEncoding, next: () => readonly string[]): Contender => {
  let results: readonly ArrayLike<number>[] = [];
  return {
    name,
    run: () => {
      results = next().map((text) => encode(text));
    },
    output: () => idsOf(results),
    ...(dispose === undefined ? {} : { dispose }),
  };
};

/** Always the same documents, or ever new ones, of which nobody gets one twice. */
const giver = (documents: readonly string[], kind: 'warm' | 'cold'): (() => readonly string[]) => {
  let at = 0;
  return () => {
    if (kind === 'warm') return documents.slice(0, warmDocuments);
    const given = documents.slice(at, at + coldDocuments);
    at += coldDocuments;
    if (given.length < coldDocuments)
      throw new Error('tokenizers: the documents ran out; take fewer rounds.');
    return given;
  };
};

const ownEncoding = (tokenizer: Tokenizer, read: (encoding: Encoding) => void = () => undefined) => ({
  name: ours,
  encode: (text: string): Int32Array => {
    const encoding = tokenizer.encode(text, { addSpecialTokens: false });
    read(encoding);
    return encoding.ids;
  },
});

/** What the suite needs. */
export interface TokenizerSuite {
  readonly shared: string;
  readonly peers: readonly string[];
  /** Default: the textbooks. */
  readonly documents?: readonly string[];
}

/** All cases. */
export const tokenizerCases = ({
  shared,
  peers,
  documents = textbookDocuments(shared),
}: TokenizerSuite): BenchmarkCase[] => [
  ...(['warm', 'cold'] as const).flatMap((kind) =>
    vocabularies.map(({ name, own, others }): BenchmarkCase => {
      const absences: Absence[] = [];
      return {
        ...{ name: tokenizerNames[kind](name), tolerance: 0, absences },
        prepare: async () => {
          const contenders = [encodes(ownEncoding(own(shared)), giver(documents, kind))];
          for (const [peer, open] of Object.entries(others).filter(([one]) => peers.includes(one)))
            try {
              contenders.push(encodes(await open(shared), giver(documents, kind)));
            } catch (error) {
              absences.push({ name: peer, reason: String(error) });
            }
          return contenders;
        },
      };
    }),
  ),
  {
    ...{ name: tokenizerNames.offsets, tolerance: 0, absences: [] },
    prepare: async () => {
      const everything = ({ offsets, tokens }: Encoding): void => {
        if (2 * tokens.length !== offsets.length) throw new Error('tokenizers: offsets are missing.');
      };
      return [
        encodes(ownEncoding(cl100k(shared), everything), giver(documents, 'cold')),
        { ...encodes(ownEncoding(cl100k(shared)), giver(documents, 'cold')), name: oursIds },
      ];
    },
  },
  {
    ...{ name: tokenizerNames.batch, tolerance: 0, absences: [] },
    prepare: async () => {
      const tokenizer = cl100k(shared);
      const batch = documents.slice(0, warmDocuments);
      let results: readonly ArrayLike<number>[] = [];
      return [
        {
          name: ours,
          run: () => {
            results = tokenizer.encodeBatch(batch, { addSpecialTokens: false }).map(({ ids }) => ids);
          },
          output: () => idsOf(results),
        },
        { ...encodes(ownEncoding(tokenizer), () => batch), name: 'Heed, one by one' },
      ];
    },
  },
  loadCase(tokenizerNames.load, large, { shared, peers }),
  loadCase(tokenizerNames.loadMerges, file('qwen3/tokenizer.json.gz'), { shared, peers }),
];

const loadCase = (
  name: string,
  text: (shared: string) => string,
  { shared, peers }: TokenizerSuite,
): BenchmarkCase => ({
  ...{ name, tolerance: 0, absences: [], rounds: 5 },
  prepare: async () => {
    const json = text(shared);
    const loads = (reader: string, read: () => TextEncoding | Promise<TextEncoding>): Contender => {
      let loaded: TextEncoding | undefined;
      return {
        name: reader,
        run: async () => {
          loaded = await read();
        },
        output: () => idsOf([loaded?.encode('Attention is all you need, in 2017.') ?? []]),
      };
    };
    const own = loads(ours, () => ownEncoding(readTokenizerJson(json)));
    return peers.includes(huggingFaceName) ? [own, loads(huggingFaceName, () => huggingFace(json))] : [own];
  },
});
