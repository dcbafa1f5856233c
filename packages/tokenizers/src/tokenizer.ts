// The tokenizer: five stages in a row, text to ids and back. It reads no files; `files/` builds it.
import type { AddedTokens, Part } from './addedTokens.ts';
import type { AlignedText } from './alignedText.ts';
import { wellFormed } from './characters.ts';
import { codePointOffsets } from './codePointOffsets.ts';
import type { Decoder } from './decoders/decoder.ts';
import { Encoding } from './encoding.ts';
import type { Model } from './models/model.ts';
import type { PostProcessor } from './postProcessors/template.ts';
import type { PreTokenizer } from './preTokenizers/preTokenizer.ts';
import { TokenizerError } from './tokenizerError.ts';
import { type Truncation, truncate } from './truncation.ts';

/** How to encode. */
export interface EncodeOptions {
  /** Whether the post-processor adds its special tokens. Default true. */
  addSpecialTokens?: boolean;
  /** Cuts long texts; `Encoding.truncated` says how much. Default: nothing is cut. */
  truncation?: Truncation;
  /** What offsets count: UTF-16 units, for `String.slice` (default), or code points, as the original does in Python. */
  offsets?: 'utf16' | 'codePoint';
}

/** How to decode. */
export interface DecodeOptions {
  /** Leave special tokens out. Default false. */
  skipSpecialTokens?: boolean;
}

/** What a tokenizer.json asks for; nothing here is applied unless it is passed on. */
export interface Recommended {
  truncation?: Required<Truncation> & { stride: number };
  padding?: Padding;
}

/** How a file wants batches padded. */
export interface Padding {
  /** To a fixed length, or to the longest of the batch. */
  length: number | 'longest';
  side: 'right' | 'left';
  id: number;
  typeId: number;
  token: string;
  /** Lengths are rounded up to a multiple of this. */
  multipleOf?: number;
}

/** The stages of a tokenizer; normalization is inside `added`, which has to find tokens before and after it. */
export interface TokenizerStages {
  added: AddedTokens;
  preTokenizer: PreTokenizer;
  model: Model;
  postProcessor: PostProcessor;
  decoder: Decoder;
  recommended?: Recommended;
  /** Whether lone surrogates become U+FFFD first, as in every tokenizer that works on UTF-8. Default true. */
  wellFormed?: boolean;
}

/**
 * Turns text into token ids and ids into text. Made by `readTokenizerJson`, `readVocabText` and
 * `readUniversalSentenceEncoderVocabulary`.
 *
 * The stages are: normalizer, pre-tokenizer, model, post-processor; back: decoder. Any string can be encoded, of any length,
 * in time proportional to it.
 *
 * @example
 * const tokenizer = readVocabText('[PAD]\n[UNK]\n[CLS]\n[SEP]\nhello');
 * tokenizer.encode('Hello').tokens; //=> ['[CLS]', 'hello', '[SEP]']
 */
export class Tokenizer {
  /** What the file itself asks for (truncation, padding); never applied unasked. */
  readonly recommended: Recommended;
  readonly #stages: TokenizerStages;
  readonly #size: number;

  constructor(stages: TokenizerStages, addedOutsideModel: number) {
    this.#stages = stages;
    this.#size = stages.model.size + addedOutsideModel;
    this.recommended = stages.recommended ?? {};
  }

  /** How many tokens there are, added ones included; ids are smaller than this unless the file left gaps. */
  get vocabularySize(): number {
    return this.#size;
  }

  /** Encodes one text. The empty text gives special tokens only. */
  encode(text: string, options: EncodeOptions = {}): Encoding {
    return this.#finish({ first: text, second: undefined }, options);
  }

  /** Encodes two texts that belong together, as for question answering; `sequenceIds` tells them apart. */
  encodePair(first: string, second: string, options: EncodeOptions = {}): Encoding {
    return this.#finish({ first, second }, options);
  }

