// Spells a text in bytes.
import { byteAlphabet } from '../byteAlphabet.ts';
import type { Normalizer } from './normalizer.ts';

/**
 * Writes every byte of the UTF-8 form as a character of the byte alphabet (`ByteLevel`); the bytes of a character share its
 * place.
 *
 * @example byteLevelNormalizer()(alignedText('é!')).text; //=> 'Ã©!'
 */
export function byteLevelNormalizer(): Normalizer {
  const { spell } = byteAlphabet();
  // What each character becomes; '' before it was asked for. It grows to the basic plane once a text leaves ASCII.
  let known: string[] = new Array<string>(128).fill('');
  const form = (codePoint: number): string | undefined => {
    if (codePoint > 0x20 && codePoint < 0x7f) return undefined;
    if (codePoint > 0xffff) return spell(String.fromCodePoint(codePoint));
    if (codePoint >= known.length) known = known.concat(new Array<string>(0x10000 - known.length).fill(''));
    let spelled = known[codePoint] as string; // the list was made longer above
    if (spelled === '') {
      spelled = spell(String.fromCharCode(codePoint));
      known[codePoint] = spelled;
    }
    return spelled;
  };
  return (text) => (/^[!-~]*$/.test(text.text) ? text : text.map(form));
}
