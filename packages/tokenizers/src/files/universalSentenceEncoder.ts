// The vocabulary of the Universal Sentence Encoder *lite*: a JSON list of [piece, score]. Its other stages are fixed.
import { addedTokens } from '../addedTokens.ts';
import { metaspaceDecoder } from '../decoders/metaspace.ts';
import { universalSentenceEncoder } from '../models/universalSentenceEncoder.ts';
import { normalizerSequence } from '../normalizers/normalizer.ts';
import { prepend } from '../normalizers/prepend.ts';
import { replace } from '../normalizers/replace.ts';
import { unicodeForm } from '../normalizers/unicode.ts';
import { literal } from '../patterns/pattern.ts';
import { plainTemplate } from '../postProcessors/template.ts';
import { preTokenizerSequence } from '../preTokenizers/preTokenizer.ts';
import { Tokenizer } from '../tokenizer.ts';
import { parseJson } from './json.ts';
import { readPieces } from './readPieces.ts';

/**
 * Makes the tokenizer of USE lite from the text of its vocab.json: NFKC, blanks (U+0020 only) become ▁ and one ▁ goes in
 * front, then `universalSentenceEncoder`. There are no special tokens; the empty text has no tokens; lone surrogates are
 * unknown characters. A score of null counts as 0, as it does in the original.
 *
 * @example readUniversalSentenceEncoderVocabulary(await readFile('vocab.json', 'utf8')).encode('Hello.').ids
 */
export function readUniversalSentenceEncoderVocabulary(text: string): Tokenizer {
  const json = parseJson(text, 'vocab.json');
  const pieces = readPieces(json, 0);
  // Six reserved entries, the first of which is the unknown piece.
  if (pieces.length < 6) json.refuse('at least the six reserved entries');
  const normalizer = normalizerSequence([unicodeForm('NFKC'), replace(literal(' '), '▁'), prepend('▁')]);
  const stages = {
    added: addedTokens([], normalizer),
    preTokenizer: preTokenizerSequence([]),
    model: universalSentenceEncoder(pieces),
    postProcessor: plainTemplate(),
    decoder: metaspaceDecoder({ replacement: '▁', prependScheme: 'always' }),
    wellFormed: false,
  };
  return new Tokenizer(stages, 0);
}
