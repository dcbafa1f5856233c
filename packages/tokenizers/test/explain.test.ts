import path from 'node:path';
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTokenizerJson, readVocabText } from '../src/index.ts';
import { readJson } from './goldenCases.ts';

const bert = readTokenizerJson(
  JSON.stringify(
    readJson<{ tokenizer: unknown }>(path.join(import.meta.dirname, 'golden/bert-base-uncased.json.gz'))
      .tokenizer,
  ),
);
const tiny = readVocabText('[UNK]\n[CLS]\n[SEP]\n[MASK]\ncafe\n##s\n!');

describe('explain', () => {
  test('shows the text after each of the five stages, with the place of every piece', () => {
    const { source, stages } = tiny.explain('Cafés [MASK]!');
    expect(source).toBe('Cafés [MASK]!');
    const shown = stages.map(({ stage, pieces }) => [
      stage,
      pieces.map(({ text, start, end }) => `${text}@${start}-${end}`),
    ]);
    expect(shown).toEqual([
      ['normalizer', ['cafes @0-6', '[MASK]@6-12', '!@12-13']],
      ['preTokenizer', ['cafes@0-5', '[MASK]@6-12', '!@12-13']],
      ['model', ['cafe@0-4', '##s@4-5', '[MASK]@6-12', '!@12-13']],
      ['postProcessor', ['[CLS]@0-0', 'cafe@0-4', '##s@4-5', '[MASK]@6-12', '!@12-13', '[SEP]@0-0']],
      ['decoder', ['[CLS]@0-0', ' cafe@0-4', 's@4-5', ' [MASK]@6-12', '!@12-13', ' [SEP]@0-0']],
    ]);
    expect(stages[2]?.pieces.map(({ id }) => id)).toEqual([4, 5, 3, 6]);
  });

  test('gives the place of every character before the model', () => {
    const [normalizer] = tiny.explain('ﬁÉ').stages;
    expect(normalizer?.pieces.map(({ text }) => text)).toEqual(['ﬁe']);
    expect([...(normalizer?.pieces[0]?.characters ?? [])]).toEqual([0, 1, 1, 2]);
  });

  test('agrees with encode and decode for any text', () => {
    forAll(
      [fc.string({ unit: fc.constantFrom('a', ' ', 'é', '中', '😀', '[MASK]', '\ud800', 'ing', '!') })],
      (text) => {
        const { stages, encoding } = bert.explain(text, { addSpecialTokens: false });
        const { ids, offsets } = bert.encode(text, { addSpecialTokens: false });
        expect([...encoding.ids]).toEqual([...ids]);
        for (const stage of stages.slice(2, 4)) {
          expect(stage.pieces.map(({ id }) => id)).toEqual([...ids]);
          expect(stage.pieces.flatMap(({ start, end }) => [start, end])).toEqual([...offsets]);
        }
        expect(stages[4]?.pieces.map((piece) => piece.text).join('')).toBe(bert.decode(ids));
      },
    );
  });

  test('a decoder that joins its tokens gives one piece over all of them', () => {
    const model = { type: 'WordLevel', unk_token: '?', vocab: { '?': 0, a: 1, b: 2 } };
    const stages = { pre_tokenizer: { type: 'WhitespaceSplit' }, decoder: { type: 'Fuse' } };
    const tokenizer = readTokenizerJson(JSON.stringify({ ...stages, model }));
    expect(tokenizer.explain(' a b').stages[4]?.pieces).toEqual([{ text: 'ab', start: 1, end: 4 }]);
    expect(tokenizer.explain('').stages[4]?.pieces).toEqual([]);
  });
});
