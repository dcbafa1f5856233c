// What a decoder is, and how several become one.

/** The last stage: turns token strings into strings that, put one after the other, are the text. */
export type Decoder = (tokens: readonly string[]) => string[];

/** Applies decoders one after the other. @example decoderSequence([fuse])(['a', 'b']); //=> ['ab'] */
export function decoderSequence(decoders: readonly Decoder[]): Decoder {
  return (tokens) => decoders.reduce<string[]>((current, decoder) => decoder(current), [...tokens]);
}

/** Joins with blanks: what a file without a decoder means. @example spaced(['a', 'b']); //=> ['a b'] */
export function spaced(tokens: readonly string[]): string[] {
  return [tokens.join(' ')];
}

/** Makes all strings one (`Fuse`). @example fuse(['a', 'b']); //=> ['ab'] */
export function fuse(tokens: readonly string[]): string[] {
  return [tokens.join('')];
}
