import { forAllAsync } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  readTokenizerJson,
  type TrainingEvent,
  textFiles,
  trainBytePairEncoding,
  trained,
  trainUnigram,
  trainWordLevel,
  trainWordPiece,
} from '../../src/index.ts';
import { suffixOrder } from '../../src/trainers/suffixOrder.ts';
import { digamma } from '../../src/trainers/unigramFit.ts';

const texts = Array.from({ length: 40 }, (_, k) => `the ${k} lowest of the lower ones, number ${k * 7}`);
const trainers = [
  ['trainBytePairEncoding', trainBytePairEncoding],
  ['trainWordPiece', trainWordPiece],
  ['trainUnigram', trainUnigram],
  ['trainWordLevel', trainWordLevel],
] as const;

describe.each(trainers)('%s', (_, train) => {
  test('tells its course and ends with a tokenizer that a tokenizer.json can say', async () => {
    const events: TrainingEvent[] = [];
    for await (const event of train(texts, { vocabularySize: 300 })) events.push(event);
    expect(events[0]).toMatchObject({ phase: 'counting', done: 40 });
    for (const { done, total } of events) if (total !== undefined) expect(done).toBeLessThanOrEqual(total);
    const last = events.at(-1);
    if (last?.phase !== 'trained') throw new Error('no end');
    expect(last.tokenizer.vocabularySize).toBe(last.done);
    const again = readTokenizerJson(last.tokenizer.toTokenizerJson());
    for (const text of texts) expect(again.encode(text)).toEqual(last.tokenizer.encode(text));
  });

  test('learns the same each time', async () => {
    const [once, twice] = [await trained(train(texts, {})), await trained(train(texts, {}))];
    expect(once.toTokenizerJson()).toBe(twice.toTokenizerJson());
  });

  test('learns nothing but special tokens and alphabet from nothing', async () => {
    for (const corpus of [[], [''], [' ']])
      expect((await trained(train(corpus, { specialTokens: ['[UNK]', '<s>'] }))).tokenToId('<s>')).toBe(1);
  });

  test('ends with the reason of its signal, wherever it is', async () => {
    const stop = new AbortController();
    const training = train(texts, { vocabularySize: 300, signal: stop.signal });
    expect((await training.next()).done).toBe(false);
    stop.abort(new Error('enough'));
    await expect(trained(training)).rejects.toThrow('enough');
    await expect(trained(train(texts, { signal: AbortSignal.abort(new Error('never')) }))).rejects.toThrow(
      'never',
    );
  });

  test('closes the corpus when its loop is left', async () => {
    let closed = false;
    async function* endless(): AsyncGenerator<string> {
      try {
        for (;;) yield 'more and more';
      } finally {
        closed = true;
      }
    }
    for await (const { phase } of train(endless(), {})) if (phase === 'counting') break;
    expect(closed).toBe(true);
  });

  test('refuses what is no corpus and options out of range', async () => {
    const refused = async (corpus: unknown, options: object, message: string): Promise<void> =>
      expect(trained(train(corpus as string[], options))).rejects.toThrow(message);
    await refused('a text', {}, 'corpus: a value of type string was given');
    await refused(null, {}, 'corpus: null was given');
    await refused({}, {}, 'corpus: a value of type object was given');
    await refused(['a', 7], {}, 'corpus: text 1 is of type number');
    await refused(texts, { vocabularySize: 1.5 }, 'training options: vocabularySize: 1.5 was given');
    await refused(texts, { specialTokens: [''] }, 'training options: specialTokens');
    await refused(texts, { stages: { pre_tokenizer: { type: 'Nothing' } } }, 'stages.pre_tokenizer');
    await refused(texts, { stages: { decoder: { type: 'Nothing' } } }, 'stages.decoder');
  });
});

describe('trainUnigram', () => {
  test('gives decode(encode(text)) = text, and every character of the corpus a piece', async () => {
    const tokenizer = await trained(trainUnigram(texts, { vocabularySize: 80 }));
    for (const text of texts) expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
    for (const character of new Set(texts.join('').replaceAll(' ', '▁')))
      expect(tokenizer.tokenToId(character)).toBeDefined();
  });

  test('refuses a vocabulary that the characters do not fit into, saying how large it has to be', async () => {
    await expect(trained(trainUnigram(['abcdef'], { vocabularySize: 4 }))).rejects.toThrow(
      'vocabularySize: 4 was given; expected at least 8, since the corpus has 7 different characters',
    );
  });

  test('loses less with each step of fitting between two prunings', async () => {
    const losses: number[] = [];
    for await (const event of trainUnigram(texts, { vocabularySize: 300, subIterations: 6 }))
      if (event.phase === 'fitting') losses.push(event.loss);
    // The first step, which drops most of the seeds, begins with weights that are no probabilities of the model.
    for (let k = 2; k < 6; k++) expect(losses[k]).toBeLessThan((losses[k - 1] ?? 0) + 0.05);
  });
});

describe('textFiles', () => {
  const encoder = new TextEncoder();
  const folder = (files: Record<string, string>, sizes: boolean) => ({
    read: (file: string, { ranges }: { ranges?: readonly (readonly [number, number])[] } = {}) => {
      const bytes = encoder.encode(files[file]);
      const [begin, end] = ranges?.[0] ?? [0, bytes.length];
      return Promise.resolve(bytes.subarray(begin, end));
    },
    size: (file: string) => Promise.resolve(sizes ? encoder.encode(files[file]).length : undefined),
  });

  test.each([true, false])('gives the lines of files with their ends (sizes known: %s)', async (sizes) => {
    const long = 'é😀'.repeat(400_000); // more than one part, parts within characters
    const lines: string[] = [];
    for await (const line of textFiles(
      folder({ a: `\ufeffone\r\ntwo\n\nthree`, b: `${long}\n${long}` }, sizes),
      ['a', 'b'],
    ))
      lines.push(line);
    expect(lines).toEqual(['one\r\n', 'two\n', '\n', 'three', `${long}\n`, long]);
  });

  test('refuses what is not UTF-8, by name', async () => {
    const broken = { read: () => Promise.resolve(Uint8Array.of(0x61, 0xff)) };
    await expect(trained(trainWordLevel(textFiles(broken, ['x.txt'])))).rejects.toThrow(
      'textFiles: x.txt: bytes that are not UTF-8',
    );
  });
});

describe('suffixOrder', () => {
  test('orders places as comparing them symbol by symbol does', async () => {
    await forAllAsync(
      [fc.array(fc.constantFrom(0, 1, 2, 900), { maxLength: 60 }), fc.integer({ min: 1, max: 20 })],
      async (symbols, depth) => {
        const order = [...suffixOrder(Int32Array.from(symbols), depth)];
        const key = (place: number): string =>
          String.fromCharCode(...symbols.slice(place, place + depth).map((symbol) => symbol + 1));
        expect([...order].sort((a, b) => a - b)).toEqual([...symbols.keys()]);
        for (let k = 1; k < order.length; k++)
          expect(key(order[k - 1] ?? 0) <= key(order[k] ?? 0)).toBe(true);
      },
    );
  });
});

describe('digamma', () => {
  test('has the known values and grows by 1/x', () => {
    expect(digamma(1)).toBeCloseTo(-0.5772156649, 9);
    expect(digamma(0.5)).toBeCloseTo(-1.963510026, 9);
    for (const x of [0.5, 3.25, 100]) expect(digamma(x + 1) - digamma(x)).toBeCloseTo(1 / x, 9);
  });
});
