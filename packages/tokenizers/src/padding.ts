// Filling short encodings up, so that a batch becomes one rectangle. It knows no texts; cutting is in `truncation.ts`.
import { Encoding } from './encoding.ts';
import { TokenizerError } from './tokenizerError.ts';

// Longer rows are surely a mistake, and each costs memory.
const longestRow = 2 ** 24;

/** How batches are padded, everything said. */
export interface Padding {
  /** To a fixed length, or to the longest of the batch. Longer encodings stay: to cut them, ask for truncation. */
  length: number | 'longest';
  side: 'right' | 'left';
  id: number;
  typeId: number;
  token: string;
  /** Lengths are rounded up to a multiple of this. */
  multipleOf?: number;
}

/**
 * Pads encodings, and their windows, to one length. Padding has attention 0, counts as special, has the offsets 0, 0 and
 * belongs to no word and no text (tokenizers utils/padding.rs, 3ba8ad00).
 *
 * @example padded([encoding], { length: 8, side: 'right', id: 0, typeId: 0, token: '[PAD]' })[0]?.length; //=> 8
 */
export function padded(encodings: readonly Encoding[], padding: Padding): Encoding[] {
  const { length, multipleOf = 1 } = padding;
  if (length !== 'longest') checkInteger('length', length, 0);
  checkInteger('multipleOf', multipleOf, 1);
  checkInteger('id', padding.id, 0);
  checkInteger('typeId', padding.typeId, 0);
  const least =
    length === 'longest' ? encodings.reduce((most, row) => Math.max(most, row.length), 0) : length;
  const target = Math.ceil(least / multipleOf) * multipleOf;
  checkInteger('length', target, 0);
  return encodings.map((encoding) => paddedTo(encoding, target, padding));
}

function checkInteger(name: string, value: number, least: number): void {
  if (Number.isInteger(value) && value >= least && value <= longestRow) return;
  throw new TokenizerError(
    'encode',
    `padding.${name} is ${value}; expected an integer from ${least} to ${longestRow}${name === 'length' ? ", or 'longest'" : ''}. Correct it, or leave it out.`,
  );
}

function paddedTo(encoding: Encoding, length: number, padding: Padding): Encoding {
  const overflowing = encoding.overflowing.map((window) => paddedTo(window, length, padding));
  const missing = length - encoding.length;
  if (missing <= 0) return overflowing.length === 0 ? encoding : new Encoding({ ...encoding, overflowing });
  const at = padding.side === 'right' ? 0 : missing;
  const filled = <Numbers extends Int32Array | Uint8Array>(
    empty: Numbers,
    from: Numbers,
    width = 1,
  ): Numbers => {
    empty.set(from, width * at);
    return empty;
  };
  const tokens = new Array<string>(missing).fill(padding.token);
  return new Encoding({
    ids: filled(new Int32Array(length).fill(padding.id), encoding.ids),
    tokens: padding.side === 'right' ? [...encoding.tokens, ...tokens] : [...tokens, ...encoding.tokens],
    offsets: filled(new Int32Array(2 * length), encoding.offsets, 2),
    typeIds: filled(new Int32Array(length).fill(padding.typeId), encoding.typeIds),
    attentionMask: filled(new Uint8Array(length), encoding.attentionMask),
    specialTokensMask: filled(new Uint8Array(length).fill(1), encoding.specialTokensMask),
    wordIds: filled(new Int32Array(length).fill(-1), encoding.wordIds),
    sequenceIds: filled(new Int32Array(length).fill(-1), encoding.sequenceIds),
    truncated: encoding.truncated,
    overflowing,
  });
}
