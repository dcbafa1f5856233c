// Equality with the original's trainers: the selection in `golden/` (always), all of its cases where the data folder is.
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { shared, skipReason } from '@heed/testing';
import { describe, expect, test } from 'vitest';
import { type Tokenizer, trained } from '../../src/index.ts';
import { readJson, readText } from '../goldenCases.ts';
import { type GoldenTraining, rerun, tokensOf } from './goldenTrainings.ts';

const data = shared('data/tokenizers/trainers') ?? '';

type Model = GoldenTraining['tokenizer']['model'];

function modelOf(tokenizer: Tokenizer): Model {
  return (JSON.parse(tokenizer.toTokenizerJson()) as { model: Model }).model;
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

// Where chance decides in the original: the order of marked characters, and which rare ones a limit leaves out.
const isByChance = ({ setting: { kind, tr } }: GoldenTraining): boolean =>
  kind === 'WordPiece' ||
  tr.continuing_subword_prefix !== undefined ||
  tr.end_of_word_suffix !== undefined ||
  tr.limit_alphabet !== undefined;

async function check(golden: GoldenTraining, lines: readonly string[]): Promise<void> {
  const tokenizer = await trained(rerun(golden, lines, isByChance(golden)));
  const model = modelOf(tokenizer);
  if (golden.setting.kind === 'Unigram') {
    checkPieces(model.vocab as [string, number][], golden.tokenizer.model.vocab as [string, number][]);
    return;
  }
  expect(model.merges).toEqual(golden.setting.kind === 'BPE' ? golden.tokenizer.model.merges : undefined);
  expect(tokensOf({ ...golden, tokenizer: { ...golden.tokenizer, model } })).toEqual(tokensOf(golden));
  checkEncodings(tokenizer, golden);
}

describe('the selection of this repository', () => {
  const { lines, trainings } = readJson<{ lines: string[]; trainings: GoldenTraining[] }>(
    path.join(import.meta.dirname, '../golden/trainings.json.gz'),
  );
  test.each(trainings.map((golden): [string, GoldenTraining] => [golden.name, golden]))(
    '%s learns what the original learns',
    (_, golden) => check(golden, lines),
  );
});

describe.skipIf(data === '')(
  `all trainings of the data folder${skipReason('data/tokenizers/trainers')}`,
  () => {
    const lines =
      data === '' ? [] : readText(path.join(data, 'corpus.txt.gz')).replace(/\n$/, '').split('\n');
    const files = data === '' ? [] : readdirSync(data).filter((name) => name.endsWith('.json.gz'));
    test.each(files)('%s learns what the original learns', { timeout: 120_000 }, (name) =>
      check(readJson<GoldenTraining>(path.join(data, name)), lines),
    );
  },
);
