// The `added_tokens` of a tokenizer.json, checked against the model.
import type { AddedToken } from '../addedTokens.ts';
import type { Model } from '../models/model.ts';
import { vocabulary } from '../models/vocabulary.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { JsonValue } from './json.ts';

/** Added tokens, and how many of them the model does not have. */
export interface ReadAddedTokens {
  tokens: AddedToken[];
  outsideModel: number;
}

/** Reads added tokens. A token that the model has, too, must have the same id there; any other id must be free. */
export function readAddedTokens(json: JsonValue, model: Model): ReadAddedTokens {
  if (json.absent) return { tokens: [], outsideModel: 0 };
  const items = json.items();
  const tokens = items.map(readAddedToken);
  vocabulary(
    tokens.map(({ content }) => content),
    json.place,
    { ids: tokens.map(({ id }) => id), name: (_, position) => `${json.place}[${position}]` },
  );
  for (const [position, token] of tokens.entries())
    checkAgainstModel(token, model, `${json.place}[${position}].id`);
  return { tokens, outsideModel: tokens.filter((token) => model.id(token.content) === undefined).length };
}

function readAddedToken(json: JsonValue): AddedToken {
  const special = json.field('special').boolean(false);
  return {
    id: json.field('id').integer(),
    content: json.field('content').string(),
    special,
    singleWord: json.field('single_word').boolean(false),
    stripLeft: json.field('lstrip').boolean(false),
    stripRight: json.field('rstrip').boolean(false),
    normalized: json.field('normalized').boolean(!special),
  };
}

function checkAgainstModel({ id, content }: AddedToken, model: Model, place: string): void {
  const known = model.id(content);
  if (known !== undefined && known !== id && model.token(id) !== content) {
    throw new TokenizerError(
      place,
      `${id} was given for ${JSON.stringify(content)}, which has id ${known} in model.vocab. Use the same id in both.`,
    );
  }
  const other = model.token(id);
  if (known === undefined && other !== undefined) {
    throw new TokenizerError(
      place,
      `${id} was given for ${JSON.stringify(content)}, but model.vocab has it for ${JSON.stringify(other)}. Use a free id.`,
    );
  }
}
