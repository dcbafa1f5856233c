// What the part on granularity shows: a corpus, a size of vocabulary, and the rows that were measured.

import { batch, createSignal } from 'solid-js';
import { type GranularityRow, granularities } from '../../experiments/granularityRow.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import type { CorpusSource } from '../../protocol.ts';
import { choiceInAddress, updateAddress } from '../../state/address.ts';
import { mergesState } from './mergesState.ts';
import { corpusFiles } from './shippedFiles.ts';

/** Corpora to choose from. */
export const granularityCorpora = ['shakespeare', 'chinese', 'own'] as const;
/** One of them. */
export type GranularityCorpusName = (typeof granularityCorpora)[number];
/** Sizes to choose from. */
export const granularitySizes = [500, 1000, 2000, 4000, 8000] as const;

/** Fewer lines have no tenth to hold out. */
const fewestLines = 20;

const [corpus, setCorpus] = createSignal<GranularityCorpusName>('shakespeare');
const [size, setSize] = createSignal<number>(4000);
const [rows, setRows] = createSignal<readonly GranularityRow[]>([]);
const [lines, setLines] = createSignal<{ readonly train: number; readonly test: number }>();
const [running, setRunning] = createSignal(false);
const [error, setError] = createSignal('');

const measure = latest((reason) => {
  batch(() => {
    setRunning(false);
    setError(messageOf(reason));
  });
});

const address = (path: string): CorpusSource => ({
  kind: 'address',
  url: new URL(path, document.baseURI).href,
});

const ownReady = (): boolean =>
  mergesState
    .ownText()
    .split('\n')
    .filter((line) => line.trim() !== '').length >= fewestLines;

const start = (): void => {
  const name = corpus();
  measure.cancel();
  batch(() => {
    setRows([]);
    setLines(undefined);
    setError('');
    setRunning(name !== 'own' || ownReady());
  });
  if (!running()) return;
  void measure(async (signal) => {
    const input =
      name === 'own'
        ? { train: { kind: 'text' as const, text: mergesState.ownText() }, test: undefined }
        : { train: address(corpusFiles[name].train), test: address(corpusFiles[name].test) };
    const counted = await client(
      'granularity',
      { ...input, language: name === 'chinese' ? 'zh' : undefined, vocabularySize: size() },
      { signal, onEvent: (row) => setRows([...rows(), row]) },
    );
    batch(() => {
      setLines(counted);
      setRunning(false);
    });
  });
};

/** The part. */
export const granularityState = {
  ...{ corpus, size, rows, lines, running, error, ownReady, start },
  /** How many rows the table will have. */
  total: granularities.length,
  enter(): void {
    setCorpus(choiceInAddress('table', granularityCorpora, corpus()));
    setSize(choiceInAddress<number>('size', granularitySizes, size()));
    if (rows().length < granularities.length) start();
  },
  leave(): void {
    measure.cancel();
    setRunning(false);
  },
  stop(): void {
    measure.cancel();
    setRunning(false);
  },
  setCorpus(next: GranularityCorpusName): void {
    setCorpus(next);
    updateAddress({ table: next });
    start();
  },
  setSize(next: number): void {
    setSize(next);
    updateAddress({ size: String(next) });
    start();
  },
} as const;
