// Training of Unigram models: many pieces at first, of which the least useful are dropped again and again.
import type { AlphabetOptions } from './alphabet.ts';
import { seedPieces } from './seedPieces.ts';
import type { Corpus } from './textFiles.ts';
import type { CountingEvent, FittingEvent, TrainedEvent } from './trainingEvents.ts';
import {
  checkOptions,
  integerOption,
  refuseOption,
  type TrainingOptions,
  trainedTokenizer,
} from './trainingOptions.ts';
import { UnigramFit } from './unigramFit.ts';
import { countWords, type WordCounts } from './wordCounts.ts';

/** How a Unigram model is trained. */
export interface UnigramTraining extends TrainingOptions, Pick<AlphabetOptions, 'initialAlphabet'> {
  /** Share of the pieces that a pruning leaves, above 0 and below 1. Default 0.75. */
  shrinkingFactor?: number;
  /** Steps of expectation maximization before each pruning. Default 2. */
  subIterations?: number;
  /** Pieces have at most so many characters. Default 16. */
  maxPieceLength?: number;
  /** The most pieces to begin with. Default 1 000 000. */
  seedSize?: number;
}

// Words are worked on in parts of so many UTF-16 units, so that a text without blanks needs no more memory than others.
const longestWord = 2 ** 14;

/**
 * Trains a Unigram model (Kudo 2018, section 3.2, arXiv:1804.10959): repeated strings of the corpus are the first pieces; their
 * probabilities are fitted, and those are dropped that the likelihood misses least, until `vocabularySize` (8000 by
 * default) are left. The pieces are those of the `UnigramTrainer` of `tokenizers` 0.23.3, and so are their scores, but for
 * characters so rare that no step keeps them: these follow the worst score in the order of their code points. Every character of the corpus is a piece. An
 * `unknownToken` that is no special token becomes the first of them.
 *
 * Default stages: NFKC and Metaspace; default `specialTokens`: `['<unk>']`.
 *
 * Time: proportional to the different words of the corpus, their lengths and the rounds. Memory: about 60 bytes for each of their
 * characters.
 *
 * @example const tokenizer = await trained(trainUnigram(texts, { vocabularySize: 8000 }));
 */
export async function* trainUnigram(
  corpus: Corpus,
  options: UnigramTraining = {},
): AsyncGenerator<CountingEvent | FittingEvent | TrainedEvent, void> {
  const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
  const { vocabularySize, specialTokens, unknownToken, stages } = checkOptions(options, {
    vocabularySize: 8000,
    specialTokens: ['<unk>'],
    stages: { normalizer: { type: 'NFKC' }, pre_tokenizer: metaspace, decoder: metaspace },
  });
  const { shrinkingFactor = 0.75, initialAlphabet = [], signal } = options;
  if (!(shrinkingFactor > 0 && shrinkingFactor < 1))
    refuseOption('shrinkingFactor', shrinkingFactor, 'a number above 0 and below 1');
  const steps = integerOption('subIterations', options.subIterations, { otherwise: 2, least: 1 });
  const longest = integerOption('maxPieceLength', options.maxPieceLength, { otherwise: 16, least: 1 });
  const most = integerOption('seedSize', options.seedSize, { otherwise: 1_000_000, least: 1 });
  if (longest > 256) refuseOption('maxPieceLength', longest, 'an integer from 1 to 256');

  const words = inParts(yield* countWords(corpus, stages, signal));
  const required = requiredCharacters(words, initialAlphabet);
  const special =
    unknownToken === undefined || specialTokens.includes(unknownToken)
      ? specialTokens
      : [unknownToken, ...specialTokens];
  const room = vocabularySize - special.length;
  if (required.length > room)
    refuseOption(
      'vocabularySize',
      vocabularySize,
      `at least ${required.length + special.length}, since the corpus has ${required.length} different characters and there are ${special.length} special tokens`,
    );
  const fit = new UnigramFit(words, seedPieces(words, { longest, most }), signal);
  const target = Math.floor((vocabularySize * 11) / 10);
  const rounds = Math.max(0, Math.trunc(Math.log(target / fit.size) / Math.log(shrinkingFactor))) + 1;
  for (let done = 0; ; ) {
    for (let step = 0; step < steps; step++) {
      const loss = await fit.step();
      done += 1;
      yield { phase: 'fitting', done, total: Math.max(done, rounds * steps), pieces: fit.size, loss };
    }
    const { size } = fit;
    if (size <= target) break;
    await fit.prune(Math.max(target, Math.trunc(size * shrinkingFactor)));
    // Nothing can be done without: what is too much is left out at the end.
    if (fit.size >= size) break;
  }
  const pieces = finalPieces(fit.pieces(), { required, room, special });
  const tokenizer = trainedTokenizer(
    {
      type: 'Unigram',
      unk_id: unknownToken === undefined ? null : special.indexOf(unknownToken),
      vocab: [...special.map((token) => [token, 0] as const), ...pieces],
      byte_fallback: false,
    },
    special,
    stages,
  );
  const size = tokenizer.vocabularySize;
  yield { phase: 'trained', done: size, total: size, tokenizer };
}

function inParts(words: WordCounts): WordCounts {
  const parts = new Map<string, number>();
  for (const [word, count] of words)
    for (let start = 0; start < word.length; ) {
      let end = Math.min(word.length, start + longestWord);
      if (end < word.length && word.codePointAt(end - 1) !== word.charCodeAt(end - 1)) end += 1;
      const part = word.slice(start, end);
      parts.set(part, (parts.get(part) ?? 0) + count);
      start = end;
    }
  return parts;
}

// All characters of the words and of the initial alphabet, by code point.
function requiredCharacters(words: WordCounts, initialAlphabet: Iterable<string>): string[] {
  const codes = new Set<number>();
  for (const word of words.keys()) for (const character of word) codes.add(character.codePointAt(0) ?? 0);
  for (const entry of initialAlphabet) if (entry !== '') codes.add(entry.codePointAt(0) ?? 0);
  return [...codes].sort((a, b) => a - b).map((code) => String.fromCodePoint(code));
}

// Required characters first, then pieces in their order until the vocabulary is full; sorted by score (`UnigramTrainer::finalize`).
// Characters that no step has kept get the lowest score and a little more each.
function finalPieces(
  pieces: readonly (readonly [piece: string, score: number])[],
  { required, room, special }: { required: readonly string[]; room: number; special: readonly string[] },
): (readonly [piece: string, score: number])[] {
  const scores = new Map(pieces);
  const lowest = pieces.reduce((least, [, score]) => Math.min(least, score), 0);
  const taken = new Map<string, number>();
  let missing = 0;
  for (const character of required)
    taken.set(character, scores.get(character) ?? lowest + 0.0001 * missing++);
  for (const token of special) taken.delete(token);
  const reserved = new Set(special);
  for (const [piece, score] of pieces) {
    if (taken.size >= room) break;
    if (!taken.has(piece) && !reserved.has(piece)) taken.set(piece, score);
  }
  return [...taken].sort((a, b) => b[1] - a[1]);
}
