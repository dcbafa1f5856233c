// Dropped files: which are tokenizers, of which form, and what they cut a text into.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { holdsTokens, recognizeTokens } from '../../src/model/droppedTokenizer.ts';
import { readTokenizerFiles } from '../../src/model/readTokenizerFiles.ts';
import { tokenizerBench } from '../../src/model/tokenizerBench.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const readText = (files: Readonly<Record<string, string>>) =>
  readTokenizerFiles(new Map(Object.entries(files).map(([name, text]) => [name, bytes(text)])));
const publicFile = (name: string): string =>
  readFileSync(path.resolve(import.meta.dirname, '../../public', name), 'utf8');
const dropped = (name: string, text: string) => ({ path: name, file: new File([text], name) });

const vocab = '[UNK]\n[CLS]\n[SEP]\nun\n##do\n';
const ranks = Array.from({ length: 256 }, (_, k) => `${btoa(String.fromCharCode(k))} ${k}\n`).join('');

describe('readTokenizerFiles', () => {
  it('knows each form by its name, and by its content where the name says nothing', () => {
    const { tokenizer, form, file } = readText({ 'm/vocab.txt': vocab, 'm/README.md': 'x' });
    expect([form, file]).toEqual(['vocab.txt', 'm/vocab.txt']);
    expect(tokenizer.encode('Undo').tokens).toEqual(['[CLS]', 'un', '##do', '[SEP]']);
    const json = readText({ 'vocab.txt': vocab }).tokenizer.toTokenizerJson();
    expect(readText({ 'tokenizer.json': json, 'vocab.txt': 'x', 'tokenizer_config.json': '{}' }).form).toBe(
      'tokenizer.json',
    );
    expect(readText({ 'mine.json': json }).form).toBe('tokenizer.json');
    expect(readText({ 'vocab.json': '{"a":0,"b":1,"ab":2}', 'merges.txt': 'a b\n' }).form).toBe(
      'vocab.json + merges.txt',
    );
    for (const name of ['x.tiktoken', 'x.txt']) expect(readText({ [name]: ranks }).form).toBe('tiktoken');
    const pieces = JSON.stringify(Array.from({ length: 8 }, (_, k) => [`▁${k}`, -k]));
    expect(readText({ 'vocab.json': pieces }).form).toBe('vocab.json');
  });

  it('lowers letters as the folder says, else where no token is a capitalized word', () => {
    const cased = `${vocab}Undo\n`;
    const first = (files: Readonly<Record<string, string>>) =>
      readText(files).tokenizer.encode('Undo').tokens[1];
    expect(first({ 'vocab.txt': cased })).toBe('Undo');
    expect(first({ 'vocab.txt': cased, 'tokenizer_config.json': '{"do_lower_case": true}' })).toBe('un');
    expect(first({ 'vocab.txt': vocab, 'tokenizer_config.json': '{"do_lower_case": false}' })).toBe('[UNK]');
  });

  it('says what it was given when nothing of it is a tokenizer', () => {
    expect(() => readText({ 'a.png': 'x', 'b.csv': 'y' })).toThrow(
      /among a\.png, b\.csv: expected tokenizer\.json/,
    );
    expect(() => readText({})).toThrow(/no files/);
    expect(() => readText({ 'tokenizer.json': '{' })).toThrow();
  });

  it('takes GPT-2’s ids from its merges alone: 50257 tokens, the text back byte by byte', () => {
    const { tokenizer, form } = readText({ 'gpt2-merges.txt': publicFile('tokenizers/gpt2-merges.txt') });
    expect([form, tokenizer.vocabularySize]).toEqual(['merges.txt', 50_257]);
    // openai/gpt-2's own ids of these words
    expect([...tokenizer.encode('Hello world<|endoftext|>').ids]).toEqual([15496, 995, 50256]);
    const text = 'naïve 注意力 👩‍🔬\n\t!';
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
  });

  const folder = shared('data/tokenizers');
  it.skipIf(folder === undefined)(
    `reads real files of all forms${skipReason('data/tokenizers')}`,
    { timeout: 60_000 },
    () => {
      const file = (name: string) => {
        const found = readFileSync(path.join(folder ?? '', name));
        return name.endsWith('.gz') ? gunzipSync(found) : found;
      };
      const forms = [
        [{ 'tokenizer.model': file('mistral/tokenizer.model') }, 'SentencePiece', 32_000],
        [
          {
            'source.spm': file('opus-mt-en-mg/source.spm'),
            'vocab.json': file('opus-mt-en-mg/vocab.json.gz'),
          },
          'Marian',
          0,
        ],
        [{ 'any.tiktoken': file('tiktoken-cl100k_base/cl100k_base.tiktoken.gz') }, 'tiktoken', 100_261],
        [{ 'tokenizer.json': file('albert/tokenizer.json.gz') }, 'tokenizer.json', 30_000],
        [{ 'vocab.txt': file('bert-base-chinese/vocab.txt') }, 'vocab.txt', 21_128],
      ] as const;
      for (const [files, form, size] of forms) {
        const read = readTokenizerFiles(new Map(Object.entries(files)));
        expect(read.form).toBe(form);
        if (size > 0) expect(read.tokenizer.vocabularySize).toBe(size);
      }
    },
  );
});

