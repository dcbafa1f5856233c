// What encoding a text gives: the ids and everything known about each of them, as parallel arrays. It does not cut or
// arrange; that is in `truncation.ts` and `postProcessors/`.

/** The arrays of an Encoding; all have one entry a token, `offsets` two. */
export interface EncodingFields {
  ids: Int32Array;
  tokens: readonly string[];
  offsets: Int32Array;
  typeIds: Int32Array;
  specialTokensMask: Uint8Array;
  wordIds: Int32Array;
  sequenceIds: Int32Array;
  /** Default: 1 everywhere. */
  attentionMask?: Uint8Array;
  truncated?: number;
  overflowing?: readonly Encoding[];
}

/**
 * The tokens of one text, or of a pair.
 *
 * @example
 * const encoding = tokenizer.encode('hello');
 * encoding.ids.length === encoding.length; //=> true
 */
export class Encoding {
  /** Token ids. */
  readonly ids: Int32Array;
  /** Token strings. */
  readonly tokens: readonly string[];
  /** `[start, end, start, end, …]`: the range of the source text that each token stands for; 0, 0 for special tokens. */
  readonly offsets: Int32Array;
  /** Segment ids: 0 for the first text and 1 for the second, unless the post-processor says otherwise. */
  readonly typeIds: Int32Array;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Uint8Array;
  /** 1 for tokens that the post-processor added and for padding, else 0. */
  readonly specialTokensMask: Uint8Array;
  /** Which piece of the pre-tokenizer a token belongs to, counted from 0 in each text; −1 for special tokens and padding. */
  readonly wordIds: Int32Array;
  /** 0 for tokens of the first text, 1 for the second, −1 for special tokens and padding. */
  readonly sequenceIds: Int32Array;
  /** How many tokens truncation cut away, both texts together; 0 if nothing was cut. */
  readonly truncated: number;
  /** The further windows of a text that was cut with a `stride`, special tokens included; else none. */
  readonly overflowing: readonly Encoding[];

  constructor(fields: EncodingFields) {
    this.ids = fields.ids;
    this.tokens = fields.tokens;
    this.offsets = fields.offsets;
    this.typeIds = fields.typeIds;
    this.attentionMask = fields.attentionMask ?? new Uint8Array(fields.ids.length).fill(1);
    this.specialTokensMask = fields.specialTokensMask;
    this.wordIds = fields.wordIds;
    this.sequenceIds = fields.sequenceIds;
    this.truncated = fields.truncated ?? 0;
    this.overflowing = fields.overflowing ?? [];
  }

  /** How many tokens there are, special ones included. */
  get length(): number {
    return this.ids.length;
  }

  /**
   * The first token that covers the character at `position`, in the unit of the offsets, of the first text or, with
   * `sequence` 1, the second; undefined where no token does, such as a blank.
   *
   * @example readVocabText('[UNK]\n[CLS]\n[SEP]\nun\n##do').encode('undo').charToToken(2); //=> 2
   */
  charToToken(position: number, sequence: 0 | 1 = 0): number | undefined {
    const { offsets, sequenceIds } = this;
    for (let token = 0; token < sequenceIds.length; token++) {
      if (sequenceIds[token] !== sequence || position < (offsets[2 * token] ?? 0)) continue;
      if (position < (offsets[2 * token + 1] ?? 0)) return token;
    }
    return undefined;
  }

  /** `[start, end]` of a token in its text; undefined for special tokens, padding, and what is no token. */
  tokenToChars(token: number): [start: number, end: number] | undefined {
    if ((this.sequenceIds[token] ?? -1) < 0) return undefined;
    return [this.offsets[2 * token] ?? 0, this.offsets[2 * token + 1] ?? 0];
  }

  /** `[start, end)` of the tokens of a word, as in `wordIds`; undefined if there is no such word in that text. */
  wordToTokens(word: number, sequence: 0 | 1 = 0): [start: number, end: number] | undefined {
    if (word < 0) return undefined;
    const isInWord = (_: number, token: number): boolean =>
      this.wordIds[token] === word && this.sequenceIds[token] === sequence;
    const start = this.wordIds.findIndex(isInWord);
    return start < 0 ? undefined : [start, this.wordIds.findLastIndex(isInWord) + 1];
  }

  /** `[start, end]` of a word in its text; undefined if there is no such word. */
  wordToChars(word: number, sequence: 0 | 1 = 0): [start: number, end: number] | undefined {
    const tokens = this.wordToTokens(word, sequence);
    if (tokens === undefined) return undefined;
    return [this.offsets[2 * tokens[0]] ?? 0, this.offsets[2 * tokens[1] - 1] ?? 0];
  }

  /** The word of the character at `position`; undefined where no token covers it. */
  charToWord(position: number, sequence: 0 | 1 = 0): number | undefined {
    const token = this.charToToken(position, sequence);
    return token === undefined ? undefined : this.wordIds[token];
  }
}

/** The tokens [start, end) of an encoding, without its windows; `truncated` starts anew at 0. @example sliceEncoding(encoding, 0, 1).length; //=> 1 */
export function sliceEncoding(encoding: Encoding, start: number, end: number): Encoding {
  return new Encoding({
    ids: encoding.ids.slice(start, end),
    tokens: encoding.tokens.slice(start, end),
    offsets: encoding.offsets.slice(2 * start, 2 * end),
    typeIds: encoding.typeIds.slice(start, end),
    specialTokensMask: encoding.specialTokensMask.slice(start, end),
    wordIds: encoding.wordIds.slice(start, end),
    sequenceIds: encoding.sequenceIds.slice(start, end),
    attentionMask: encoding.attentionMask.slice(start, end),
  });
}

/** Encodings one after the other; `truncated` is their sum. @example joinEncodings([]).length; //=> 0 */
export function joinEncodings(parts: readonly Encoding[]): Encoding {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const joined = {
    ids: new Int32Array(length),
    offsets: new Int32Array(2 * length),
    typeIds: new Int32Array(length),
    specialTokensMask: new Uint8Array(length),
    wordIds: new Int32Array(length),
    sequenceIds: new Int32Array(length),
  };
  const tokens: string[] = [];
  let at = 0;
  for (const part of parts) {
    joined.ids.set(part.ids, at);
    joined.offsets.set(part.offsets, 2 * at);
    joined.typeIds.set(part.typeIds, at);
    joined.specialTokensMask.set(part.specialTokensMask, at);
    joined.wordIds.set(part.wordIds, at);
    joined.sequenceIds.set(part.sequenceIds, at);
    for (const token of part.tokens) tokens.push(token);
    at += part.length;
  }
  return new Encoding({ ...joined, tokens, truncated: parts.reduce((sum, part) => sum + part.truncated, 0) });
}
