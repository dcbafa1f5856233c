// SentencePiece's compiled normalization rules: bytes to replacements, in a double-array trie. How a text is cut for
// look-up is in `precompiled.ts` and `sentencePiece.ts`, which differ.
import { TokenizerError } from '../tokenizerError.ts';

/** A rule that matches the start of some bytes: how many of them it takes, and what they become. */
export interface Rule {
  length: number;
  content: string;
}

/** Finds rules at the start of UTF-8 bytes, from `from` on. */
export interface CharsMap {
  /** The rule that takes the fewest bytes. */
  shortest(key: Uint8Array, from?: number): Rule | undefined;
  /** The rule that takes the most bytes. */
  longest(key: Uint8Array, from?: number): Rule | undefined;
}

/** Reads a `precompiled_charsmap`; `place` names it in errors. */
export function readCharsMap(charsmap: Uint8Array, place: string): CharsMap {
  const { units, replacements } = splitMap(charsmap, place);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const known = new Map<number, string>();
  const content = (index: number): string => {
    const remembered = known.get(index);
    if (remembered !== undefined) return remembered;
    const end = replacements.indexOf(0, index);
    if (end < 0) {
      throw new TokenizerError(
        place,
        `entry ${index} lies outside the ${replacements.length} bytes of replacements. The file is damaged.`,
      );
    }
    const text = decoder.decode(replacements.subarray(index, end));
    known.set(index, text);
    return text;
  };
  const find = (key: Uint8Array, from: number, longest: boolean): Rule | undefined => {
    const match = prefix(units, { key, from }, longest);
    return match === undefined ? undefined : { length: match.length, content: content(match.value) };
  };
  return {
    shortest: (key, from = 0) => find(key, from, false),
    longest: (key, from = 0) => find(key, from, true),
  };
}

function splitMap(charsmap: Uint8Array, place: string): { units: Uint32Array; replacements: Uint8Array } {
  const view = new DataView(charsmap.buffer, charsmap.byteOffset, charsmap.byteLength);
  const size = charsmap.length < 4 ? Number.NaN : view.getUint32(0, true);
  if (!(size >= 4 && size % 4 === 0 && size <= charsmap.length - 4)) {
    throw new TokenizerError(
      place,
      `a map of ${charsmap.length} bytes says that its trie has ${size}; expected a multiple of 4 that fits. The file is damaged.`,
    );
  }
  const units = new Uint32Array(size / 4);
  for (let k = 0; k < units.length; k++) units[k] = view.getUint32(4 + 4 * k, true);
  return { units, replacements: charsmap.subarray(4 + size) };
}

// Darts-clone (include/darts.h): a unit has its label in bits 0–7 (and 31), a leaf flag in bit 8, and its offset in bits
// 10–30, times 256 if bit 9 is set; a leaf's unit is a value.
function prefix(
  units: Uint32Array,
  { key, from }: { key: Uint8Array; from: number },
  longest: boolean,
): { length: number; value: number } | undefined {
  const unitAt = (position: number): number => units[position] ?? 0;
  const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
  let position = offset(unitAt(0));
  let found: { length: number; value: number } | undefined;
  for (let at = from; at < key.length; at++) {
    const byte = key[at] as number; // at < length
    if (byte === 0) return found;
    position ^= byte;
    const unit = unitAt(position);
    if ((unit & 0x800000ff) >>> 0 !== byte) return found;
    position ^= offset(unit);
    if ((unit & 0x100) === 0) continue;
    found = { length: at + 1 - from, value: unitAt(position) & 0x7fffffff };
    if (!longest) return found;
  }
  return found;
}
