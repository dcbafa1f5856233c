// The tokenizer: five stages in a row, text to ids and back. It reads no files; `files/` builds it.
import type { AddedTokens } from './addedTokens.ts';
import type { AlignedText } from './alignedText.ts';
import { alignedText } from './alignedText.ts';
import { bestCombinations } from './bestCombinations.ts';
import { wellFormed } from './characters.ts';
import { Content } from './content.ts';
import { cleanUp } from './decoders/cleanUp.ts';
import type { Decoder } from './decoders/decoder.ts';
import { DecodeStream } from './decodeStream.ts';
import { Encoding } from './encoding.ts';
import { type Explanation, explain } from './explain.ts';
import { tokenizerJsonText } from './files/tokenizerJsonText.ts';
import type { Model, Sampling, Token } from './models/model.ts';
import { checkCandidates, checkSampling, sampledTokens } from './models/sampledTokens.ts';
import { WordMemory } from './models/wordMemory.ts';
import { convertOffsets, type OffsetUnit } from './offsetUnits.ts';
import { type Padding, padded } from './padding.ts';
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
  /**
   * Fills up to one length: the longest of a batch by default. What is not given is as in `recommended.padding`, else
   * `length` `'longest'`, `side` `'right'`, `token` `'[PAD]'` with its id, `typeId` 0. Default: nothing is filled.
   */
  padding?: Partial<Padding>;
  /** What offsets count: UTF-16 units, for `String.slice` (default), code points or bytes of UTF-8. */
  offsets?: OffsetUnit;
  /** Draws a segmentation instead of taking the best: `{ alpha }` for Unigram, `{ dropout }` for BPE, with a source of chance. */
  sampling?: Sampling;
}

/** One of several encodings of a text, and the sum of the scores of its tokens. */
export interface ScoredEncoding {
  readonly encoding: Encoding;
  /** The log-probability of the segmentation by the model, but for a constant. */
  readonly score: number;
}

/** How to decode. */
export interface DecodeOptions {
  /** Leave special tokens out. Default false. */
  skipSpecialTokens?: boolean;
  /** Take out blanks before punctuation and English contractions. Default false. */
  cleanUp?: boolean;
}

/** What a tokenizer.json asks for; nothing here is applied unless it is passed on. */
export interface Recommended {
  truncation?: Required<Truncation> & { stride: number };
  padding?: Padding;
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
  /** What a tokenizer.json of this tokenizer holds, for those that can be written as one. */
  source?: () => unknown;
}

