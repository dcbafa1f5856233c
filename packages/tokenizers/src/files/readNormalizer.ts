// The `normalizer` of a tokenizer.json.
import type { AlignedText } from '../alignedText.ts';
import { bertNormalizer } from '../normalizers/bert.ts';
import { byteLevelNormalizer } from '../normalizers/byteLevel.ts';
import { lowercase } from '../normalizers/lowercase.ts';
import { nmt } from '../normalizers/nmt.ts';
import { type Normalizer, normalizerSequence } from '../normalizers/normalizer.ts';
import { precompiled } from '../normalizers/precompiled.ts';
import { prepend } from '../normalizers/prepend.ts';
import { replace } from '../normalizers/replace.ts';
import { strip } from '../normalizers/strip.ts';
import { stripAccents } from '../normalizers/stripAccents.ts';
import { afterUnicode9, unicodeForm } from '../normalizers/unicode.ts';
import { decodeBase64 } from './base64.ts';
import { readComponent } from './component.ts';
import type { JsonValue } from './json.ts';
import { readPattern } from './readPattern.ts';

/** Reads a normalizer; an absent one changes nothing. */
export function readNormalizer(json: JsonValue): Normalizer {
  if (json.absent) return (text: AlignedText) => text;
  return readComponent(json, 'normalizer', {
    BertNormalizer: () =>
      bertNormalizer({
        cleanText: json.field('clean_text').boolean(true),
        separateIdeographs: json.field('handle_chinese_chars').boolean(true),
        lowercase: json.field('lowercase').boolean(true),
        ...(json.field('strip_accents').absent
          ? {}
          : { stripAccents: json.field('strip_accents').boolean() }),
      }),
    ByteLevel: () => byteLevelNormalizer(),
    Lowercase: () => lowercase,
    StripAccents: () => stripAccents,
    NFC: () => unicodeForm('NFC', afterUnicode9),
    NFD: () => unicodeForm('NFD', afterUnicode9),
    NFKC: () => unicodeForm('NFKC', afterUnicode9),
    NFKD: () => unicodeForm('NFKD', afterUnicode9),
    Nmt: () => nmt,
    Strip: () =>
      strip({ left: json.field('strip_left').boolean(true), right: json.field('strip_right').boolean(true) }),
    Prepend: () => prepend(json.field('prepend').string()),
    Replace: () => replace(readPattern(json.field('pattern')), json.field('content').string()),
    Precompiled: () => readPrecompiled(json.field('precompiled_charsmap')),
    Sequence: (parts) => normalizerSequence(parts('normalizers').map(readNormalizer)),
  });
}

// An empty or absent map has no rules.
function readPrecompiled(json: JsonValue): Normalizer {
  if (json.absent || json.string() === '') return (text: AlignedText) => text;
  return precompiled(decodeBase64(json), json.place);
}
