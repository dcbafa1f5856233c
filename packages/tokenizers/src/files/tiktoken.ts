// tiktoken's rank files: on each line a token in base64 and its rank, which is its id, too.
import { type AddedToken, addedTokens } from '../addedTokens.ts';
import { byteAlphabet } from '../byteAlphabet.ts';
import { byteLevelDecoder } from '../decoders/byteLevel.ts';
import { bytePairEncoding } from '../models/bytePairEncoding.ts';
import { mergesBySpelling } from '../models/merges.ts';
import { type Vocabulary, vocabulary } from '../models/vocabulary.ts';
import { oniguruma } from '../patterns/oniguruma.ts';
import { plainTemplate } from '../postProcessors/template.ts';
import { byteLevel } from '../preTokenizers/byteLevel.ts';
import { preTokenizerSequence } from '../preTokenizers/preTokenizer.ts';
import { split } from '../preTokenizers/split.ts';
import { Tokenizer } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { type TiktokenEncoding, type TiktokenName, tiktokenEncodings } from './tiktokenEncodings.ts';

/** How a tiktoken tokenizer treats special tokens. */
export interface TiktokenOptions {
  /** Whether special tokens are found in the text (`allowed_special="all"`); false: they are ordinary text. Default true. */
  findSpecialTokens?: boolean;
}

/**
 * Makes a tokenizer from the text of a rank file (`cl100k_base.tiktoken`) and the encoding's name, or its pattern and special
 * tokens. Tokens are shown in the byte alphabet of GPT-2 (`Ġ` for a blank). A piece that is an entry is one token; else any
 * two neighbours whose bytes together are an entry merge, lowest rank first (openai/tiktoken src/lib.rs, 0.14.0).
 *
 * @example readTiktoken(await readFile('cl100k_base.tiktoken', 'utf8'), 'cl100k_base').encode('hello world').ids
 */
export function readTiktoken(
  ranks: string,
  encoding: TiktokenName | TiktokenEncoding,
  options: TiktokenOptions = {},
): Tokenizer {
  const { pattern, specialTokens } = typeof encoding === 'string' ? known(encoding) : encoding;
  const entries = readRanks(ranks);
  const special = readSpecial(entries, specialTokens);
  const found = addedTokens(special, (text) => text);
  const inText = options.findSpecialTokens ?? true;
  const words = oniguruma(pattern, 'options.pattern');
  const stages = {
    added: inText ? found : { ...found, extract: addedTokens([], (text) => text).extract },
    preTokenizer: preTokenizerSequence([
      split(words, { behavior: 'removed', invert: true }),
      byteLevel({ addPrefixSpace: false, useRegex: false }),
    ]),
    model: bytePairEncoding(entries, mergesBySpelling(entries), { wholeFirst: true }),
    postProcessor: plainTemplate(),
    decoder: byteLevelDecoder(),
    ...(inText ? { source: () => asTokenizerJson(entries, special, pattern) } : {}),
  };
  return new Tokenizer(stages, special.filter(({ content }) => entries.id(content) === undefined).length);
}

function known(name: string): TiktokenEncoding {
  if (Object.hasOwn(tiktokenEncodings, name)) return tiktokenEncodings[name as TiktokenName];
  throw new TokenizerError(
    'options.encoding',
    `${JSON.stringify(name)} was given; known are ${Object.keys(tiktokenEncodings).join(', ')}. For another, pass { pattern, specialTokens }.`,
  );
}

function readRanks(text: string): Vocabulary {
  if (typeof text !== 'string') {
    throw new TokenizerError(
      'ranks',
      `a value of type ${typeof text} was given; expected the text of the file. Decode its bytes as UTF-8 first.`,
    );
  }
  const { spellBytes } = byteAlphabet();
  const tokens: string[] = [];
  const ids: number[] = [];
  const lines: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const fields = /^([A-Za-z0-9+/]+={0,2}) (\d{1,9})\r?$/.exec(line);
    const bytes = fields === null ? undefined : bytesOf(fields[1] ?? '');
    if (bytes === undefined) refuseLine(line, index + 1);
    tokens.push(spellBytes(bytes));
    ids.push(Number(fields?.[2]));
    lines.push(index + 1);
  }
  const entries = vocabulary(tokens, 'ranks', {
    ids,
    name: (_, position) => `ranks: line ${lines[position]}`,
  });
  for (let byte = 0; byte < 256; byte++) {
    if (entries.id(spellBytes(Uint8Array.of(byte))) !== undefined) continue;
    throw new TokenizerError(
      'ranks',
      `the file has no token for the byte ${byte} by itself; every byte needs one. Get the file again.`,
    );
  }
  return entries;
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function refuseLine(line: string, number: number): never {
  throw new TokenizerError(
    `ranks: line ${number}`,
    `${JSON.stringify(line.slice(0, 60))} was given, expected a token in base64, a blank and its rank. Get the file again.`,
  );
}

function readSpecial(entries: Vocabulary, tokens: Readonly<Record<string, number>>): AddedToken[] {
  const contents = Object.keys(tokens);
  const name = (content: string): string => `options.specialTokens[${JSON.stringify(content)}]`;
  vocabulary(contents, 'options.specialTokens', { ids: Object.values(tokens), name });
  return Object.entries(tokens).map(([content, id]) => {
    const other = entries.token(id);
    if (other !== undefined) {
      throw new TokenizerError(
        name(content),
        `${id} was given, which the rank file has for ${JSON.stringify(other)}. Use an id that is free.`,
      );
    }
    return { id, content, special: true };
  });
}

function asTokenizerJson(entries: Vocabulary, special: readonly AddedToken[], pattern: string): unknown {
  const merges: { pair: [left: string, right: string]; rank: number }[] = [];
  for (const token of entries.tokens) {
    for (let cut = 1; cut < token.length; cut++) {
      const pair: [string, string] = [token.slice(0, cut), token.slice(cut)];
      if (pair.every((side) => entries.id(side) !== undefined))
        merges.push({ pair, rank: entries.id(token) ?? 0 });
    }
  }
  merges.sort((a, b) => a.rank - b.rank);
  return {
    added_tokens: special.map(({ id, content }) => ({ id, content, special: true })),
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: pattern }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, use_regex: false },
      ],
    },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      ignore_merges: true,
      vocab: Object.fromEntries(entries.tokens.map((token) => [token, entries.id(token)])),
      merges: merges.map(({ pair }) => pair),
    },
  };
}
