// SentencePiece's own way from pieces to text.
import type { SentencePieceModel } from '../files/sentencePieceModel.ts';
import type { Decoder } from './decoder.ts';

const mark = '▁';

/**
 * Makes marks blanks and bytes characters, drops control pieces and, if the model puts a mark in front or drops blanks,
 * those in front; the unknown piece becomes what the file says (`SentencePieceProcessor::Decode` in google/sentencepiece
 * src/sentencepiece_processor.cc, 0.2.3). Bytes that are not UTF-8 become U+FFFD one by one.
 */
export function sentencePieceDecoder(file: SentencePieceModel): Decoder {
  const { addDummyPrefix, removeExtraWhitespaces, unknownSurface } = file;
  const kinds = new Map(file.pieces.map(({ text, kind }) => [text, kind]));
  return (tokens) => {
    const parts: string[] = [];
    let bytes: number[] = [];
    let started = false;
    const flush = (): void => {
      parts.push(spelled(Uint8Array.from(bytes)));
      if (bytes.length > 0) started = true;
      bytes = [];
    };
    for (const token of tokens) {
      const kind = kinds.get(token);
      if (kind === 'byte') {
        bytes.push(Number.parseInt(token.slice(3, 5), 16));
        continue;
      }
      flush();
      if (kind === 'control') continue;
      if (kind === 'unknown') {
        parts.push(unknownSurface);
        started = true;
        continue;
      }
      const opens = !started && (addDummyPrefix || removeExtraWhitespaces) && token.startsWith(mark);
      const text = (opens ? token.slice(1) : token).replaceAll(mark, ' ');
      if (text !== '' || (opens && !removeExtraWhitespaces)) started = true;
      parts.push(text);
    }
    flush();
    return parts;
  };
}

// As UTF-8, character by character.
function spelled(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const width = sequenceLength(bytes[at] ?? 0);
    try {
      text += decoder.decode(bytes.subarray(at, at + width));
      at += width;
    } catch {
      text += '\ufffd';
      at += 1;
    }
  }
  return text;
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
