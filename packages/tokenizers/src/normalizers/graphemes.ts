// Short grapheme clusters, as far as the precompiled normalizer asks for them. It is not a general segmenter: clusters that
// need more than five bytes of UTF-8 need not be found whole. (Engines' own Intl.Segmenter cannot be used: on texts of
// some hundred thousand characters it takes minutes in Node 20.)
import { widthAt } from '../alignedText.ts';
import { type CharacterTest, remembered } from '../characters.ts';

// UAX #29: Extend, ZWJ and SpacingMark (rules GB9 and GB9a), Prepend (GB9b), Control (GB4, GB5).
const extendsCluster: CharacterTest = /* @__PURE__ */ remembered(
  /\u200d|[\p{Grapheme_Extend}\p{Emoji_Modifier}\u0e33\u0eb3]|(?![\u102b\u102c\u1038\u1062-\u1064\u1067-\u106d\u1083\u1087-\u108c\u108f\u109a-\u109c\u1a61\u1a63\u1a64\uaa7b\uaa7d\u{11720}\u{11721}])\p{Mc}/u,
);
const prepends: CharacterTest = /* @__PURE__ */ remembered(
  /[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u{110bd}\u{110cd}\u{111c2}\u{111c3}\u{1193f}\u{11941}\u{11a3a}\u{11a84}-\u{11a89}\u{11d46}\u{11f02}]/u,
);
const controls: CharacterTest = /* @__PURE__ */ remembered(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
const isPictographic: CharacterTest = /* @__PURE__ */ remembered(/\p{Extended_Pictographic}/u);

// A run of marks is cut here: it is far longer than five bytes, and looking ahead further would only cost time.
const longestCluster = 64;

/**
 * Where the cluster that begins at `start` ends, for clusters of at most five bytes of UTF-8; a longer cluster may be
 * given in parts, each of which is one character or longer than five bytes.
 *
 * @example clusterEnd('e\u0301x', 0); //=> 2
 */
export function clusterEnd(text: string, start: number): number {
  const first = text.codePointAt(start) ?? 0;
  let end = start + widthAt(text, start);
  if (first === 0x0d && text.charCodeAt(end) === 0x0a) return end + 1;
  if (first < 0x80 && !(text.charCodeAt(end) >= 0x80)) return end;
  if (controls(first) && !prepends(first)) return end;
  if (prepends(first)) end = afterPrepended(text, end);
  end = afterHangul(text, end);
  for (let count = 0; end < text.length && count < longestCluster; count++) {
    const codePoint = text.codePointAt(end) ?? 0;
    const joined = text.charCodeAt(end - 1) === 0x200d && isPictographic(codePoint) && isPictographic(first);
    if (!extendsCluster(codePoint) && !joined) break;
    end += widthAt(text, end);
  }
  return end;
}

function afterPrepended(text: string, from: number): number {
  let end = from;
  for (let count = 0; end < text.length && count < longestCluster; count++) {
    const codePoint = text.codePointAt(end) ?? 0;
    if (controls(codePoint) && !prepends(codePoint)) break;
    end += widthAt(text, end);
    if (!prepends(codePoint)) break;
  }
  return end;
}

// Hangul parts join (GB6 to GB8); any two of them are six bytes, so it matters only that they are taken together.
function afterHangul(text: string, from: number): number {
  let end = from;
  if (!isHangul(text.charCodeAt(end - 1))) return end;
  for (let count = 0; isHangul(text.charCodeAt(end)) && count < longestCluster; count++) {
    if (!hangulJoins(text.charCodeAt(end - 1), text.charCodeAt(end))) break;
    end += 1;
  }
  return end;
}

function isHangul(unit: number): boolean {
  return (
    (unit >= 0x1100 && unit <= 0x11ff) ||
    (unit >= 0xa960 && unit <= 0xa97c) ||
    (unit >= 0xac00 && unit <= 0xd7fb)
  );
}

function hangulJoins(before: number, after: number): boolean {
  const kinds = `${hangulKind(before)} ${hangulKind(after)}`;
  return /^(?:L (?:L|V|LV|LVT)|L?V [VT]|LVT T|T T)$/.test(kinds);
}

function hangulKind(unit: number): string {
  if (unit <= 0x115f || (unit >= 0xa960 && unit <= 0xa97c)) return 'L';
  if (unit <= 0x11a7 || (unit >= 0xd7b0 && unit <= 0xd7c6)) return 'V';
  if (unit <= 0x11ff || unit >= 0xd7cb) return 'T';
  return (unit - 0xac00) % 28 === 0 ? 'LV' : 'LVT';
}
