// Writing a tokenizer.json, in the form in which the original library does: every field there, in its order.
import { TokenizerError } from '../tokenizerError.ts';

type Fields = Readonly<Record<string, unknown>>;

// For every type its fields in the order of the original, with the values that an absent field means. `required` marks
// fields that the reader insists on.
const required = undefined;
const byteLevel: Fields = { add_prefix_space: true, trim_offsets: true, use_regex: true };
const metaspace: Fields = { replacement: '▁', prepend_scheme: 'always', split: true };
const replace: Fields = { pattern: required, content: required };
const named: Fields = { sep: required, cls: required };

const normalizers: Readonly<Record<string, Fields>> = {
  BertNormalizer: { clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
  Strip: { strip_left: true, strip_right: true },
  Prepend: { prepend: required },
  Replace: replace,
  Precompiled: { precompiled_charsmap: '' },
  Sequence: { normalizers: required },
};

const preTokenizers: Readonly<Record<string, Fields>> = {
  ByteLevel: byteLevel,
  CharDelimiterSplit: { delimiter: required },
  Digits: { individual_digits: false },
  FixedLength: { length: required },
  Metaspace: metaspace,
  Punctuation: { behavior: 'Isolated' },
  Sequence: { pretokenizers: required },
  Split: { pattern: required, behavior: required, invert: false },
};

const postProcessors: Readonly<Record<string, Fields>> = {
  BertProcessing: named,
  ByteLevel: byteLevel,
  RobertaProcessing: { ...named, trim_offsets: true, add_prefix_space: true },
  Sequence: { processors: required },
  TemplateProcessing: { single: required, pair: required, special_tokens: {} },
};

const decoders: Readonly<Record<string, Fields>> = {
  BPEDecoder: { suffix: '</w>' },
  ByteLevel: byteLevel,
  CTC: { pad_token: required, word_delimiter_token: required, cleanup: required },
  Metaspace: metaspace,
  Replace: replace,
  Sequence: { decoders: required },
  Strip: { content: required, start: required, stop: required },
  WordPiece: { prefix: required, cleanup: true },
};

const models: Readonly<Record<string, Fields>> = {
  BPE: {
    ...{ dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
    ...{ fuse_unk: false, byte_fallback: false, ignore_merges: false, vocab: required, merges: required },
  },
  Unigram: { unk_id: null, vocab: required, byte_fallback: false },
  WordLevel: { vocab: required, unk_token: required },
  WordPiece: {
    ...{
      unk_token: required,
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: required,
    },
  },
};

const truncation: Fields = { direction: 'Right', max_length: required, strategy: required, stride: 0 };
const padding: Fields = {
  ...{ strategy: required, direction: 'Right', pad_to_multiple_of: null },
  ...{ pad_id: required, pad_type_id: required, pad_token: required },
};

/** The text of a tokenizer.json for a parsed one that the reader has accepted; fields that no one reads are left out. */
export function tokenizerJsonText(source: unknown): string {
  if (source === undefined) {
    throw new TokenizerError(
      'toTokenizerJson',
      'this tokenizer was given; expected one whose stages a tokenizer.json can say. Keep its own file instead.',
    );
  }
  const file = source as Fields; // the reader has checked it
  return JSON.stringify({
    version: '1.0',
    truncation: filled(file.truncation, truncation),
    padding: filled(file.padding, padding),
    added_tokens: list(file.added_tokens).map(addedToken),
    normalizer: component(file.normalizer, normalizers),
    pre_tokenizer: component(file.pre_tokenizer, preTokenizers),
    post_processor: component(file.post_processor, postProcessors),
    decoder: component(file.decoder, decoders),
    model: withAddedTokens(model(file.model as Fields), list(file.added_tokens) as readonly Fields[]),
  });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

// The fields that a type has, from the file or else as the file means them.
function filled(value: unknown, fields: Fields): Record<string, unknown> | null {
  if (value === null || value === undefined) return null;
  const given = value as Fields;
  return Object.fromEntries(
    Object.entries(fields).map(([name, meant]) => [
      name,
      Object.hasOwn(given, name) ? (given[name] ?? meant) : meant,
    ]),
  );
}

function component(value: unknown, types: Readonly<Record<string, Fields>>): unknown {
  if (value === null || value === undefined) return null;
  const given = value as Fields;
  const type = String(given.type);
  const fields = filled(value, Object.hasOwn(types, type) ? (types[type] ?? {}) : {}) ?? {};
  if (type === 'Metaspace' && given.add_prefix_space === false) fields.prepend_scheme = 'never';
  if (type === 'Sequence')
    for (const [name, parts] of Object.entries(fields))
      fields[name] = list(parts).map((part) => component(part, types));
  return { type, ...fields };
}

function addedToken(value: unknown): unknown {
  const special = (value as Fields).special === true;
  return filled(value, {
    ...{ id: required, content: required, single_word: false, lstrip: false, rstrip: false },
    ...{ normalized: !special, special: false },
  });
}

// The original numbers added tokens that the vocabulary lacks by itself, from the size of the vocabulary on, whatever ids the file
// gives them (`add_tokens` in tokenizers tokenizer/added_vocabulary.rs, 3ba8ad00). Where that would change an id, the vocabulary
// gets them all. The ids of Unigram are positions, which leave no gap.
function withAddedTokens(written: Fields, added: readonly Fields[]): Fields {
  const { vocab } = written;
  if (typeof vocab !== 'object' || vocab === null || Array.isArray(vocab)) return written;
  const outside = added.filter(({ content }) => !Object.hasOwn(vocab, String(content)));
  const size = Object.keys(vocab).length;
  if (outside.every(({ id }, k) => id === size + k)) return written;
  const entries = [
    ...Object.entries(vocab),
    ...outside.map(({ content, id }) => [String(content), id] as const),
  ];
  return { ...written, vocab: Object.fromEntries(entries) };
}

function model(given: Fields): Fields {
  const type = given.type ?? typeOf(given);
  const fields = filled(given, models[String(type)] ?? {}) ?? {};
  if (type === 'BPE') fields.merges = mergePairs(list(fields.merges));
  return { type, ...fields };
}

// As the reader guesses in older files.
function typeOf(given: Fields): string {
  if (Object.hasOwn(given, 'merges')) return 'BPE';
  if (Object.hasOwn(given, 'unk_id') || Array.isArray(given.vocab)) return 'Unigram';
  return Object.hasOwn(given, 'continuing_subword_prefix') ? 'WordPiece' : 'WordLevel';
}

// Older files write a merge as one string with a blank in it, sometimes below a line with their version.
function mergePairs(merges: readonly unknown[]): unknown[] {
  return merges
    .filter((merge, rank) => rank > 0 || typeof merge !== 'string' || !merge.startsWith('#version'))
    .map((merge) => (typeof merge === 'string' ? merge.split(' ') : merge));
}
