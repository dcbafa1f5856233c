// The workbench's computations: stages with places, tokenizers cut down to their first merges, granularities in numbers.
import { forAll, forAllAsync } from '@heed/testing';
import { type Merge, readVocabText, type Tokenizer } from '@heed/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GranularityRow,
  granularities,
  granularityRow,
  withBlanks,
} from '../../src/experiments/granularityRow.ts';
import {
  type LearnedVocabulary,
  type MergeLearner,
  type MergeOptions,
  mergeTraining,
  segmentation,
  tokenizerAfter,
} from '../../src/experiments/mergeTraining.ts';
import { mostUnits, stageView } from '../../src/experiments/stageView.ts';
import { paperText } from '../../src/pages/tokens/shippedFiles.ts';

const bert = readVocabText('[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##afford\n##able\ncafe\n!\n注');
const cellsOf = (text: string, stage: string, tokenizer = bert) =>
  stageView(tokenizer, text).stages.find((one) => one.stage === stage)?.cells ?? [];
const texts = fc.array(
  fc.constantFrom('a', 'É', 'e\u0301', ' ', '注', '👩‍🔬', '!', '\n', 'ﬁ', 'unaffordable', '\ud800', '[MASK]'),
  { maxLength: 30 },
);

describe('stages of a text', () => {
  it('are five, each piece with its place, and what the normalizer changed character by character', () => {
    const view = stageView(bert, 'Unaffordable CAFÉ!');
    expect(view.stages.map(({ stage }) => stage)).toEqual([
      ...['normalizer', 'preTokenizer', 'model', 'postProcessor', 'decoder'],
    ]);
    expect(cellsOf('CAFÉ', 'normalizer').map(({ text, start, end }) => [text, start, end])).toEqual([
      ...[
        ['c', 0, 1],
        ['a', 1, 2],
        ['f', 2, 3],
        ['e', 3, 4],
      ],
    ]);
    const { characters, tokens, unknown, added, decoded } = view;
    expect({ characters, tokens, unknown, added, decoded }).toEqual({
      ...{ characters: 18, tokens: 5, unknown: 0, added: 2, decoded: 'unaffordable cafe!' },
    });
    expect(stageView(bert, 'un dos').unknown).toBe(1);
  });

  it('have ranges inside the text, in order, and tokens that cover every character that is no mark or blank', () => {
    forAll([texts], (parts) => {
      const { source, stages, left } = stageView(bert, parts.join(''));
      expect(left).toBe(0);
      for (const { cells } of stages)
        for (const { start, end } of cells) {
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeLessThanOrEqual(source.length);
        }
      const model = stages.find(({ stage }) => stage === 'model')?.cells ?? [];
      let rest = source;
      for (const { start, end } of model.toReversed()) rest = rest.slice(0, start) + rest.slice(end);
      expect(rest.replace(/[\s\p{C}\p{M}\ufffd]/gu, '')).toBe('');
    });
  });

  it('are shown of the first part of a long text, which is not cut inside a character', () => {
    const view = stageView(bert, `a${'👩'.repeat(mostUnits)}`);
    expect(view.source.length).toBe(mostUnits - 1);
    expect(view.source.isWellFormed()).toBe(true);
    expect(view.left).toBe(1 + 2 * mostUnits - view.source.length);
    expect(stageView(bert, '').stages.flatMap(({ cells }) => cells.map(({ text }) => text))).toEqual([
      ...['[CLS]', '[SEP]', '[CLS]', ' [SEP]'],
    ]);
  });
});

const standard: MergeOptions = {
  ...{ vocabularySize: 64, level: 'characters', criterion: 'score', leastCount: 1 },
};
const learn = async (
  learner: MergeLearner,
  lines: readonly string[],
  options: MergeOptions = standard,
): Promise<LearnedVocabulary & { readonly tokenizer: Tokenizer }> => {
  const merges: Merge[] = [];
  for await (const event of mergeTraining(learner, lines, options)) {
    if (event.phase === 'merging') merges.push(event.merge);
    if (event.phase === 'trained')
      return { merges, json: event.tokenizer.toTokenizerJson(), tokenizer: event.tokenizer };
  }
  throw new Error('the training had no end');
};

/** Sennrich et al. 2016, algorithm 1, in plain loops: merges of words that are lists of characters. */
const replay = (word: readonly string[], merges: readonly Merge[]): string[] => {
  let symbols = [...word];
  for (const { left, right, token } of merges) {
    const next: string[] = [];
    for (let k = 0; k < symbols.length; k++)
      if (symbols[k] === left && symbols[k + 1] === right) {
        next.push(token);
        k += 1;
      } else next.push(symbols[k] ?? '');
    symbols = next;
  }
  return symbols;
};

const words = fc.array(fc.stringMatching(/^[abc]{1,7}$/), { minLength: 1, maxLength: 12 });

