// The `model` of a tokenizer.json: a vocabulary and how it is used.
import { bytePairEncoding } from '../models/bytePairEncoding.ts';
import type { Dropout } from '../models/mergeSymbols.ts';
import { mergesOf } from '../models/merges.ts';
import type { Model } from '../models/model.ts';
import { unigram } from '../models/unigram.ts';
import { type Vocabulary, vocabulary } from '../models/vocabulary.ts';
import { wordLevel } from '../models/wordLevel.ts';
import { wordPiece } from '../models/wordPiece.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { refuseType } from './component.ts';
import type { JsonValue } from './json.ts';
import { readMergePairs } from './readMergePairs.ts';
import { readPieces } from './readPieces.ts';

const supported = ['BPE', 'WordPiece', 'Unigram', 'WordLevel'] as const;

/** What the caller decides about a model, not the file. */
export interface ModelOptions {
  /** Chance in [0, 1] that BPE passes a merge over, in place of the file's; 0 switches dropout off. */
  dropout?: number;
  /** Numbers in [0, 1), for dropout. */
  random?: () => number;
}

/** Reads a model. Older files have no `type`; then the fields tell. */
export function readModel(json: JsonValue, options: ModelOptions = {}): Model {
  if (json.absent) return json.refuse('an object with the model');
  const type = json.field('type').absent ? guessedType(json) : json.field('type').string();
  switch (type) {
    case 'BPE':
      return readBytePairEncoding(json, options);
    case 'WordPiece':
      return readWordPiece(json);
    case 'Unigram':
      return readUnigram(json);
    case 'WordLevel':
      return wordLevel(readVocabulary(json.field('vocab')), {
        unknownToken: json.field('unk_token').string(),
      });
    default:
      return refuseType(json, 'model', { type, supported });
  }
}

function guessedType(json: JsonValue): string {
  if (json.has('merges')) return 'BPE';
  if (json.has('unk_id') || json.field('vocab').isArray) return 'Unigram';
  return json.has('continuing_subword_prefix') ? 'WordPiece' : 'WordLevel';
}

function readVocabulary(json: JsonValue): Vocabulary {
  const { names, values } = json.integers();
  return vocabulary(names, json.place, { ids: values });
}

function readBytePairEncoding(json: JsonValue, options: ModelOptions): Model {
  const text = (name: string): string | undefined =>
    json.field(name).absent ? undefined : json.field(name).string();
  const prefix = text('continuing_subword_prefix') ?? '';
  const entries = readVocabulary(json.field('vocab'));
  const merges = json.field('merges');
  const dropout = readDropout(json.field('dropout'), options);
  return bytePairEncoding(
    entries,
    mergesOf(entries, readMergePairs(merges), { prefix, name: (k) => `${merges.place}[${k}]` }),
    {
      unknownToken: text('unk_token'),
      fuseUnknown: json.field('fuse_unk').boolean(false),
      byteFallback: json.field('byte_fallback').boolean(false),
      prefix,
      suffix: text('end_of_word_suffix') ?? '',
      wholeFirst: json.field('ignore_merges').boolean(false),
      dropout,
    },
  );
}

function readDropout(json: JsonValue, { dropout, random }: ModelOptions): Dropout | undefined {
  if (dropout !== undefined && !(dropout >= 0 && dropout <= 1)) {
    throw new TokenizerError(
      'options.dropout',
      `${dropout} was given; expected a chance from 0 to 1. Pass 0 for none.`,
    );
  }
  const inFile = json.absent ? 0 : json.number();
  if (inFile < 0 || inFile > 1) json.refuse('a chance from 0 to 1');
  const probability = dropout ?? inFile;
  if (probability === 0) return undefined;
  if (random === undefined && probability < 1) {
    throw new TokenizerError(
      json.place,
      `a dropout of ${probability} needs a source of chance, and none was given. Pass { random } to apply it, or { dropout: 0 } to switch it off.`,
    );
  }
  return { probability, random: random ?? (() => 0) };
}

function readWordPiece(json: JsonValue): Model {
  const prefix = json.field('continuing_subword_prefix');
  const longest = json.field('max_input_chars_per_word');
  return wordPiece(readVocabulary(json.field('vocab')), {
    unknownToken: json.field('unk_token').string(),
    ...(prefix.absent ? {} : { prefix: prefix.string() }),
    ...(longest.absent ? {} : { longestWord: longest.integer() }),
  });
}

function readUnigram(json: JsonValue): Model {
  const pieces = readPieces(json.field('vocab'));
  const unknown = json.field('unk_id');
  const last = pieces.length - 1;
  if (!unknown.absent && pieces.length === 0) unknown.refuse('null, since model.vocab is empty');
  return unigram(pieces, {
    unknownId: unknown.absent ? undefined : unknown.integer(0, last),
    byteFallback: json.field('byte_fallback').boolean(false),
  });
}
