// What the Look page shows: sentences, the one in front, layer and head, the token under the pointer, and what the model said of it all.

import { batch, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { type HeadMap, type HeadPlace, headMaps, tokenTexts } from '../../experiments/headMaps.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client, modelRevision } from '../../model/session.ts';
import type { Reading, Readings } from '../../protocol.ts';
import { currentAddress, numberInAddress, updateAddress } from '../../state/address.ts';
import { presets } from './presets.ts';

/** The state, as functions to be called where they are shown. */
export interface LookState {
  sentences(): readonly string[];
  setSentences(next: readonly string[], active?: number): void;
  active(): number;
  setActive(index: number): void;
  place(): HeadPlace;
  setPlace(place: HeadPlace): void;
  readings(): Readings | undefined;
  /** The sentence in front as it was last read. */
  reading(): Reading | undefined;
  /** Its tokens as they stand in the text. */
  tokens(): readonly string[];
  maps(): readonly HeadMap[];
  map(): HeadMap | undefined;
  hovered(): number | undefined;
  setHovered(token: number | undefined): void;
  pinned(): number | undefined;
  pin(token: number): void;
  error(): string | undefined;
}

/** More sentences than this make no readable matrix. */
export const mostSentences = 40;
/** The head that is shown first: of the page's own model, the one that most plainly links words by meaning ('bank' to 'river'). */
const first: HeadPlace = { layer: 1, head: 1 };
/** Pause in typing after which the sentences are read. */
const patience = 120;

const fromAddress = (): string[] => {
  const text = currentAddress().values.get('text');
  return text === undefined ? [...presets.bank] : text.split('\n').slice(0, mostSentences);
};

/** A fresh state, read from the address. */
export const lookState = (): LookState => {
  const [sentences, setSentences] = createSignal<readonly string[]>(fromAddress());
  const [active, setActive] = createSignal(numberInAddress('sentence', sentences().length, 0));
  const [place, setPlace] = createSignal<HeadPlace>({
    layer: numberInAddress('layer', 99, first.layer),
    head: numberInAddress('head', 99, first.head),
  });
  const [readings, setReadings] = createSignal<Readings>();
  const [error, setError] = createSignal<string>();
  const [hovered, setHovered] = createSignal<number>();
  const [pinned, setPinned] = createSignal<number>();

  const read = async (signal: AbortSignal): Promise<void> => {
    try {
      const next = await client('read', { texts: sentences(), attentionOf: active() }, { signal });
      batch(() => {
        setReadings(next);
        setError(undefined);
      });
    } catch (reason) {
      if (!signal.aborted) setError(messageOf(reason));
    }
  };
  createEffect(
    on([sentences, active, modelRevision], () => {
      if (modelRevision() === 0) return; // nothing can read yet
      const controller = new AbortController();
      const timer = setTimeout(() => void read(controller.signal), patience);
      onCleanup(() => {
        clearTimeout(timer);
        controller.abort();
      });
    }),
  );
  createEffect(
    on(
      [sentences, active, place],
      () =>
        updateAddress({
          text: sentences().join('\n'),
          sentence: String(active()),
          layer: String(place().layer),
          head: String(place().head),
        }),
      { defer: true },
    ),
  );

  const reading = createMemo(() => readings()?.readings[active()]);
  const maps = createMemo(() => {
    const own = reading();
    return own === undefined ? [] : headMaps(own);
  });
  const map = createMemo(
    () => maps().find(({ layer, head }) => layer === place().layer && head === place().head) ?? maps()[0],
  );
  return {
    ...{ sentences, active, place, readings, reading, maps, map, hovered, setHovered, pinned, error },
    setSentences(next, index = active()) {
      batch(() => {
        setSentences(next.length === 0 ? [''] : next.slice(0, mostSentences));
        setActive(Math.max(0, Math.min(index, sentences().length - 1)));
        setPinned(undefined);
        setHovered(undefined);
      });
    },
    setActive(index) {
      if (index === active()) return;
      batch(() => {
        setActive(index);
        setPinned(undefined);
        setHovered(undefined);
      });
    },
    setPlace,
    tokens: createMemo(() => {
      const own = reading();
      return own === undefined ? [] : tokenTexts(own);
    }),
    pin: (token) => setPinned((before) => (before === token ? undefined : token)),
  };
};
