// Streams of ids: they give what decoding all ids gives, whatever the decoder, and never half a character.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { forAll, shared, skipReason } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTokenizerJson, type Tokenizer } from '../src/index.ts';
import { type BatchFile, checkStreams } from './goldenBatches.ts';
import { type ComponentFile, readJson, readText } from './goldenCases.ts';

const here = path.join(import.meta.dirname, 'golden');
const data = shared('data/tokenizers') ?? '';

function streamed(tokenizer: Tokenizer, ids: readonly number[], skipSpecialTokens = false): string[] {
  const stream = tokenizer.decodeStream({ skipSpecialTokens });
  return [...ids.map((id) => stream.push(id)), stream.end()];
}

// A tokenizer with these tokens as ids 0, 1, 2, …
function decoding(decoder: unknown, tokens: readonly string[]): Tokenizer {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return readTokenizerJson(JSON.stringify({ decoder, model: { type: 'WordLevel', unk_token: '?', vocab } }));
}

describe('equality with the original', () => {
  const file = readJson<BatchFile>(path.join(here, 'bert-batches.json.gz'));
  const bert = readTokenizerJson(
    JSON.stringify(readJson<{ tokenizer: unknown }>(path.join(here, 'bert-base-uncased.json.gz')).tokenizer),
  );

  test('every part of a stream of BERT is that of the original', () => {
    expect(checkStreams(bert, file, { sameParts: true })).toEqual([]);
  });

  test('cleaning up takes out the blanks that the original takes out', () => {
    expect(file.decode.length).toBeGreaterThan(0);
    for (const { ids, text_skip_cleaned } of file.decode)
      expect(bert.decode(ids, { skipSpecialTokens: true, cleanUp: true })).toBe(text_skip_cleaned);
  });

  describe.skipIf(data === '')(`the whole data folder${skipReason('data/tokenizers')}`, () => {
    test.each([
      ['bert-base-chinese/tokenizer.json.gz', true],
      ['opus-mt-en-mg/tokenizer.json.gz', true],
      ['albert/tokenizer.json.gz', true],
      ['gpt2/tokenizer.json.gz', true],
      ['clip/tokenizer.json.gz', true],
      ['mistral/tokenizer.json.gz', true],
      ['mistral-metaspace/tokenizer.json.gz', true],
    ] as const)('%s streams what it decodes, part by part', { timeout: 60_000 }, (name, sameParts) => {
      const tokenizer = readTokenizerJson(readText(path.join(data, name)));
      const golden = readJson<BatchFile>(path.join(data, path.dirname(name), 'expected.json.gz'));
      expect(checkStreams(tokenizer, golden, { sameParts })).toEqual([]);
    });
  });
});

const tokens = [
  '▁',
  '▁a',
  'b',
  'a',
  ' ',
  '',
  '##a',
  '.',
  "'s",
  '<0xE4>',
  '<0xB8>',
  '<0xAD>',
  '<0x41>',
  '<0xFF>',
  '\ufffd',
  '中',
  'Ġ',
  'ä',
  '¸',
  'Ń',
  'H</w>',
  '<pad>',
  '|',
  'A',
  '丸',
  '䭸',
  '䭭',
];

// The ids whose text a stream gives: in a run of bytes that is not UTF-8 the characters before the first wrong byte stay.
function settled(tokenizer: Tokenizer, ids: readonly number[]): number[] {
  if (tokenizer.decode([12]) !== 'A') return [...ids];
  const spelled: number[] = [];
  for (let at = 0; at < ids.length; ) {
    let end = at;
    while (end < ids.length && /^<0x/.test(tokens[ids[end] ?? 0] ?? '')) end += 1;
    const run = ids.slice(at, Math.max(end, at + 1));
    const whole = /^(?:<0x41>|<0xE4>(?:<0xB8>|<0xAD>){2})*/.exec(
      run.map((id) => tokens[id] ?? '').join(''),
    )?.[0];
    const bytes = [...(whole ?? '').matchAll(/0x(..)/g)].map(([, digits]) =>
      Number.parseInt(digits ?? '', 16),
    );
    const broken = bytes.length < run.length;
    if (broken)
      for (const character of new TextDecoder().decode(Uint8Array.from(bytes)))
        spelled.push(tokens.indexOf(character));
    spelled.push(...(broken ? run.slice(bytes.length) : run));
    at = Math.max(end, at + 1);
  }
  return spelled;
}

