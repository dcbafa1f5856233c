// Equality with the original's trainers: the selection in `golden/` (always), all of its cases where the data folder is.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { type Tokenizer, trained } from '../../src/index.ts';
import { readJson, readText } from '../goldenCases.ts';
import { type GoldenTraining, rerun, tokensOf } from './goldenTrainings.ts';

const data = shared('data/tokenizers/trainers') ?? '';

interface TrainedFile {
  model: { vocab: Record<string, number> | [string, number][]; merges?: [string, string][] };
}

function fileOf(tokenizer: Tokenizer): TrainedFile['model'] {
  return (JSON.parse(tokenizer.toTokenizerJson()) as TrainedFile).model;
}

function checkEncodings(tokenizer: Tokenizer, golden: GoldenTraining): void {
  for (const { text, ids, tokens, error } of golden.encode) {
    if (error !== undefined) expect(() => tokenizer.encode(text)).toThrow('model.unk');
    else {
      const encoding = tokenizer.encode(text);
      expect([[...encoding.ids], encoding.tokens]).toEqual([ids, tokens]);
    }
  }
}

// Order and scores differ from run to run of the original, scores by up to 0.06: see the files' README.
function checkPieces(pieces: [string, number][], expected: [string, number][]): void {
  const scores = new Map(expected);
  expect(pieces.map(([piece]) => piece).sort()).toEqual([...scores.keys()].sort());
  for (const [piece, score] of pieces) expect(Math.abs(score - (scores.get(piece) ?? 0))).toBeLessThan(0.1);
}

// What the files' README says to be stable from run to run.
const isStable = ({ setting: { kind, tr } }: GoldenTraining): boolean =>
  kind === 'WordLevel' ||
  (kind === 'BPE' && tr.continuing_subword_prefix === undefined && tr.end_of_word_suffix === undefined);

describe.skipIf(data === '')(
  `all trainings of the data folder${skipReason('data/tokenizers/trainers')}`,
  () => {
    const lines =
      data === '' ? [] : readText(path.join(data, 'corpus.txt.gz')).replace(/\n$/, '').split('\n');
    const files = data === '' ? [] : readdirSync(data).filter((name) => name.endsWith('.json.gz'));
    for (const name of files) {
      const golden = readJson<GoldenTraining>(path.join(data, name));
      if (golden.setting.kind === 'Unigram') {
        test(`${golden.name} learns the pieces that the original learns`, { timeout: 120_000 }, async () => {
          const { vocab } = fileOf(await trained(rerun(golden, lines)));
          checkPieces(vocab as [string, number][], golden.tokenizer.model.vocab as [string, number][]);
        });
        continue;
      }
      test(`${golden.name} learns what the original learns`, { timeout: 120_000 }, async () => {
        const ordered = !isStable(golden) || golden.name === 'bpe-char-initial-alphabet';
        const tokenizer = await trained(rerun(golden, lines, ordered));
        const model = fileOf(tokenizer);
        expect(model.merges).toEqual(
          golden.setting.kind === 'BPE' ? golden.tokenizer.model.merges : undefined,
        );
        expect(tokensOf({ ...golden, tokenizer: { ...golden.tokenizer, model } })).toEqual(tokensOf(golden));
        checkEncodings(tokenizer, golden);
      });
    }
  },
);
