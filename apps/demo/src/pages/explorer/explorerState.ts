// What the explorer shows: a sentence, a layer and a head, the token that looks and the one it looks at, and what the model said.

import { batch, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import { type HeadMap, type HeadPlace, headMaps, tokenTexts } from '../../experiments/headMaps.ts';
import { type HeadPattern, headPattern } from '../../experiments/headPattern.ts';
import { type HeadVectors, type NeuronView, neuronView } from '../../experiments/neuronView.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client, currentModel, modelRevision } from '../../model/session.ts';
import type { Reading } from '../../protocol.ts';
import { currentAddress, numberInAddress, updateAddress, valueLeft } from '../../state/address.ts';
import { sentenceOf, sentences } from './sentences.ts';

/** A head's map and its pattern. */
export interface NamedMap extends HeadMap {
  readonly pattern: HeadPattern;
}

/** How the dimensions of the neuron view stand. */
export type DimensionOrder = 'lift' | 'index';

/** Pause in typing after which the sentence is read. */
const patience = 120;
/** Tokens that an address may name: no model here reads more. */
const mostTokens = 512;

/** The sentence of the address, or the one in front of the Look page as it was left. */
const firstText = (): string => {
  const own = currentAddress().values.get('text');
  if (own !== undefined) return own;
  const lines = valueLeft('look', 'text')?.split('\n');
  return lines?.[Number(valueLeft('look', 'sentence') ?? 0)] ?? sentences.bank.text;
};

/** The token whose look at one further away than its neighbours is the largest of all; where there is none, at a neighbour. */
const keenest = (weights: Float32Array, n: number): number => {
  const reach = n > 2 ? 2 : 1;
  let [best, most] = [0, -1];
  for (const [index, weight] of weights.entries()) {
    const query = Math.floor(index / n);
    if (Math.abs((index % n) - query) >= reach && weight > most) [best, most] = [query, weight];
  }
  return best;
};

/** The key that a query looks at most, another than itself where there is one. */
const favourite = (weights: Float32Array, n: number, query: number): number => {
  const row = weights.subarray(query * n, (query + 1) * n);
  return (
    [...row.keys()].sort(
      (a, b) => Number(a === query) - Number(b === query) || (row[b] ?? 0) - (row[a] ?? 0),
    )[0] ?? 0
  );
};

/** A fresh state, read from the address. */
export const explorerState = () => {
  const number = (name: string): number | undefined => {
    const value = numberInAddress(name, mostTokens, -1);
    return value < 0 ? undefined : value;
  };
  const [text, setText] = createSignal(firstText());
  const [wished, setWished] = createSignal<HeadPlace>({
    layer: number('layer') ?? Number(valueLeft('look', 'layer') ?? 1),
    head: number('head') ?? Number(valueLeft('look', 'head') ?? 1),
  });
  const [reading, setReading] = createSignal<Reading>();
  const [vectors, setVectors] = createSignal<HeadVectors>();
  const [error, setError] = createSignal<string>();
  const [hovered, setHovered] = createSignal<number>();
  const [pinned, setPinned] = createSignal(number('query'));
  const [pickedKey, setPickedKey] = createSignal(number('key'));
  const [order, setOrder] = createSignal<DimensionOrder>(
    currentAddress().values.get('order') === 'index' ? 'index' : 'lift',
  );
  const fail = (reason: unknown): void => {
    setError(messageOf(reason));
  };
  const read = latest(fail);
  const watch = latest(fail);

  createEffect(
    on([text, modelRevision], () => {
      if (modelRevision() === 0) return; // nothing can read yet
      const timer = setTimeout(() => {
        void read(async (signal) => {
          const { readings } = await client('read', { texts: [text()], attentionOf: 0 }, { signal });
          batch(() => {
            setVectors(undefined); // of other tokens
            setReading(readings[0]);
            setError(undefined);
          });
        });
      }, patience);
      onCleanup(() => clearTimeout(timer));
    }),
  );
  onCleanup(() => {
    read.cancel();
    watch.cancel();
  });

  const tokens = createMemo(() => {
    const own = reading();
    return own === undefined ? [] : tokenTexts(own);
  });
  /** Tokens that stand for no piece of the text, as [CLS]. */
  const special = createMemo(() => {
    const { offsets } = reading() ?? { offsets: new Int32Array(0) };
    return tokens().flatMap((_, index) => (offsets[2 * index] === offsets[2 * index + 1] ? [index] : []));
  });
  const maps = createMemo((): NamedMap[] => {
    const own = reading();
    return own === undefined
      ? []
      : headMaps(own).map((map) => ({
          ...map,
          pattern: headPattern(map.weights, { tokens: tokens(), special: special() }),
        }));
  });
  const map = createMemo(
    () => maps().find(({ layer, head }) => layer === wished().layer && head === wished().head) ?? maps()[0],
  );
  const place = createMemo((): HeadPlace => map() ?? wished(), undefined, {
    equals: (a, b) => a.layer === b.layer && a.head === b.head,
  });
  createEffect(
    on([reading, place], () => {
      const own = reading();
      if (own?.attentions === undefined || own.tokens.length === 0) return setVectors(undefined);
      const { layer, head } = place();
      void watch(async (signal) => {
        setVectors(await client('head', { text: own.text, layer, head }, { signal }));
      });
    }),
  );
  createEffect(
    on(
      [text, wished, pinned, pickedKey, order],
      () =>
        updateAddress({
          text: text(),
          layer: String(wished().layer),
          head: String(wished().head),
          query: String(pinned() ?? ''),
          key: String(pickedKey() ?? ''),
          order: order() === 'index' ? 'index' : '',
        }),
      { defer: true },
    ),
  );

  /** The word that a sentence to try is about. */
  const point = createMemo(() => {
    const name = sentenceOf(reading()?.text ?? '');
    const at = name === undefined ? -1 : tokens().indexOf(sentences[name].word);
    return at < 0 ? undefined : at;
  });
  /** The token that looks in the neuron view: the pinned one, that of the point, or the keenest. */
  const query = createMemo(() => {
    const own = map();
    const n = tokens().length;
    if (own === undefined || n === 0) return undefined;
    const chosen = pinned() ?? point();
    return chosen !== undefined && chosen < n ? chosen : keenest(own.weights, n);
  });
  const key = createMemo(() => {
    const [own, from, n] = [map(), query(), tokens().length];
    if (own === undefined || from === undefined) return undefined;
    const picked = pickedKey();
    return picked !== undefined && picked < n ? picked : favourite(own.weights, n, from);
  });
  const view = createMemo((): NeuronView | undefined => {
    const [own, from] = [vectors(), query()];
    if (own === undefined || from === undefined) return undefined;
    return own.keys.length === tokens().length * own.depth ? neuronView(own, from) : undefined;
  });
  return {
    ...{
      text,
      reading,
      tokens,
      special,
      maps,
      map,
      place,
      error,
      hovered,
      setHovered,
      pinned,
      query,
      key,
      view,
    },
    ...{ order, setOrder },
    /** Layers and heads to show before the model has answered, and after. */
    sizes: () => ({ layers: currentModel()?.layers ?? 2, heads: currentModel()?.heads ?? 4 }),
    setText(next: string): void {
      batch(() => {
        setText(next.replace(/\s+/g, ' '));
        setPinned(undefined);
        setPickedKey(undefined);
        setHovered(undefined);
      });
    },
    choose(next: HeadPlace): void {
      batch(() => {
        setWished({ layer: next.layer, head: next.head });
        setPickedKey(undefined);
      });
    },
    pin(token: number): void {
      batch(() => {
        setPinned((before) => (before === token ? undefined : token));
        setPickedKey(undefined);
      });
    },
    /** A token that looks and one that it looks at, together. */
    pickPair(from: number, to: number): void {
      batch(() => {
        setPinned(from);
        setPickedKey(to);
      });
    },
    pickKey: (token: number): void => {
      setPickedKey(token);
    },
  };
};

/** The state, as functions to be called where they are shown. */
export type ExplorerState = ReturnType<typeof explorerState>;
