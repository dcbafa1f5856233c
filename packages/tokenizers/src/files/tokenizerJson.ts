// Hugging Face's tokenizer.json: all five stages in one file.
import { addedTokens } from '../addedTokens.ts';
import { type Recommended, Tokenizer } from '../tokenizer.ts';
import { type JsonValue, parseJson } from './json.ts';
import { readAddedTokens } from './readAddedTokens.ts';
import { readDecoder } from './readDecoder.ts';
import { type ModelOptions, readModel } from './readModel.ts';
import { readNormalizer } from './readNormalizer.ts';
import { readPostProcessor } from './readPostProcessor.ts';
import { readPreTokenizer } from './readPreTokenizer.ts';

/**
 * Makes the tokenizer that a tokenizer.json describes. Its truncation and padding are not applied; they are in
 * `recommended`. Throws a TokenizerError that names the place in the file for anything broken, contradictory or unsupported.
 *
 * A BPE model with dropout needs a source of chance, or `dropout: 0`, in the options; nothing else in a file is random.
 *
 * @example readTokenizerJson(await readFile('tokenizer.json', 'utf8')).encode('hello').ids
 */
export function readTokenizerJson(text: string, options: ModelOptions = {}): Tokenizer {
  return tokenizerFromJson(parseJson(text, 'tokenizer.json'), options);
}

/** Makes a tokenizer of a parsed tokenizer.json; for readers of other files, which say their stages as one. */
export function tokenizerFromJson(json: JsonValue, options: ModelOptions = {}): Tokenizer {
  const model = readModel(json.field('model'), options);
  const { tokens, outsideModel } = readAddedTokens(json.field('added_tokens'), model);
  const stages = {
    added: addedTokens(tokens, readNormalizer(json.field('normalizer'))),
    preTokenizer: readPreTokenizer(json.field('pre_tokenizer')),
    model,
    postProcessor: readPostProcessor(json.field('post_processor')),
    decoder: readDecoder(json.field('decoder')),
    recommended: readRecommended(json),
    source: () => json.raw,
  };
  return new Tokenizer(stages, outsideModel);
}

function readRecommended(json: JsonValue): Recommended {
  const truncation = json.field('truncation');
  const padding = json.field('padding');
  return {
    ...(truncation.absent ? {} : { truncation: readTruncation(truncation) }),
    ...(padding.absent ? {} : { padding: readPadding(padding) }),
  };
}

function readTruncation(json: JsonValue): NonNullable<Recommended['truncation']> {
  const strategies = {
    LongestFirst: 'longestFirst',
    OnlyFirst: 'onlyFirst',
    OnlySecond: 'onlySecond',
  } as const;
  return {
    maxLength: json.field('max_length').integer(),
    strategy: strategies[json.field('strategy').oneOf(['LongestFirst', 'OnlyFirst', 'OnlySecond'] as const)],
    side: readSide(json.field('direction')),
    stride: json.field('stride').absent ? 0 : json.field('stride').integer(),
  };
}

function readPadding(json: JsonValue): NonNullable<Recommended['padding']> {
  const multiple = json.field('pad_to_multiple_of');
  return {
    length: readPaddedLength(json.field('strategy')),
    side: readSide(json.field('direction')),
    id: json.field('pad_id').integer(),
    typeId: json.field('pad_type_id').integer(),
    token: json.field('pad_token').string(),
    ...(multiple.absent ? {} : { multipleOf: multiple.integer(1) }),
  };
}

function readPaddedLength(json: JsonValue): number | 'longest' {
  if (json.has('Fixed')) return json.field('Fixed').integer();
  json.oneOf(['BatchLongest'] as const);
  return 'longest';
}

function readSide(json: JsonValue): 'right' | 'left' {
  if (json.absent) return 'right';
  return json.oneOf(['Right', 'Left'] as const) === 'Right' ? 'right' : 'left';
}