  /** Encodes several texts, each by itself; nothing is padded. */
  encodeBatch(texts: readonly string[], options: EncodeOptions = {}): Encoding[] {
    return texts.map((text) => this.encode(text, options));
  }

  /** The text of ids. Ids that no token has are left out. */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const { added, decoder } = this.#stages;
    const tokens: string[] = [];
    for (const id of ids) {
      const token = this.idToToken(id);
      if (token === undefined) continue;
      if (options.skipSpecialTokens !== true || !added.isSpecial(token)) tokens.push(token);
    }
    return decoder(tokens).join('');
  }

  /** The id of a token, undefined if there is none. */
  tokenToId(token: string): number | undefined {
    return this.#stages.added.id(token) ?? this.#stages.model.id(token);
  }

  /** The token of an id, undefined if there is none; an added token that is normalized comes in its normalized form. */
  idToToken(id: number): string | undefined {
    return this.#stages.added.token(id) ?? this.#stages.model.token(id);
  }

  #finish(texts: { first: string; second: string | undefined }, options: EncodeOptions): Encoding {
    const { postProcessor } = this.#stages;
    const { addSpecialTokens = true, truncation, offsets = 'utf16' } = options;
    const first = this.#content(texts.first, offsets);
    const second = texts.second === undefined ? undefined : this.#content(texts.second, offsets);
    if (truncation === undefined) return postProcessor.arrange({ first, second }, addSpecialTokens);
    const special = addSpecialTokens ? postProcessor.added(second !== undefined) : 0;
    const cut = truncate({ first, second }, truncation, special);
    const arranged = postProcessor.arrange(cut, addSpecialTokens);
    return cut.truncated === 0 ? arranged : new Encoding({ ...arranged, truncated: cut.truncated });
  }

  // The tokens of one text, without special tokens of the post-processor.
  #content(text: unknown, offsets: 'utf16' | 'codePoint'): Encoding {
    if (typeof text !== 'string') {
      throw new TokenizerError(
        'encode',
        `a text of type ${text === null ? 'null' : typeof text} was given; expected a string. Convert it first.`,
      );
    }
    const source = this.#stages.wellFormed === false ? text : wellFormed(text);
    const content = new ContentBuilder();
    for (const part of this.#stages.added.extract(source)) this.#appendPart(content, part);
    const encoding = content.build();
    if (offsets === 'codePoint') codePointOffsets(source, encoding.offsets);
    return encoding;
  }

  #appendPart(content: ContentBuilder, part: Part): void {
    const { preTokenizer, model } = this.#stages;
    if (part.id !== undefined) {
      content.append(part.text, [{ id: part.id, token: part.text.text, start: 0, end: part.text.length }]);
      return;
    }
    for (const piece of preTokenizer([part.text])) content.append(piece, model.tokenize(piece.text));
  }
}

// Collects the tokens of one text, piece by piece.
class ContentBuilder {
  readonly #ids: number[] = [];
  readonly #tokens: string[] = [];
  readonly #offsets: number[] = [];
  readonly #wordIds: number[] = [];
  #words = 0;

  append(
    piece: AlignedText,
    tokens: readonly { id: number; token: string; start: number; end: number }[],
  ): void {
    for (const { id, token, start, end } of tokens) {
      this.#ids.push(id);
      this.#tokens.push(token);
      this.#offsets.push(piece.startOf(start), piece.endOf(end));
      this.#wordIds.push(this.#words);
    }
    this.#words += 1;
  }

  build(): Encoding {
    const length = this.#ids.length;
    return new Encoding({
      ids: Int32Array.from(this.#ids),
      tokens: this.#tokens,
      offsets: Int32Array.from(this.#offsets),
      typeIds: new Int32Array(length),
      specialTokensMask: new Uint8Array(length),
      wordIds: Int32Array.from(this.#wordIds),
      sequenceIds: new Int32Array(length),
    });
  }
}
