// Puts WordPiece tokens together again.
import type { Decoder } from './decoder.ts';

/**
 * Joins tokens with blanks, except those that continue a word; `cleanup` then takes blanks off before punctuation and
 * English contractions (`WordPiece`; tokenizers decoders/wordpiece.rs, 3ba8ad00).
 *
 * @example wordPieceDecoder({ prefix: '##', cleanup: true })(['un', '##do', '!']).join(''); //=> 'undo!'
 */
export function wordPieceDecoder(options: { prefix: string; cleanup: boolean }): Decoder {
  const { prefix, cleanup } = options;
  return (tokens) =>
    tokens.map((token, index) => {
      const continues = index > 0 && token.startsWith(prefix);
      const piece = index === 0 ? token : continues ? token.slice(prefix.length) : ` ${token}`;
      return cleanup ? withoutBlanks(piece) : piece;
    });
}

// In this order: a later rule may see what an earlier one has left.
const rules: readonly (readonly [from: string, to: string])[] = [
  [' .', '.'],
  [' ?', '?'],
  [' !', '!'],
  [' ,', ','],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [' do not', " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

function withoutBlanks(piece: string): string {
  return rules.reduce((text, [from, to]) => text.replaceAll(from, to), piece);
}