describe('merges', () => {
  it('of the paper’s four words come as the paper and the score say, and cut “lowest” into low and est', async () => {
    const lines = paperText.split('\n');
    const bpe = await learn('bpe', lines);
    expect(bpe.merges.slice(0, 3).map(({ token, count }) => [token, count])).toEqual([
      ...[
        ['es', 9],
        ['est', 9],
        ['lo', 7],
      ],
    ]);
    expect(segmentation(bpe.tokenizer, 'lowest').tokens).toEqual(['▁low', 'est']);
    const wordPiece = await learn('wordPiece', lines);
    expect(wordPiece.merges[0]).toMatchObject({ left: 'w', right: '##i', count: 3, score: 1 / 3 });
    const cut = segmentation(wordPiece.tokenizer, 'Lowest x');
    expect(cut.tokens).toEqual(['low', '##est', '[UNK]']);
    expect([cut.unknown, cut.decoded, [...cut.offsets]]).toEqual([
      ...[1, 'lowest [UNK]', [0, 3, 3, 6, 7, 8]],
    ]);
    const counted = await learn('wordPiece', lines, { ...standard, criterion: 'count' });
    expect(counted.merges.map(({ count }) => count)[0]).toBe(9);
  });

  it('replayed one after the other cut every word as the tokenizer does that is cut down to them', async () => {
    await forAllAsync(
      [words],
      async (list) => {
        const bpe = await learn('bpe', [list.join(' ')]);
        for (let count = 0; count <= bpe.merges.length; count++) {
          const tokenizer = tokenizerAfter(bpe, count);
          for (const word of list)
            expect(segmentation(tokenizer, word).tokens).toEqual(
              replay(['▁', ...word], bpe.merges.slice(0, count)),
            );
        }
      },
      { runs: 20 },
    );
  });

  it('cut down to all of them, both tokenizers are what training gave; to none, all characters', async () => {
    await forAllAsync(
      [words],
      async (list) => {
        for (const [learner, level] of [
          ['bpe', 'characters'],
          ['bpe', 'bytes'],
          ['wordPiece', 'characters'],
        ] as const) {
          const vocabularySize = level === 'bytes' ? 300 : 40;
          const learned = await learn(learner, [list.join(' ')], { ...standard, level, vocabularySize });
          const [all, none] = [tokenizerAfter(learned, learned.merges.length), tokenizerAfter(learned, 0)];
          expect(all.vocabularySize).toBe(learned.tokenizer.vocabularySize);
          for (const word of list) {
            const whole = segmentation(all, word);
            expect(whole.tokens).toEqual(segmentation(learned.tokenizer, word).tokens);
            expect(whole.decoded).toBe(word);
            const { offsets } = segmentation(none, word);
            for (let k = 0; k < offsets.length; k += 2)
              expect((offsets[k + 1] ?? 0) - (offsets[k] ?? 0)).toBeLessThanOrEqual(1);
          }
        }
      },
      { runs: 15 },
    );
  });
});

describe('granularities', () => {
  it('of a text that one can count by hand', async () => {
    const corpus = { train: ['the low the lower'], test: ['the tower'] };
    const [characters, coarse] = [
      await granularityRow('characters', corpus, { vocabularySize: 100 }),
      await granularityRow('words', corpus, { vocabularySize: 100 }),
    ];
    expect(characters.report).toMatchObject({ tokens: 9, words: 2, fertility: 4.5, oovRate: 0 });
    expect(coarse.report).toMatchObject({ tokens: 2, fertility: 1, oovRate: 0.5 });
    expect(coarse.vocabulary).toBe(5);
  });

  it('lie between characters and words, bytes know everything, and a small size refuses no character', async () => {
    const train = Array.from(
      { length: 60 },
      (_, k) => `the ${k} of ${'abcdefgh'.slice(k % 7)} and the rest 注意`,
    );
    const test = ['the rest of them all Ω', 'and 注意力'];
    const rows: GranularityRow[] = [];
    for (const granularity of granularities)
      rows.push(await granularityRow(granularity, { train, test }, { vocabularySize: 20 }));
    const of = (name: string) => rows.find(({ granularity }) => granularity === name);
    expect(rows.map(({ granularity }) => granularity)).toEqual([...granularities]);
    expect(of('bytes')?.report.oovRate).toBe(0);
    expect(of('bytes')?.vocabulary).toBe(256);
    expect(of('unigram')?.vocabulary).toBeGreaterThan(20);
    for (const name of ['bpe', 'wordPiece'] as const) {
      const length = (await granularityRow(name, { train, test }, { vocabularySize: 200 })).report.length
        .mean;
      expect(length).toBeLessThan(of('characters')?.report.length.mean ?? 0);
      expect(length).toBeGreaterThanOrEqual(of('words')?.report.length.mean ?? 0);
    }
  });

  it('end when they are told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const corpus = { train: ['a b a b'], test: ['a'] };
    for (const granularity of ['bytes', 'bpe', 'wordPiece', 'unigram'] as const)
      await expect(granularityRow(granularity, corpus, { vocabularySize: 300, signal })).rejects.toThrow(
        'enough',
      );
  });

  it('see words where a script has no blanks', () => {
    expect(withBlanks('我喜欢学习。', 'zh').split(' ')).toContain('学习');
    expect(withBlanks('我喜欢学习。', 'zh').replaceAll(' ', '')).toBe('我喜欢学习。');
  });
});
