// What the part on places shows: an encoding, a sentence and how far it is moved. Computed in the Worker.

import { batch, createSignal } from 'solid-js';
import {
  type Encoding,
  encodings,
  layouts,
  orders,
  positionSizes,
  shifts,
  wordsOf,
} from '../../experiments/positionOptions.ts';
import type { PositionOptions, PositionView } from '../../experiments/positionView.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { choiceInAddress, currentAddress, updateAddress } from '../../state/address.ts';

/** All that the reader chooses. */
export interface PlaceChoice extends Omit<PositionOptions, 'words'> {
  readonly text: string;
  /** From 1. */
  readonly head: number;
}

/** Heads to choose from. */
export const headNumbers = Array.from({ length: positionSizes.heads }, (_, index) => index + 1);

const standardChoice: PlaceChoice = {
  ...{ text: 'the dog chased the cat that chased the mouse', encoding: 'sinusoidal', layout: 'interleaved' },
  ...{ shift: 5, order: 'reversed', head: 1 },
};

/** An encoding is a choice that makes a point. */
export const encodingPresets = Object.fromEntries(
  encodings.map((encoding) => [encoding, { encoding }]),
) as Readonly<Record<Encoding, { readonly encoding: Encoding }>>; // all of them

const [choice, setChoice] = createSignal<PlaceChoice>(standardChoice);
const [view, setView] = createSignal<PositionView>();
const [error, setError] = createSignal('');

const compute = latest((reason) => setError(messageOf(reason)));

const refresh = (): void => {
  const { text, encoding, layout, shift, order } = choice();
  const words = wordsOf(text);
  if (words.length === 0) return; // the last sentence stays
  void compute(async (signal) => {
    const answer = await client('positions', { words, encoding, layout, shift, order }, { signal });
    batch(() => {
      setView(answer);
      setError('');
    });
  });
};

const fromAddress = (): PlaceChoice => {
  return {
    text: currentAddress().values.get('text') ?? standardChoice.text,
    encoding: choiceInAddress('encoding', encodings, standardChoice.encoding),
    layout: choiceInAddress('pairs', layouts, standardChoice.layout),
    shift: choiceInAddress<number>('by', shifts, standardChoice.shift),
    order: choiceInAddress('order', orders, standardChoice.order),
    head: choiceInAddress<number>('head', headNumbers, standardChoice.head),
  };
};

/** The choice and what came of it. */
export const placeState = {
  ...{ choice, view, error },
  enter(): void {
    setChoice(fromAddress());
    refresh();
  },
  leave: compute.cancel,
  change(changes: Partial<PlaceChoice>): void {
    const before = choice();
    const next = { ...before, ...changes };
    setChoice(next);
    updateAddress({
      ...{ text: next.text, encoding: next.encoding, pairs: next.layout, by: String(next.shift) },
      ...{ order: next.order, head: String(next.head) },
    });
    if (next.head === before.head || Object.keys(changes).length > 1) refresh();
  },
} as const;
