// What the part on stages shows: a text, a tokenizer, what its stages made of the text, and the piece that the reader is at.

import { batch, createSignal } from 'solid-js';
import { saveFile } from '../../components/saveFile.ts';
import { mostUnits, type StageCell, type StageView } from '../../experiments/stageView.ts';
import type { DroppedFolder } from '../../model/droppedFiles.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import type { LearnedTokenizer, TokenizerInfo, TokenizerSource } from '../../protocol.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';
import { type ShippedTokenizer, shippedTokenizers } from './shippedFiles.ts';

/** A tokenizer that can be looked at. */
export type TokenizerName = ShippedTokenizer | 'bpe' | 'wordPiece' | 'own';

/** A row of the picture: the text itself, or a stage. */
export type RowName = 'source' | StageView['stages'][number]['stage'];

/** A piece of a row. */
export interface Spot {
  readonly row: RowName;
  readonly index: number;
}

/** Whether two are the same piece. */
export const sameSpot = (one: Spot | undefined, other: Spot): boolean =>
  one?.row === other.row && one.index === other.index;

/** What the presets set. */
export interface StagesChoice {
  readonly text: string;
}

/** Texts that make a point in one click. */
export const stagesPresets = {
  mixed: { text: 'Unaffordable CAFÉ: naïve “attention” 注意力 👩‍🔬!' },
  long: { text: 'Antidisestablishmentarianism and electroencephalography are untokenizable.' },
  chinese: { text: '注意力机制让每个词都能看到其他的词。' },
  numbers: { text: 'In 2017 it cost $3,141.59; by 2026-11-24 it was 1000000.' },
  code: { text: 'def Attend(q, k):\n    return softmax(q @ k.T / d**0.5)' },
} as const satisfies Record<string, StagesChoice>;

/** Longer texts are not kept in the address. */
const mostInAddress = 1500;
/** Pause in typing after which the text is read. */
const patience = 80;

const [text, setText] = createSignal<string>(stagesPresets.mixed.text);
const [name, setName] = createSignal<TokenizerName>('bert');
const [info, setInfo] = createSignal<TokenizerInfo>();
const [ownName, setOwnName] = createSignal('');
const [view, setView] = createSignal<StageView>();
const [error, setError] = createSignal('');
const [spot, setSpot] = createSignal<Spot>();
const [pinned, setPinned] = createSignal<Spot>();
let timer: ReturnType<typeof setTimeout> | undefined;

const fail = (reason: unknown): void => {
  setError(messageOf(reason));
};
const read = latest(fail);

/** The text's stages. No more of it is sent than is looked at. */
const seen = async (signal: AbortSignal): Promise<StageView> => {
  const whole = text();
  const found = await client('stages', whole.slice(0, mostUnits + 1), { signal });
  return { ...found, left: whole.length - found.source.length };
};

const look = async (signal: AbortSignal): Promise<void> => {
  const next = await seen(signal);
  batch(() => {
    setView(next);
    setSpot(undefined);
    setPinned(undefined);
    setError('');
  });
};

const open = (tokenizer: TokenizerName, source: TokenizerSource, title = ''): void => {
  clearTimeout(timer);
  void read(async (signal) => {
    const found = await client('tokenizer', source, { signal });
    const next = await seen(signal);
    batch(() => {
      setName(tokenizer);
      setOwnName(title);
      setInfo(found);
      setView(next);
      setSpot(undefined);
      setPinned(undefined);
      setError('');
    });
    remember();
  });
};

const remember = (): void =>
  updateAddress({
    text: text().length > mostInAddress ? '' : text(),
    tok: Object.hasOwn(shippedTokenizers, name()) ? name() : '',
  });

const cellsOf = (row: RowName): readonly StageCell[] =>
  row === 'source' ? sourceCells() : (view()?.stages.find(({ stage }) => stage === row)?.cells ?? []);

const sourceCells = (): StageCell[] => {
  const cells: StageCell[] = [];
  let at = 0;
  for (const character of view()?.source ?? '') {
    cells.push({ text: character, start: at, end: at + character.length });
    at += character.length;
  }
  return cells;
};

/** The part. */
export const stagesState = {
  ...{ text, name, info, ownName, view, error, spot, pinned, cellsOf },
  /** The piece that is looked at: under the pointer, else kept. */
  looked: (): Spot | undefined => spot() ?? pinned(),
  enter(): void {
    const { values } = currentAddress();
    const wished = (Object.keys(shippedTokenizers) as ShippedTokenizer[]).find(
      (known) => known === values.get('tok'),
    );
    setText(values.get('text') ?? text());
    if (info() === undefined || wished !== undefined) stagesState.choose(wished ?? 'bert');
    else stagesState.write(text());
  },
  leave(): void {
    clearTimeout(timer);
    read.cancel();
  },
  write(next: string): void {
    setText(next);
    remember();
    if (info() === undefined) return; // the text is read when the tokenizer is there
    clearTimeout(timer);
    timer = setTimeout(() => void read(look), patience);
  },
  choose(next: ShippedTokenizer): void {
    const url = new URL(shippedTokenizers[next], document.baseURI).href;
    open(next, { kind: 'address', url });
  },
  takeLearned(learned: LearnedTokenizer): void {
    open(learned.learner, { kind: 'learned', ...learned });
  },
  takeFiles({ name: title, files }: DroppedFolder): void {
    open('own', { kind: 'files', files }, title);
  },
  point: (next: Spot | undefined): void => void setSpot(next),
  pick(next: Spot): void {
    setPinned(sameSpot(pinned(), next) ? undefined : next);
  },
  async save(): Promise<void> {
    try {
      const json = await client('tokenizerJson', undefined);
      saveFile('tokenizer.json', new Blob([json], { type: 'application/json' }));
    } catch (reason) {
      fail(reason);
    }
  },
} as const;
