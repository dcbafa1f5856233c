// BERT's vocab.txt: one token a line, the id is the line number. All stages are BERT's.
import { type AddedToken, addedTokens } from '../addedTokens.ts';
import { wordPieceDecoder } from '../decoders/wordPiece.ts';
import { type Vocabulary, vocabulary } from '../models/vocabulary.ts';
import { wordPiece } from '../models/wordPiece.ts';
import { type BertNormalizerOptions, bertNormalizer } from '../normalizers/bert.ts';
import { bertTemplate } from '../postProcessors/template.ts';
import { bertPreTokenizer } from '../preTokenizers/bert.ts';
import { Tokenizer } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';

/** What a vocab.txt does not say. The defaults are those of uncased BERT. */
export interface VocabTextOptions extends BertNormalizerOptions {
  /** Default `'[UNK]'`; must be in the vocabulary. */
  unknownToken?: string;
  /** Default `'[CLS]'`; must be in the vocabulary. */
  classToken?: string;
  /** Default `'[SEP]'`; must be in the vocabulary. */
  separatorToken?: string;
  /** Default `'[PAD]'`; need not be in the vocabulary. */
  paddingToken?: string;
  /** Default `'[MASK]'`; need not be in the vocabulary. */
  maskToken?: string;
  /** Longer words, in characters, are unknown. Default 100. */
  longestWord?: number;
}

/**
 * Makes a BERT tokenizer from the text of a vocab.txt. For cased models pass `{ lowercase: false }`.
 *
 * A token on two lines has the later id; both ids read back. Lines may end in LF or CR LF.
 *
 * @example readVocabText('[UNK]\n[CLS]\n[SEP]\nun\n##do').encode('Undo').tokens; //=> ['[CLS]', 'un', '##do', '[SEP]']
 */
export function readVocabText(text: string, options: VocabTextOptions = {}): Tokenizer {
  const words = readLines(text);
  const named = (token: string): { id: number; token: string } => ({
    token,
    id: words.id(token) ?? missing(token),
  });
  const unknown = named(options.unknownToken ?? '[UNK]');
  const cls = named(options.classToken ?? '[CLS]');
  const sep = named(options.separatorToken ?? '[SEP]');
  const special = [
    options.paddingToken ?? '[PAD]',
    unknown.token,
    cls.token,
    sep.token,
    options.maskToken ?? '[MASK]',
  ];
  const model = wordPiece(words, {
    unknownToken: unknown.token,
    ...(options.longestWord === undefined ? {} : { longestWord: options.longestWord }),
  });
  const stages = {
    added: addedTokens(
      [...new Set(special)].flatMap((token) => specialToken(token, words)),
      bertNormalizer(options),
    ),
    preTokenizer: bertPreTokenizer(),
    model,
    postProcessor: bertTemplate(cls, sep),
    decoder: wordPieceDecoder({ prefix: '##', cleanup: true }),
    source: () => asTokenizerJson(words, { cls, sep, unknown, special: new Set(special) }, options),
  };
  return new Tokenizer(stages, 0);
}

// What a tokenizer.json says of the same stages.
function asTokenizerJson(
  words: Vocabulary,
  named: Record<'cls' | 'sep' | 'unknown', { id: number; token: string }> & { special: ReadonlySet<string> },
  options: VocabTextOptions,
): unknown {
  const { cls, sep, unknown, special } = named;
  return {
    added_tokens: [...special].flatMap((token) => specialToken(token, words)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: options.cleanText ?? true,
      handle_chinese_chars: options.separateIdeographs ?? true,
      strip_accents: options.stripAccents ?? null,
      lowercase: options.lowercase ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: { type: 'BertProcessing', sep: [sep.token, sep.id], cls: [cls.token, cls.id] },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: unknown.token,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: options.longestWord ?? 100,
      vocab: Object.fromEntries(words.tokens.map((token) => [token, words.id(token)])),
    },
  };
}

function readLines(text: string): Vocabulary {
  if (typeof text !== 'string') {
    throw new TokenizerError(
      'vocab.txt',
      `a value of type ${typeof text} was given; expected the text of the file. Decode its bytes as UTF-8 first.`,
    );
  }
  const lines = text.replace(/^\ufeff/, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const tokens = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  return vocabulary(tokens, 'vocab.txt', {
    repeats: true,
    name: (_, position) => `vocab.txt: line ${position + 1}`,
  });
}

function specialToken(content: string, words: Vocabulary): AddedToken[] {
  const id = words.id(content);
  return id === undefined ? [] : [{ id, content, special: true }];
}

function missing(token: string): never {
  throw new TokenizerError(
    'vocab.txt',
    `it has no line ${JSON.stringify(token)}, which BERT needs. Name the token that the file has instead in the options.`,
  );
}
