// What a decoder is, and how several become one.

/** The last stage: turns token strings into strings that, put one after the other, are the text. */
export interface Decoder {
  (tokens: readonly string[]): string[];
  /** Whether, applied to tokens already joined, it may change a text once more when further tokens come. */
  readonly settlesLate?: boolean;
}

/** Applies decoders one after the other. @example decoderSequence([fuse])(['a', 'b']); //=> ['ab'] */
export function decoderSequence(decoders: readonly Decoder[]): Decoder {
  const all: Decoder = (tokens) =>
    decoders.reduce<string[]>((current, decoder) => decoder(current), [...tokens]);
  return Object.assign(all, { settlesLate: decoders.some(({ settlesLate }) => settlesLate === true) });
}

/** Joins with blanks: what a file without a decoder means. @example spaced(['a', 'b']); //=> ['a b'] */
export function spaced(tokens: readonly string[]): string[] {
  return [tokens.join(' ')];
}

/** Makes all strings one (`Fuse`). @example fuse(['a', 'b']); //=> ['ab'] */
export function fuse(tokens: readonly string[]): string[] {
  return [tokens.join('')];
}
