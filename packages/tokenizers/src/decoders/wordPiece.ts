// Puts WordPiece tokens together again.
import { cleanUp } from './cleanUp.ts';
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

/** Takes blanks off before punctuation and English contractions. @example withoutBlanks('a !'); //=> 'a!' */
export function withoutBlanks(piece: string): string {
  return cleanUp(piece).replaceAll(' do not', " don't");
}
