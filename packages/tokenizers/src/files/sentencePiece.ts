// Tokenizers from SentencePiece's .model file, by itself or, as Marian has it, with a vocab.json that gives the ids.
import { type AddedToken, addedTokens } from '../addedTokens.ts';
import { sentencePieceDecoder } from '../decoders/sentencePiece.ts';
import type { Model, Token } from '../models/model.ts';
import { sentencePieceModel } from '../models/sentencePiece.ts';
import { type Vocabulary, vocabulary } from '../models/vocabulary.ts';
import { readCharsMap } from '../normalizers/charsMap.ts';
import type { Normalizer } from '../normalizers/normalizer.ts';
import { sentencePieceNormalizer } from '../normalizers/sentencePiece.ts';
import { type TemplatePart, template } from '../postProcessors/template.ts';
import { preTokenizerSequence } from '../preTokenizers/preTokenizer.ts';
import { Trie } from '../structures/trie.ts';
import { Tokenizer } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';
import { parseJson } from './json.ts';
import { readSentencePieceModel, type SentencePieceModel } from './sentencePieceModel.ts';

const place = 'SentencePiece model';

/** What is put around a text. */
export interface SentencePieceOptions {
  /** A control piece before each text, such as `'<s>'`. Default: none. */
  beginning?: string;
  /** A control piece after each text, such as `'</s>'`. Default: none. */
  end?: string;
}

/**
 * Makes a tokenizer from the bytes of a SentencePiece .model file (Unigram, BPE, word or char), with SentencePiece's own results,
 * which are not always those of the tokenizer.json made from it. Control pieces are never found in a text.
 *
 * @example readSentencePiece(await readFile('tokenizer.model'), { beginning: '<s>' }).encode('hello').ids
 */
export function readSentencePiece(file: Uint8Array, options: SentencePieceOptions = {}): Tokenizer {
  const read = readFile(file);
  const around = (name: 'beginning' | 'end'): TemplatePart[] => {
    const token = options[name];
    if (token === undefined) return [];
    const id = read.entries.id(token);
    if (id === undefined || read.file.pieces[id]?.kind !== 'control') {
      throw new TokenizerError(
        `options.${name}`,
        `${JSON.stringify(token)} was given, which is no control piece of the model. Name one that it has.`,
      );
    }
    return [special(id, token)];
  };
  return tokenizerOf(read, read.model, { before: around('beginning'), after: around('end') });
}

/**
 * Makes a Marian tokenizer from the bytes of its source.spm (or target.spm) and the text of its vocab.json: pieces by the
 * one, ids by the other, `</s>` after each text. Pieces that vocab.json lacks become `<unk>`.
 *
 * @example readMarian(await readFile('source.spm'), await readFile('vocab.json', 'utf8')).encode('hello').ids
 */
export function readMarian(file: Uint8Array, vocab: string): Tokenizer {
  const read = readFile(file);
  const { names, values } = parseJson(vocab, 'vocab.json').integers();
  const words = vocabulary(names, 'vocab.json', { ids: values });
  const named = (token: string): number => {
    const id = words.id(token);
    if (id !== undefined) return id;
    throw new TokenizerError(
      'vocab.json',
      `it has no ${JSON.stringify(token)}, which Marian needs. Take the file of the same model.`,
    );
  };
  const unknownId = named('<unk>');
  const renumbered = (tokens: readonly Token[]): Token[] =>
    tokens.map((token) => ({ ...token, id: words.id(token.token) ?? unknownId }));
  const { sample, nBest } = read.model;
  const model: Model = {
    id: words.id,
    token: words.token,
    size: words.size,
    unknownId,
    tokenize: (text) => renumbered(read.model.tokenize(text)),
    ...(sample === undefined
      ? {}
      : {
          sample: (text, sampling) => {
            const tokens = sample(text, sampling);
            return tokens === undefined ? undefined : renumbered(tokens);
          },
        }),
    ...(nBest === undefined
      ? {}
      : {
          nBest: (text, count) =>
            nBest(text, count).map(({ tokens, score }) => ({ tokens: renumbered(tokens), score })),
        }),
  };
  return tokenizerOf(read, model, { before: [], after: [special(named('</s>'), '</s>')] });
}

interface ReadFile {
  file: SentencePieceModel;
  entries: Vocabulary;
  model: Model;
  normalizer: Normalizer;
}

function readFile(bytes: Uint8Array): ReadFile {
  const file = readSentencePieceModel(bytes, place);
  const { pieces } = file;
  const name = (_: string, position: number): string => `${place}: piece ${position}`;
  const entries = vocabulary(
    pieces.map(({ text }) => text),
    place,
    { name },
  );
  const unknownId = pieces.findIndex(({ kind }) => kind === 'unknown');
  if (unknownId < 0) {
    throw new TokenizerError(place, 'it has no unknown piece, which every model needs. Get the file again.');
  }
  const unused = pieces.findIndex(({ kind }) => kind === 'unused');
  if (file.algorithm === 'bpe' && unused >= 0) {
    throw new TokenizerError(
      name('', unused),
      'the piece is marked as unused, which is not supported for BPE. Export the model with its whole vocabulary.',
    );
  }
  const symbols = new Trie();
  for (const [id, { text, kind }] of pieces.entries()) {
    if (text === '')
      throw new TokenizerError(
        name('', id),
        'the piece is empty; every piece needs a text. Get the file again.',
      );
    if (kind === 'userDefined') symbols.set(text, id);
  }
  return {
    file,
    entries,
    model: sentencePieceModel(file, { entries, symbols, unknownId }),
    normalizer: sentencePieceNormalizer({
      rules:
        file.charsmap.length === 0
          ? undefined
          : readCharsMap(file.charsmap, `${place}: normalizer_spec.precompiled_charsmap`),
      symbols,
      addDummyPrefix: file.addDummyPrefix,
      removeExtraWhitespaces: file.removeExtraWhitespaces,
      escapeWhitespaces: file.escapeWhitespaces,
      whitespaceAsSuffix: file.whitespaceAsSuffix,
    }),
  };
}

function tokenizerOf(
  { file, normalizer }: ReadFile,
  model: Model,
  { before, after }: { before: TemplatePart[]; after: TemplatePart[] },
): Tokenizer {
  const control = file.pieces
    .filter(({ kind }) => kind === 'control')
    .flatMap(({ text }): AddedToken[] => {
      const id = model.id(text);
      return id === undefined ? [] : [{ id, content: text, special: true }];
    });
  const first: TemplatePart[] = [...before, { kind: 'text', text: 'first', typeId: 0 }, ...after];
  const second: TemplatePart[] = [...before, { kind: 'text', text: 'second', typeId: 1 }, ...after];
  const stages = {
    // Control pieces are known by their ids, not found in texts.
    added: { ...addedTokens(control, (text) => text), extract: addedTokens([], normalizer).extract },
    preTokenizer: preTokenizerSequence([]),
    model,
    postProcessor: template(first, [...first, ...second]),
    decoder: sentencePieceDecoder(file),
  };
  return new Tokenizer(stages, 0);
}

function special(id: number, token: string): TemplatePart {
  return { kind: 'special', ids: [id], tokens: [token], typeId: 0 };
}
