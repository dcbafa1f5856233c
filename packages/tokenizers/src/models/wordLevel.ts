// One token per piece: a piece is in the vocabulary, or it is unknown.
import { TokenizerError } from '../tokenizerError.ts';
import type { Model } from './model.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * A model that looks every piece up as a whole.
 *
 * @example wordLevel(vocabulary(['[UNK]', 'low'], 'here'), { unknownToken: '[UNK]' }).tokenize('low')[0]?.id; //=> 1
 */
export function wordLevel(words: Vocabulary, options: { unknownToken: string }): Model {
  const { unknownToken } = options;
  return {
    id: words.id,
    token: words.token,
    size: words.size,
    unknownId: words.id(unknownToken),
    tokenize(piece) {
      const known = words.id(piece);
      if (known !== undefined) return [{ id: known, token: piece, start: 0, end: piece.length }];
      const id = words.id(unknownToken) ?? missingUnknown('WordLevel', unknownToken);
      return [{ id, token: unknownToken, start: 0, end: piece.length }];
    },
  };
}

/** Refuses a text that needs the unknown token of a model whose vocabulary has none. */
export function missingUnknown(model: string, unknownToken: string): never {
  throw new TokenizerError(
    'model.unk_token',
    `the text needs the unknown token ${JSON.stringify(unknownToken)}, which the vocabulary of this ${model} does not have. Add it to model.vocab.`,
  );
}