/**
 * Turns text into token ids and ids into text. Made by the readers (`readTokenizerJson`, `readVocabText` …) and by the trainers
 * (`trainBytePairEncoding` …).
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
  // What words became; undefined where they cannot be remembered.
  readonly #memory: WordMemory | undefined;
  readonly #room = new Content();

  constructor(stages: TokenizerStages, addedOutsideModel: number) {
    this.#stages = stages;
    this.#memory = memoryOf(stages);
    this.#size = stages.model.size + addedOutsideModel;
    this.recommended = stages.recommended ?? {};
  }

  /** How many tokens there are, added ones included; ids are smaller than this unless the file left gaps. */
  get vocabularySize(): number {
    return this.#size;
  }

  /** The id that stands for what the vocabulary does not have; undefined if the model never needs one. */
  get unknownId(): number | undefined {
    return this.#stages.model.unknownId;
  }

  /** Encodes one text. The empty text gives special tokens only. */
  encode(text: string, options: EncodeOptions = {}): Encoding {
    return this.#pad([this.#finish({ first: text, second: undefined }, options)], options)[0] as Encoding; // one in, one out
  }

  /** Encodes two texts that belong together, as for question answering; `sequenceIds` tells them apart. */
  encodePair(first: string, second: string, options: EncodeOptions = {}): Encoding {
    return this.#pad([this.#finish({ first, second }, options)], options)[0] as Encoding; // one in, one out
  }

  /**
   * The most probable encodings of a text, best first, at most `count` (1 to 512), for Unigram models; none is cut or padded. Throws a
   * TokenizerError for other models, and where `count` times the longest piece of the text is above 2²³.
   *
   * @example tokenizer.nBest('hello', 3).map(({ encoding, score }) => [encoding.tokens.join(' '), score])
   */
  nBest(
    text: string,
    count: number,
    options: Pick<EncodeOptions, 'addSpecialTokens' | 'offsets'> = {},
  ): ScoredEncoding[] {
    checkCandidates(count, 'nBest: count');
    const { model, postProcessor } = this.#stages;
    const source = this.#source(text);
    const pieces = this.#pieces(source);
    const ways = pieces.map(({ piece, id }) => {
      if (id !== undefined) return [{ tokens: [wholeToken(piece, id)], score: 0 }];
      if (model.nBest !== undefined) return model.nBest(piece.text, count);
      throw new TokenizerError(
        'nBest',
        'the segmentations of this model have no scores; expected a Unigram model. Use encode, or train one by trainUnigram.',
      );
    });
    const combinations = bestCombinations(
      ways.map((list) => list.map(({ score }) => score)),
      count,
    );
    return combinations.map(({ choices, score }) => {
      const content = new Content();
      for (const [k, { piece }] of pieces.entries())
        content.append(piece, ways[k]?.[choices[k] ?? 0]?.tokens ?? []);
      const first = content.build();
      convertOffsets(source, first.offsets, options.offsets ?? 'utf16');
      const encoding = postProcessor.arrange({ first, second: undefined }, options.addSpecialTokens ?? true);
      return { encoding, score };
    });
  }

  /** Encodes several texts or pairs, each by itself; with `padding` all get one length, their windows, too. */
  encodeBatch(
    texts: readonly (string | readonly [first: string, second: string])[],
    options: EncodeOptions = {},
  ): Encoding[] {
    const encodings = texts.map((text) =>
      Array.isArray(text)
        ? this.#finish({ first: text[0], second: text[1] ?? null }, options)
        : this.#finish({ first: text, second: undefined }, options),
    );
    return this.#pad(encodings, options);
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
    const text = decoder(tokens).join('');
    return options.cleanUp === true ? cleanUp(text) : text;
  }

  /**
   * Decodes ids one by one, as a generating model gives them; the parts put together are what `decode` gives for all.
   *
   * @example
   * const stream = tokenizer.decodeStream({ skipSpecialTokens: true });
   * for (const id of ids) shown += stream.push(id);
   * shown += stream.end();
   */
  decodeStream(options: Omit<DecodeOptions, 'cleanUp'> = {}): DecodeStream {
    const { added, decoder } = this.#stages;
    return new DecodeStream(decoder, (id) => {
      const token = this.idToToken(id);
      const skipped = options.skipSpecialTokens === true && token !== undefined && added.isSpecial(token);
      return skipped ? undefined : token;
    });
  }

  /** What each of the five stages makes of a text, with the place of everything in it. */
  explain(text: string, options: Pick<EncodeOptions, 'addSpecialTokens'> = {}): Explanation {
    const encoding = this.encode(text, options);
    return explain(this.#source(text), encoding, this.#stages);
  }

  /**
   * This tokenizer as the text of a tokenizer.json, which the original library and `readTokenizerJson` read. Throws a
   * TokenizerError for the Universal Sentence Encoder, whose model no tokenizer.json can say.
   */
  toTokenizerJson(): string {
    return tokenizerJsonText(this.#stages.source?.());
  }

  /** The id of a token, undefined if there is none. */
  tokenToId(token: string): number | undefined {
    return this.#stages.added.id(token) ?? this.#stages.model.id(token);
  }

  /** The token of an id, undefined if there is none; an added token that is normalized comes in its normalized form. */
  idToToken(id: number): string | undefined {
    return this.#stages.added.token(id) ?? this.#stages.model.token(id);
  }

  #finish(texts: { first: unknown; second: unknown }, options: EncodeOptions): Encoding {
    const { postProcessor } = this.#stages;
    const { addSpecialTokens = true, truncation, sampling } = options;
    if (sampling !== undefined) checkSampling(sampling);
    const first = this.#content(texts.first, options);
    const second = texts.second === undefined ? undefined : this.#content(texts.second, options);
    if (truncation === undefined) return postProcessor.arrange({ first, second }, addSpecialTokens);
    const special = addSpecialTokens ? postProcessor.added(second !== undefined) : 0;
    const cut = truncate({ first, second }, truncation, special);
    const arranged = postProcessor.arrange(cut, addSpecialTokens);
    if (cut.truncated === 0) return arranged;
    const overflowing = cut.windows.map((window) => postProcessor.arrange(window, addSpecialTokens));
    return new Encoding({ ...arranged, truncated: cut.truncated, overflowing });
  }

  #pad(encodings: Encoding[], { padding }: EncodeOptions): Encoding[] {
    if (padding === undefined) return encodings;
    const recommended = this.recommended.padding;
    const token = padding.token ?? recommended?.token ?? '[PAD]';
    const id = padding.id ?? (token === recommended?.token ? recommended.id : this.tokenToId(token));
    if (id === undefined) {
      throw new TokenizerError(
        'encode',
        `padding asks for the token ${JSON.stringify(token)}, which the vocabulary does not have. Give padding.token, or padding.id.`,
      );
    }
    const { length = 'longest', side = 'right', typeId = 0 } = { ...recommended, ...padding };
    const multipleOf = padding.multipleOf ?? recommended?.multipleOf;
    return padded(encodings, {
      ...{ length, side, typeId, id, token },
      ...(multipleOf === undefined ? {} : { multipleOf }),
    });
  }

  // The tokens of one text, without special tokens of the post-processor.
  #content(text: unknown, { offsets = 'utf16', sampling }: EncodeOptions): Encoding {
    const { model } = this.#stages;
    const source = this.#source(text);
    const content = this.#room.begin();
    if (sampling === undefined && this.#memory !== undefined)
      this.#appendWords(source, content, this.#memory);
    else
      for (const { piece, id } of this.#pieces(source)) {
        if (id !== undefined) content.append(piece, [wholeToken(piece, id)]);
        else if (sampling === undefined) content.append(piece, model.tokenize(piece.text));
        else content.append(piece, sampledTokens(model, piece.text, sampling));
      }
    const encoding = content.build();
    convertOffsets(source, encoding.offsets, offsets);
    return encoding;
  }

  // As below, but words that were seen before are taken from memory.
  #appendWords(source: string, content: Content, memory: WordMemory): void {
    const { model, preTokenizer } = this.#stages;
    const { prepare, cut, spell } = preTokenizer.steps ?? {};
    const appendLong = (word: AlignedText): void => {
      const spelled = spell === undefined ? word : spell(word);
      content.append(spelled, model.tokenize(spelled.text));
    };
    for (const { text, id } of this.#stages.added.extract(source)) {
      if (id !== undefined) {
        content.append(text, [wholeToken(text, id)]);
      } else {
        const prepared = prepare === undefined ? text : prepare(text);
        content.appendWords(prepared, cut === undefined ? [0, prepared.length] : cut(prepared.text), {
          ...{ memory, appendLong },
        });
      }
    }
  }

  // What the model works on, and the added tokens between, with their ids.
  #pieces(source: string): { piece: AlignedText; id: number | undefined }[] {
    const pieces: { piece: AlignedText; id: number | undefined }[] = [];
    for (const { text, id } of this.#stages.added.extract(source)) {
      if (id !== undefined) pieces.push({ piece: text, id });
      else for (const piece of this.#stages.preTokenizer([text])) pieces.push({ piece, id: undefined });
    }
    return pieces;
  }

  // The text that is worked on, of the same length as the one given.
  #source(text: unknown): string {
    if (typeof text !== 'string') {
      throw new TokenizerError(
        'encode',
        `a text of type ${text === null ? 'null' : typeof text} was given; expected a string. Convert it first.`,
      );
    }
    return this.#stages.wellFormed === false ? text : wellFormed(text);
  }
}

function wholeToken(piece: AlignedText, id: number): Token {
  return { id, token: piece.text, start: 0, end: piece.length };
}

// Remembers words where a word becomes the same tokens wherever it stands.
function memoryOf({ preTokenizer: { steps }, model }: TokenizerStages): WordMemory | undefined {
  if (steps === undefined || model.varies === true) return undefined;
  const { spell } = steps;
  if (spell === undefined) return new WordMemory(model.tokenize);
  return new WordMemory((word) => {
    const spelled = spell(alignedText(word));
    return model.tokenize(spelled.text).map(({ id, token, start, end }) => ({
      ...{ id, token, start: spelled.startOf(start), end: spelled.endOf(end) },
    }));
  });
}
