// The tokenizer workbench's side of the Worker: the tokenizer that is looked at, the two that learn, the table of granularities.

import type { Merge, Tokenizer } from '@heed/tokenizers';
import { granularities, granularityRow, withBlanks } from '../experiments/granularityRow.ts';
import {
  type LearnedVocabulary,
  type MergeLearner,
  mergeTraining,
  segmentation,
  tokenizerAfter,
} from '../experiments/mergeTraining.ts';
import { stageView } from '../experiments/stageView.ts';
import type { Calls, CorpusSource, TokenizerSource } from '../protocol.ts';
import { nextTurn } from './nextTurn.ts';
import { type FileBytes, readTokenizerFiles } from './readTokenizerFiles.ts';

/** The calls that are answered here. */
type Name = 'tokenizer' | 'stages' | 'tokenizerJson' | 'learnMerges' | 'segment' | 'granularity';

/** Answers to them. */
export type TokenizerBench = {
  readonly [Call in Name]: (
    input: Calls[Call]['input'],
    context: { readonly signal: AbortSignal; tell(event: Calls[Call]['event']): void },
  ) => Promise<Calls[Call]['result']> | Calls[Call]['result'];
};

/** Merges are told together, about so many milliseconds apart. */
const sliceMilliseconds = 50;
/** Files that are no tokenizer can be very large. */
const mostBytes = 4e8;

const fetched = async (url: string, signal: AbortSignal): Promise<Uint8Array> => {
  const response = await fetch(url, { signal });
  if (!response.ok)
    throw new Error(`${url}: the server answered ${response.status}. Is the page's folder whole?`);
  return new Uint8Array(await response.arrayBuffer());
};

const bytesOf = async (
  source: Exclude<TokenizerSource, { kind: 'learned' }>,
  signal: AbortSignal,
): Promise<FileBytes> => {
  if (source.kind === 'address') {
    const name = source.url.split('/').at(-1) ?? source.url;
    return new Map([[name, await fetched(source.url, signal)]]);
  }
  const size = source.files.reduce((sum, { file }) => sum + file.size, 0);
  if (size > mostBytes)
    throw new Error(`The files have ${size} bytes; no tokenizer has more than ${mostBytes}.`);
  const files = new Map<string, Uint8Array>();
  for (const { path, file } of source.files) files.set(path, new Uint8Array(await file.arrayBuffer()));
  return files;
};

/** The lines of a corpus; of a table, its first column. */
const linesOf = async (source: CorpusSource, signal: AbortSignal): Promise<string[]> => {
  const text =
    source.kind === 'text' ? source.text : new TextDecoder().decode(await fetched(source.url, signal));
  const table = source.kind === 'address' && source.url.endsWith('.tsv');
  return text
    .split('\n')
    .map((line) => (table ? (line.split('\t')[0] ?? '') : line))
    .filter((line) => line.trim() !== '');
};

/** Every tenth line is held out. */
const split = (lines: readonly string[]): { train: string[]; test: string[] } => ({
  train: lines.filter((_, index) => index % 10 !== 9),
  test: lines.filter((_, index) => index % 10 === 9),
});

/** A fresh bench. */
export const tokenizerBench = (): TokenizerBench => {
  const learned = new Map<MergeLearner, LearnedVocabulary>();
  const lastCut = new Map<MergeLearner, { readonly count: number; readonly tokenizer: Tokenizer }>();
  let open: Tokenizer | undefined;

  const learnedBy = (learner: MergeLearner): LearnedVocabulary => {
    const found = learned.get(learner);
    if (found === undefined) throw new Error(`${learner}: nothing learned yet; train first.`);
    return found;
  };
  const cutAt = (learner: MergeLearner, count: number): Tokenizer => {
    const last = lastCut.get(learner);
    if (last?.count === count) return last.tokenizer;
    const tokenizer = tokenizerAfter(learnedBy(learner), count);
    lastCut.set(learner, { count, tokenizer });
    return tokenizer;
  };

  return {
    async tokenizer(source, { signal }) {
      if (source.kind === 'learned') {
        open = cutAt(source.learner, source.merges);
        return { form: 'learned', file: '', vocabularySize: open.vocabularySize, milliseconds: 0 };
      }
      const files = await bytesOf(source, signal);
      const begin = performance.now();
      const { tokenizer, form, file } = readTokenizerFiles(files);
      signal.throwIfAborted();
      open = tokenizer;
      const milliseconds = performance.now() - begin;
      return { form, file, vocabularySize: tokenizer.vocabularySize, milliseconds };
    },
    stages(text) {
      if (open === undefined) throw new Error('stages: no tokenizer yet; open one first.');
      return stageView(open, text);
    },
    tokenizerJson(which) {
      const tokenizer = which === undefined ? open : cutAt(which.learner, which.merges);
      if (tokenizer === undefined) throw new Error('tokenizerJson: no tokenizer yet; open one first.');
      return tokenizer.toTokenizerJson();
    },
    async learnMerges({ learner, corpus, options }, { signal, tell }) {
      const lines = await linesOf(corpus, signal);
      const begin = performance.now();
      const merges: Merge[] = [];
      let [told, words, total, last] = [0, 0, 0, begin];
      for await (const event of mergeTraining(learner, lines, { ...options, signal })) {
        if (event.phase === 'counting') words = event.words;
        if (event.phase === 'merging') {
          merges.push(event.merge);
          total = event.total;
        }
        if (event.phase === 'trained') {
          tell({ merges: merges.slice(told), total: merges.length, words });
          learned.set(learner, { json: event.tokenizer.toTokenizerJson(), merges });
          lastCut.delete(learner);
          const milliseconds = performance.now() - begin;
          return { ...countTokens(event.tokenizer, lines), milliseconds };
        }
        if (performance.now() - last < sliceMilliseconds) continue;
        tell({ merges: merges.slice(told), total, words });
        told = merges.length;
        await nextTurn();
        last = performance.now();
      }
      throw new Error('learnMerges: the training ended without a tokenizer.');
    },
    segment({ learner, merges, text }) {
      return segmentation(cutAt(learner, merges), text);
    },
    async granularity({ train, test, language, vocabularySize }, { signal, tell }) {
      const cut = (lines: readonly string[]): string[] =>
        lines.map((line) => (language === undefined ? line : withBlanks(line, language)));
      const lines = await linesOf(train, signal);
      const parts = test === undefined ? split(lines) : { train: lines, test: await linesOf(test, signal) };
      const corpus = { train: cut(parts.train), test: cut(parts.test) };
      for (const granularity of granularities) {
        await nextTurn();
        signal.throwIfAborted();
        tell(await granularityRow(granularity, corpus, { vocabularySize, signal }));
      }
      return { train: corpus.train.length, test: corpus.test.length };
    },
  };
};

const countTokens = (
  tokenizer: Tokenizer,
  lines: readonly string[],
): { vocabularySize: number; tokens: number; characters: number } => {
  let [tokens, characters] = [0, 0];
  for (const line of lines) {
    tokens += tokenizer.encode(line, { addSpecialTokens: false }).length;
    for (const character of line) if (character.trim() !== '') characters += 1;
  }
  return { vocabularySize: tokenizer.vocabularySize, tokens, characters };
};