describe('what is dropped', () => {
  it('is for the workbench if it is a tokenizer or a text, and for the model pages if it holds a model', () => {
    const holds = (...names: readonly string[]) => holdsTokens(names.map((name) => dropped(name, '')));
    expect(holds('m/tokenizer.json')).toBe(true);
    expect(holds('tokenizer.model')).toBe(true);
    expect(holds('cl100k_base.tiktoken')).toBe(true);
    expect(holds('m/config.json', 'm/model.safetensors', 'm/tokenizer.json', 'm/vocab.txt')).toBe(false);
    expect(holds('photo.png')).toBe(false);
  });

  it('is a text to learn from if it is one .txt that begins like no vocabulary', async () => {
    const kind = async (name: string, text: string) =>
      (await recognizeTokens({ name, files: [dropped(name, text)] })).kind;
    expect(await kind('novel.txt', 'It was a dark night.\nAnd cold.')).toBe('text');
    expect(await kind('vocab.txt', vocab)).toBe('tokenizer');
    expect(await kind('merges.txt', '#version: 0.2\nĠ t\n')).toBe('tokenizer');
    expect(await kind('ranks.txt', ranks)).toBe('tokenizer');
    expect(await kind('tokenizer.json', '{}')).toBe('tokenizer');
  });
});

describe('the bench', () => {
  const context = () => {
    const controller = new AbortController();
    return { controller, signal: controller.signal, tell: () => undefined };
  };
  const options = { vocabularySize: 64, level: 'characters', criterion: 'score', leastCount: 1 } as const;
  const corpus = { kind: 'text', text: 'low lower\n\nlowest low' } as const;

  it('opens files, learns merges, and looks at a tokenizer as it was after some of them', async () => {
    const bench = tokenizerBench();
    expect(() => bench.stages('x', context())).toThrow(/open one first/);
    const files = [dropped('vocab.txt', vocab)];
    const info = await bench.tokenizer({ kind: 'files', files }, context());
    expect(info).toMatchObject({ form: 'vocab.txt', vocabularySize: 5 });
    await expect(async () =>
      bench.segment({ learner: 'bpe', merges: 0, text: '' }, context()),
    ).rejects.toThrow(/train first/);
    const told: number[] = [];
    const result = await bench.learnMerges(
      { learner: 'bpe', corpus, options },
      { ...context(), tell: ({ merges }) => void told.push(merges.length) },
    );
    expect(result).toMatchObject({ tokens: 4, characters: 17 });
    const count = told.reduce((sum, one) => sum + one, 0);
    const last = await bench.segment({ learner: 'bpe', merges: count, text: 'lowest' }, context());
    expect(last.tokens).toEqual(['▁lowest']);
    await bench.tokenizer({ kind: 'learned', learner: 'bpe', merges: 2 }, context());
    const model = (await bench.stages('low', context())).stages.find(({ stage }) => stage === 'model');
    expect(model?.cells.map(({ text }) => text)).toEqual(['▁lo', 'w']);
    const json = JSON.parse(await bench.tokenizerJson({ learner: 'bpe', merges: 2 }, context())) as {
      model: { merges: unknown[] };
    };
    expect(json.model.merges.length).toBe(2);
  });

  it('holds out every tenth line of a text of one part, and ends when cancelled', async () => {
    const text = Array.from({ length: 40 }, (_, k) => `line ${k} of some text`).join('\n');
    const input = {
      ...{ train: { kind: 'text' as const, text }, test: undefined, language: undefined },
      vocabularySize: 300,
    };
    const rows: string[] = [];
    const counted = await tokenizerBench().granularity(input, {
      ...context(),
      tell: ({ granularity }) => void rows.push(granularity),
    });
    expect(counted).toEqual({ train: 36, test: 4 });
    expect(rows.length).toBe(6);
    const { controller, ...rest } = context();
    controller.abort();
    await expect(async () => tokenizerBench().granularity(input, rest)).rejects.toThrow();
    await expect(async () =>
      tokenizerBench().learnMerges({ learner: 'wordPiece', corpus, options }, rest),
    ).rejects.toThrow();
  });
});