const decoders = readdirSync(here).includes('components.json.gz')
  ? readJson<ComponentFile[]>(path.join(here, 'components.json.gz')).filter(
      ({ group }) => group === 'decoders',
    )
  : [];

describe('any ids', () => {
  test.each(
    decoders.map(({ name, tokenizer }) => [name, (tokenizer as { decoder?: unknown }).decoder] as const),
  )('give with the decoder %s what decoding them at once gives', (_, decoder) => {
    const tokenizer = decoding(decoder, tokens);
    const bytes = fc.constantFrom(9, 10, 11, 12, 13);
    const character = fc.constantFrom([9, 10, 11], [12]);
    const some = fc.oneof(
      fc.nat(tokens.length).map((id) => [id]),
      bytes.map((id) => [id]),
      character,
    );
    forAll([fc.array(some, { maxLength: 20 })], (lists) => {
      const ids = lists.flat();
      expect(streamed(tokenizer, ids).join('')).toBe(tokenizer.decode(settled(tokenizer, ids)));
    });
  });

  test('with two marks to strip in front of joined text, too', () => {
    const sequence = [
      { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
      { type: 'ByteFallback' },
      { type: 'Fuse' },
      { type: 'Strip', content: ' ', start: 2, stop: 0 },
    ];
    const tokenizer = decoding({ type: 'Sequence', decoders: sequence }, tokens);
    forAll(
      [fc.array(fc.nat(12), { maxLength: 12 })],
      (ids) => {
        expect(streamed(tokenizer, ids).join('')).toBe(tokenizer.decode(settled(tokenizer, ids)));
      },
      { runs: 500 },
    );
  });

  test('with patterns that reach across joined tokens give everything at the end', () => {
    const sequence = [{ type: 'Fuse' }, { type: 'Replace', pattern: { String: 'ab' }, content: 'c' }];
    const tokenizer = decoding({ type: 'Sequence', decoders: sequence }, tokens);
    expect(streamed(tokenizer, [3, 2, 3])).toEqual(['', '', '', 'ca']);
  });
});

describe('a stream', () => {
  test('holds bytes back until their character is whole', () => {
    const tokenizer = decoding({ type: 'ByteLevel' }, tokens);
    expect(streamed(tokenizer, [16, 17, 18, 19, 3])).toEqual([' ', '', '', '中', 'a', '']);
  });

  test('of byte tokens gives every character with its last byte', () => {
    const tokenizer = decoding({ type: 'ByteFallback' }, tokens);
    expect(streamed(tokenizer, [9, 10, 11, 12, 9, 10, 11, 3])).toEqual([
      '',
      '',
      '中',
      'A',
      '',
      '',
      '中',
      'a',
      '',
    ]);
  });

  test('of byte tokens makes U+FFFD of wrong bytes after a character, and of them only', () => {
    const tokenizer = decoding({ type: 'ByteFallback' }, tokens);
    expect(streamed(tokenizer, [9, 10, 11, 13, 9, 3])).toEqual(['', '', '中', '', '', '\ufffd\ufffda', '']);
  });

  test('gives what is left of a broken character at the end, and begins anew', () => {
    const tokenizer = decoding({ type: 'ByteFallback' }, tokens);
    const stream = tokenizer.decodeStream();
    expect([stream.push(9), stream.push(10), stream.end(), stream.end()]).toEqual([
      '',
      '',
      '\ufffd\ufffd',
      '',
    ]);
    expect(stream.push(3) + stream.end()).toBe('a');
  });

  test.each(['ByteLevel', 'ByteFallback'])(
    'of %s is quick for long runs of broken bytes, and exact',
    (type) => {
      const tokenizer = decoding({ type }, tokens);
      for (const broken of [17, 13, 14]) {
        const ids = [3, ...new Array<number>(30_000).fill(broken), 3];
        const parts = streamed(tokenizer, ids);
        expect(parts.join('') === tokenizer.decode(ids)).toBe(true);
        expect(parts.at(-2)).toMatch(/a$/);
      }
    },
  );

  test('passes over ids without a token', () => {
    const tokenizer = decoding({ type: 'Fuse' }, tokens);
    expect(streamed(tokenizer, [99, -1, 3, 0.5])).toEqual(['', '', 'a', '', '']);
  });
});
