// GPT-2's pair of files, vocab.json and merges.txt. What they do not say comes in options.
import { type AddedToken, addedTokens } from '../addedTokens.ts';
import { byteLevelDecoder } from '../decoders/byteLevel.ts';
import { bytePairEncoding } from '../models/bytePairEncoding.ts';
import { mergesOf } from '../models/merges.ts';
import { type Vocabulary, vocabulary } from '../models/vocabulary.ts';
import { plainTemplate } from '../postProcessors/template.ts';
import { trimOffsets } from '../postProcessors/trimOffsets.ts';
import { byteLevel } from '../preTokenizers/byteLevel.ts';
import { Tokenizer } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { parseJson } from './json.ts';
import { splitMerge } from './readMergePairs.ts';

/** What vocab.json and merges.txt do not say. The defaults are those of GPT-2. */
export interface VocabAndMergesOptions {
  /** Whether a blank is put before a text that does not begin with one. Default false. */
  addPrefixSpace?: boolean;
  /** Whether offsets leave out the blank that belongs to a token. Default false. */
  trimOffsets?: boolean;
  /** Special tokens, which are found in the text; each must be in the vocabulary. Default: `<|endoftext|>` if it is there. */
  specialTokens?: readonly string[];
}

/**
 * Makes a byte-level BPE tokenizer (GPT-2, RoBERTa, BART) from the texts of its vocab.json and merges.txt. No special
 * tokens are added to a text; RoBERTa's come with its tokenizer.json.
 *
 * @example readVocabAndMerges('{"a":0,"b":1,"ab":2}', 'a b').encode('abb').tokens; //=> ['ab', 'b']
 */
export function readVocabAndMerges(
  vocab: string,
  merges: string,
  options: VocabAndMergesOptions = {},
): Tokenizer {
  const { names, values } = parseJson(vocab, 'vocab.json').integers();
  const entries = vocabulary(names, 'vocab.json', { ids: values });
  const { pairs, lines } = readLines(merges);
  const addPrefixSpace = options.addPrefixSpace ?? false;
  const special = readSpecial(entries, options.specialTokens);
  const table = mergesOf(entries, pairs, { name: (rank) => `merges.txt: line ${lines[rank]}` });
  const stages = {
    added: addedTokens(special, (text) => text),
    preTokenizer: byteLevel({ addPrefixSpace }),
    model: bytePairEncoding(entries, table),
    postProcessor:
      options.trimOffsets === true ? trimOffsets(plainTemplate(), { addPrefixSpace }) : plainTemplate(),
    decoder: byteLevelDecoder(),
    source: () =>
      asTokenizerJson(
        { vocab: Object.fromEntries(names.map((name, k) => [name, values[k]])), pairs, special },
        options,
      ),
  };
  return new Tokenizer(stages, 0);
}

// The merges, and the number of the line that each stands in.
function readLines(text: string): { pairs: [left: string, right: string][]; lines: number[] } {
  if (typeof text !== 'string') {
    throw new TokenizerError(
      'merges.txt',
      `a value of type ${typeof text} was given; expected the text of the file. Decode its bytes as UTF-8 first.`,
    );
  }
  const pairs: [left: string, right: string][] = [];
  const lines: number[] = [];
  for (const [index, given] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const line = given.endsWith('\r') ? given.slice(0, -1) : given;
    if (line === '' || line.startsWith('#version')) continue;
    const pair = splitMerge(line);
    if (pair === undefined) {
      throw new TokenizerError(
        `merges.txt: line ${index + 1}`,
        `${JSON.stringify(line.slice(0, 60))} was given, expected two tokens with one blank between. Correct the file or get it again.`,
      );
    }
    pairs.push(pair);
    lines.push(index + 1);
  }
  return { pairs, lines };
}

function readSpecial(entries: Vocabulary, given: readonly string[] | undefined): AddedToken[] {
  const contents = given ?? (entries.id('<|endoftext|>') === undefined ? [] : ['<|endoftext|>']);
  return [...new Set(contents)].map((content) => {
    const id = entries.id(content);
    if (id === undefined) {
      throw new TokenizerError(
        'options.specialTokens',
        `${JSON.stringify(content)} was given, which vocab.json does not have. Name tokens of the vocabulary only.`,
      );
    }
    return { id, content, special: true };
  });
}

function asTokenizerJson(
  model: { vocab: unknown; pairs: unknown; special: readonly AddedToken[] },
  options: VocabAndMergesOptions,
): unknown {
  const space = { add_prefix_space: options.addPrefixSpace ?? false };
  return {
    added_tokens: model.special.map(({ id, content }) => ({ id, content, special: true })),
    pre_tokenizer: { type: 'ByteLevel', ...space },
    post_processor: { type: 'ByteLevel', ...space, trim_offsets: options.trimOffsets ?? false },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab: model.vocab, merges: model.pairs },
  };
}
