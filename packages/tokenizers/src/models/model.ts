// What a model is: the third stage, which turns one piece of text into tokens.

/** A token inside a piece: its id and string, and the range [start, end) of the piece that it covers, in UTF-16 units. */
export interface Token {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

/** A vocabulary and a way to cut a piece into its entries. */
export interface Model {
  /** The tokens of a piece, in order, covering it. Throws a TokenizerError for what cannot be expressed. */
  tokenize(piece: string): readonly Token[];
  /** The id of a token. */
  id(token: string): number | undefined;
  /** The token of an id. */
  token(id: number): string | undefined;
  /** How many tokens there are. */
  readonly size: number;
  /** The id that stands for what the vocabulary does not have, if there is one. */
  readonly unknownId?: number | undefined;
}
