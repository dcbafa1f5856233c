// The `model` of a tokenizer.json: a vocabulary and how it is used.
import { cached } from '../models/cached.ts';
import type { Model } from '../models/model.ts';
import { unigram } from '../models/unigram.ts';
import { type Vocabulary, vocabulary } from '../models/vocabulary.ts';
import { wordLevel } from '../models/wordLevel.ts';
import { wordPiece } from '../models/wordPiece.ts';
import { refuseType } from './component.ts';
import type { JsonValue } from './json.ts';
import { readPieces } from './readPieces.ts';

const supported = ['WordPiece', 'Unigram', 'WordLevel'] as const;

/** Reads a model. Older files have no `type`; then the fields tell. */
export function readModel(json: JsonValue): Model {
  if (json.absent) return json.refuse('an object with the model');
  const type = json.field('type').absent ? guessedType(json) : json.field('type').string();
  switch (type) {
    case 'WordPiece':
      return cached(readWordPiece(json));
    case 'Unigram':
      return cached(readUnigram(json));
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
