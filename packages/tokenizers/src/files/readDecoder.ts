// The `decoder` of a tokenizer.json.
import { byteFallback } from '../decoders/byteFallback.ts';
import { byteLevelDecoder } from '../decoders/byteLevel.ts';
import { bytePairDecoder } from '../decoders/bytePairEncoding.ts';
import { ctcDecoder } from '../decoders/ctc.ts';
import { type Decoder, decoderSequence, fuse, spaced } from '../decoders/decoder.ts';
import { metaspaceDecoder } from '../decoders/metaspace.ts';
import { replaceDecoder } from '../decoders/replace.ts';
import { stripDecoder } from '../decoders/strip.ts';
import { wordPieceDecoder } from '../decoders/wordPiece.ts';
import { readComponent } from './component.ts';
import type { JsonValue } from './json.ts';
import { readPattern } from './readPattern.ts';
import { readMetaspace } from './readPreTokenizer.ts';

/** Reads a decoder; an absent one joins tokens with blanks. */
export function readDecoder(json: JsonValue): Decoder {
  if (json.absent) return spaced;
  return readComponent(json, 'decoder', {
    WordPiece: () =>
      wordPieceDecoder({
        prefix: json.field('prefix').string(),
        cleanup: json.field('cleanup').boolean(true),
      }),
    Metaspace: () => metaspaceDecoder(readMetaspace(json)),
    ByteLevel: () => byteLevelDecoder(),
    BPEDecoder: () => bytePairDecoder(json.field('suffix').absent ? '</w>' : json.field('suffix').string()),
    CTC: () =>
      ctcDecoder({
        padding: json.field('pad_token').string(),
        delimiter: json.field('word_delimiter_token').string(),
        cleanup: json.field('cleanup').boolean(),
      }),
    ByteFallback: () => byteFallback(),
    Fuse: () => fuse,
    Strip: () => readStrip(json),
    Replace: () => readReplace(json),
    Sequence: (parts) => decoderSequence(parts('decoders').map(readDecoder)),
  });
}

function readReplace(json: JsonValue): Decoder {
  const pattern = json.field('pattern');
  return replaceDecoder(readPattern(pattern), json.field('content').string(), {
    oneCharacter: pattern.has('String') && [...pattern.field('String').string()].length === 1,
  });
}

function readStrip(json: JsonValue): Decoder {
  const content = json.field('content').string();
  if ([...content].length !== 1) json.field('content').refuse('one character');
  return stripDecoder({ content, start: json.field('start').integer(), stop: json.field('stop').integer() });
}
