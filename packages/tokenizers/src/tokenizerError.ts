// The one error class of this package: a text, an option or a file that cannot be worked with.

/**
 * Thrown for a tokenizer file that is broken or asks for something unsupported, for an option out of range, and for a
 * text that a model without an unknown token cannot express. The message says where, what was given, what was expected
 * and how to mend it.
 *
 * @example
 * try { readTokenizerJson('{}'); } catch (error) { (error as TokenizerError).place; } //=> 'tokenizer.json: model'
 */
export class TokenizerError extends Error {
  /** Where the mistake is: a path inside a file (`tokenizer.json: model.vocab["a"]`) or the name of a call (`encode`). */
  readonly place: string;

  constructor(place: string, message: string) {
    super(`${place}: ${message}`);
    this.name = 'TokenizerError';
    this.place = place;
  }
}
