import { forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Merge,
  type TrainingEvent,
  trainBytePairEncoding,
  trained,
  trainWordPiece,
} from '../../src/index.ts';
import { chance } from '../models/chance.ts';

const words = fc.array(
  fc.tuple(
    fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 9 }),
  ),
  { minLength: 1, maxLength: 12 },
);
const corpusOf = (list: readonly (readonly [string, number])[]): string[] =>
  list.flatMap(([word, count]) => new Array<string>(count).fill(word));
const stages = { pre_tokenizer: { type: 'WhitespaceSplit' } };

async function mergesOf(training: AsyncIterable<TrainingEvent>): Promise<Merge[]> {
  const merges: Merge[] = [];
  for await (const event of training) if (event.phase === 'merging') merges.push(event.merge);
  return merges;
}

// The definition: all pairs of all words counted anew before each merge; `prefix` marks what is not the first of a word.
function reference(
  corpus: readonly string[],
  { size, by, prefix }: { size: number; by: 'count' | 'score'; prefix: string },
): [left: string, right: string, count: number, score: number][] {
  const alphabet = [...new Set(corpus.join(''))].sort();
  let rows = corpus.map((word) => [...word].map((letter, k) => (k > 0 ? prefix : '') + letter));
  const tokens = [...new Set([...alphabet, ...rows.flat()])];
  const merges: [string, string, number, number][] = [];
  const id = (token: string): number => tokens.indexOf(token);
  while (tokens.length < size) {
    const counts = new Map<string, number>();
    const singles = new Map<string, number>();
    for (const row of rows)
      for (const [k, token] of row.entries()) {
        singles.set(token, (singles.get(token) ?? 0) + 1);
        const pair = `${token} ${row[k + 1]}`;
        if (k + 1 < row.length) counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    const pairs = [...counts].map(([pair, count]) => {
      const [left = '', right = ''] = pair.split(' ');
      return { left, right, count, score: count / ((singles.get(left) ?? 0) * (singles.get(right) ?? 0)) };
    });
    pairs.sort(
      (a, b) =>
        (by === 'score' ? b.score - a.score : 0) ||
        b.count - a.count ||
        id(a.left) - id(b.left) ||
        id(a.right) - id(b.right),
    );
    const best = pairs[0];
    if (best === undefined) break;
    const made = best.left + best.right.slice(prefix.length);
    merges.push([best.left, best.right, best.count, best.score]);
    tokens.push(made);
    rows = rows.map((row) => {
      const merged: string[] = [];
      for (let k = 0; k < row.length; k++) {
        const hit = row[k] === best.left && row[k + 1] === best.right;
        merged.push(hit ? made : (row[k] ?? ''));
        if (hit) k += 1;
      }
      return merged;
    });
  }
  return merges;
}

const shown = (merges: readonly Merge[]): unknown[] =>
  merges.map(({ left, right, count, score }) => [left, right, count, score]);

describe('trainBytePairEncoding', () => {
  test('merges as the definition does, with the counts and scores of each merge', async () => {
    await forAllAsync([words, fc.integer({ min: 0, max: 40 })], async (list, size) => {
      const corpus = corpusOf(list);
      const options = { level: 'characters', specialTokens: [], vocabularySize: size, stages } as const;
      const merges = await mergesOf(trainBytePairEncoding(corpus, options));
      expect(shown(merges)).toEqual(reference(corpus, { size, by: 'count', prefix: '' }));
    });
  });

  test('learns the same from the same texts however they come', async () => {
    const texts = ['low lower lowest', 'new newer newest', 'wide wider widest'];
    async function* later(): AsyncGenerator<string> {
      yield* texts;
    }
    const learn = async (corpus: Iterable<string> | AsyncIterable<string>): Promise<string> =>
      (await trained(trainBytePairEncoding(corpus, { vocabularySize: 280 }))).toTokenizerJson();
    expect(await learn(later())).toBe(await learn(texts));
    expect(await learn(new Set(texts))).toBe(await learn(texts));
  });

  test('over bytes gives a tokenizer that says any text and gives it back', async () => {
    const tokenizer = await trained(
      trainBytePairEncoding(['a few words, a few more words, fewer wordings'], { vocabularySize: 270 }),
    );
    await forAllAsync([fc.string({ unit: 'binary' })], async (text) => {
      expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    });
    expect(tokenizer.vocabularySize).toBe(270);
  });

  test('a line of Chinese without blanks takes time and memory in proportion to its length', {
    timeout: 60_000,
  }, async () => {
    const next = chance(1);
    const line = Array.from({ length: 200_000 }, () =>
      String.fromCharCode(0x4e00 + Math.floor(500 * next() ** 3)),
    ).join('');
    const tokenizer = await trained(
      trainBytePairEncoding([line], { level: 'characters', vocabularySize: 1500 }),
    );
    expect(tokenizer.vocabularySize).toBe(1500);
    expect(tokenizer.decode(tokenizer.encode(line.slice(0, 1000)).ids)).toBe(line.slice(0, 1000));
  });

  test('never makes a token longer than a vocabulary may have', async () => {
    const tokenizer = await trained(trainBytePairEncoding(['a'.repeat(5000)], { vocabularySize: 300 }));
    expect(tokenizer.encode('a'.repeat(512)).tokens).toEqual(['a'.repeat(256), 'a'.repeat(256)]);
  });
});

describe('trainWordPiece', () => {
  test.each(['count', 'score'] as const)('by %s merges as the definition does', async (criterion) => {
    await forAllAsync([words, fc.integer({ min: 0, max: 40 })], async (list, size) => {
      const corpus = corpusOf(list);
      const options = { specialTokens: [], vocabularySize: size, stages, criterion };
      const merges = await mergesOf(trainWordPiece(corpus, options));
      expect(shown(merges)).toEqual(reference(corpus, { size, by: criterion, prefix: '##' }));
    });
  });

  test('gives a BERT tokenizer', async () => {
    const tokenizer = await trained(
      trainWordPiece(['Low lower lowest', 'new newer newest'], { vocabularySize: 40 }),
    );
    expect(tokenizer.encodePair('Lowest', 'NEW').tokens.filter((token) => token.startsWith('['))).toEqual([
      '[CLS]',
      '[SEP]',
      '[SEP]',
    ]);
    expect(tokenizer.decode(tokenizer.encode('Newest low').ids, { skipSpecialTokens: true })).toBe(
      'newest low',
    );
  });
});

test('options of merging out of range are refused by name, before the corpus is read', async () => {
  const refused = async (options: object, message: string): Promise<void> => {
    for (const train of [trainBytePairEncoding, trainWordPiece])
      await expect(trained(train(['a'], options))).rejects.toThrow(`training options: ${message}`);
  };
  await refused({ leastCount: -1 }, 'leastCount: -1 was given; expected an integer');
  await refused({ limitAlphabet: 0.5 }, 'limitAlphabet: 0.5 was given');
  await refused({ maxTokenLength: Number.NaN }, 'maxTokenLength: NaN was given');
  await refused({ initialAlphabet: ['\ud800'] }, 'initialAlphabet');
  await refused({ firstTokens: [''] }, 'firstTokens');
  await refused({ continuingSubwordPrefix: '#'.repeat(17) }, 'the prefix');
  await expect(trained(trainWordPiece(['a'], { longestWord: -1 }))).rejects.toThrow(
    'longestWord: -1 was given',
  );
  const level = 'words' as 'bytes';
  await expect(trained(trainBytePairEncoding(['a'], { level }))).rejects.toThrow('level: "words" was given');
});

test('marked characters and the alphabet have the ids that the original gives them', async () => {
  const options = {
    vocabularySize: 12,
    specialTokens: ['[UNK]'],
    stages,
    limitAlphabet: 3,
    initialAlphabet: ['z'],
  };
  const tokenizer = await trained(trainWordPiece(['cab', 'cab', 'dab'], options));
  const tokens = Array.from({ length: tokenizer.vocabularySize }, (_, id) => tokenizer.idToToken(id));
  // d is the rarest and falls away, also from its word; z stays unseen.
  expect(tokens).toEqual(['[UNK]', 'a', 'b', 'z', '##a', '##b', '##ab']);
});
