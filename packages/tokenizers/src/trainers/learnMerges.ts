// Learning merges: what BPE and WordPiece training have in common. It knows no stage and makes no model.
import { PairNumbers } from '../structures/pairNumbers.ts';
import { type AlphabetOptions, alphabetOf } from './alphabet.ts';
import { byCount, byScore, scoreOf } from './mergeChoices.ts';
import { SymbolRows, type Words } from './symbolRows.ts';
import type { MergingEvent } from './trainingEvents.ts';
import { integerOption, refuseOption, type TrainingOptions } from './trainingOptions.ts';
import type { WordCounts } from './wordCounts.ts';

/** What learning merges is told. */
export interface MergeOptions extends TrainingOptions, AlphabetOptions {
  /** Pairs that stand less often are not merged. Default 0, which means 1. */
  leastCount?: number;
  /** Merged tokens have fewer characters than this; at most, and by default, 501. */
  maxTokenLength?: number;
  /**
   * Tokens that come right after the special tokens, in this order, before the alphabet of the corpus: with it an order of ids
   * that another program has chosen can be kept. Default none.
   */
  firstTokens?: readonly string[];
}

/** What is put to the characters of a word: before those that are not its first, behind its last one. */
export interface Marks {
  readonly prefix: string;
  readonly suffix: string;
}

/** What was learned. */
export interface LearnedMerges {
  /** All tokens; their ids are their places. */
  readonly tokens: readonly string[];
  /** The pairs of tokens that merge, in order. */
  readonly merges: readonly (readonly [left: string, right: string])[];
}

// So that no token has more than the 1024 UTF-16 units that a vocabulary may have, marks included.
const longestToken = 501;

/** Checks the options that only merging has, before the corpus is read. */
export function checkMergeOptions(options: MergeOptions, marks: Marks): void {
  integerOption('leastCount', options.leastCount, { otherwise: 0 });
  integerOption('limitAlphabet', options.limitAlphabet, { otherwise: 0 });
  integerOption('maxTokenLength', options.maxTokenLength, { otherwise: longestToken });
  for (const entry of options.initialAlphabet ?? [])
    if (typeof entry !== 'string' || !entry.isWellFormed())
      refuseOption('initialAlphabet', entry, 'characters');
  for (const token of options.firstTokens ?? [])
    if (typeof token !== 'string' || token === '' || token.length > 1000 || !token.isWellFormed())
      refuseOption('firstTokens', token, 'tokens of 1 to 1000 UTF-16 units');
  for (const [name, mark] of Object.entries(marks))
    if (mark.length > 16 || !mark.isWellFormed())
      refuseOption(`the ${name}`, mark, 'at most 16 UTF-16 units');
}

/**
 * Merges the best pair until the vocabulary is full or no pair is left (Sennrich et al. 2016, algorithm 1, arXiv:1508.07909). Ids
 * are those of the original (`BpeTrainer::do_train` in tokenizers models/bpe/trainer.rs, 3ba8ad00): special tokens, alphabet by
 * code point, marked characters in the order in which they are met, one new token a merge. A merge whose token is there already
 * makes that one; a pair merged a second time takes the later rank. An alphabet larger than the vocabulary is kept as a whole.
 */
export function* learnMerges(
  words: WordCounts,
  options: MergeOptions & {
    vocabularySize: number;
    specialTokens: readonly string[];
    criterion: 'count' | 'score';
  },
  marks: Marks,
): Generator<MergingEvent, LearnedMerges> {
  const { vocabularySize, leastCount = 0, criterion } = options;
  const tokens = new TokenList([...options.specialTokens, ...(options.firstTokens ?? [])]);
  for (const character of alphabetOf(words, options)) tokens.idOf(character);
  const longest = Math.min(options.maxTokenLength ?? longestToken, longestToken);
  const rows = new SymbolRows(rowsOf(words, tokens, marks), longest);
  const next = criterion === 'count' ? byCount(rows) : byScore(rows, leastCount);
  const total = Math.max(0, vocabularySize - tokens.size);
  const merged = new PairNumbers();
  const ranks: number[] = [];
  let done = 0;
  while (tokens.size < vocabularySize) {
    const choice = next();
    if (choice === undefined || choice.count < leastCount) break;
    const { pair, count } = choice;
    const [left, right] = [rows.pairs.left(pair), rows.pairs.right(pair)];
    const [before, after] = [tokens.token(left), tokens.token(right)];
    const continued = marks.prefix !== '' && after.startsWith(marks.prefix);
    const token = before + (continued ? after.slice(marks.prefix.length) : after);
    const id = tokens.idOf(token);
    const score = scoreOf(rows, pair);
    choice.merge(id);
    ranks[merged.numberOf(left, right)] = done++;
    yield {
      phase: 'merging',
      ...{ done, total: Math.max(total, done) },
      merge: { left: before, right: after, token, id, count, score },
    };
  }
  const order = Array.from(ranks.keys()).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
  return {
    tokens: tokens.all,
    merges: order.map((pair) => [tokens.token(merged.left(pair)), tokens.token(merged.right(pair))] as const),
  };
}

// Tokens with ids in the order of their coming.
class TokenList {
  readonly all: string[] = [];
  readonly #ids = new Map<string, number>();

  constructor(tokens: readonly string[]) {
    for (const token of tokens) this.idOf(token);
  }

  get size(): number {
    return this.all.length;
  }

  has(token: string): boolean {
    return this.#ids.has(token);
  }

  // The id of a token, a new one if there is none.
  idOf(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    this.#ids.set(token, this.all.length);
    return this.all.push(token) - 1;
  }

  token(id: number): string {
    return this.all[id] ?? '';
  }
}

// The words as ids; characters outside the alphabet are left out, as in the original, which decides for all marks by the bare one.
function rowsOf(words: WordCounts, tokens: TokenList, { prefix, suffix }: Marks): Words {
  let length = 0;
  for (const word of words.keys()) length += word.length;
  const ids = new Int32Array(length);
  const starts = new Int32Array(words.size + 1);
  const counts = new Float64Array(words.size);
  let [row, end] = [0, 0];
  for (const [word, count] of words) {
    counts[row] = count;
    let at = 0;
    for (const character of word) {
      const before = at === 0 ? '' : prefix;
      at += character.length;
      if (!tokens.has(character)) continue;
      ids[end++] = tokens.idOf(before + character + (at === word.length ? suffix : ''));
    }
    starts[++row] = end;
  }
  return { ids: ids.subarray(0, end), starts, counts };
}
