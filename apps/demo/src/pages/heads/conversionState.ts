// What the part on conversion shows: a layer of the loaded model, a sentence, and the errors of all conversions as they come from the Worker.

import { batch, createEffect, createMemo, createSignal, onCleanup, untrack } from 'solid-js';
import {
  type Conversion,
  type ConversionPoint,
  quickConversions,
  turningConversions,
} from '../../experiments/headConversionWays.ts';
import { divisorsOf } from '../../experiments/headCounts.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client, currentModel } from '../../model/session.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** What the reader chooses. */
export interface ConversionChoice {
  readonly text: string;
  /** From 0. */
  readonly layer: number;
  readonly kvHeads: number;
}

/** Sentences to try. */
export const sentencePresets = {
  bank: { text: 'She sat on the bank of the river and watched the boats.' },
  list: { text: 'red, green, blue, red, green, blue, red, green, blue' },
  question: { text: 'Who is afraid of the dark?' },
} as const satisfies Record<string, Partial<ConversionChoice>>;

/** The part's state; made inside the page, so that it ends with it. */
export const conversionState = () => {
  const { values } = currentAddress();
  const number = (name: string, fallback: number): number => {
    const value = Number(values.get(name) ?? fallback);
    return Number.isInteger(value) && value >= 0 ? value : fallback;
  };
  const [choice, setChoice] = createSignal<ConversionChoice>({
    text: values.get('text') ?? sentencePresets.bank.text,
    layer: number('layer', 0),
    kvHeads: number('left', 2),
  });
  const [points, setPoints] = createSignal<readonly ConversionPoint[]>([]);
  const [turning, setTurning] = createSignal(false);
  const [error, setError] = createSignal('');
  const run = latest((reason) => {
    batch(() => {
      setTurning(false);
      setError(messageOf(reason));
    });
  });
  const convert = (ways: readonly Conversion[], signal: AbortSignal): Promise<undefined> =>
    client(
      'convertHeads',
      { text: choice().text, layer: layer(), ways },
      { signal, onEvent: (point) => setPoints((before) => [...before, point]) },
    );
  const layers = (): number => currentModel()?.layers ?? 1;
  const heads = (): number => currentModel()?.heads ?? 1;
  const layer = (): number => Math.min(choice().layer, layers() - 1);
  /** The chosen number, or the nearest below that divides the model's heads. */
  const kvHeads = (): number => divisorsOf(heads()).find((divisor) => divisor <= choice().kvHeads) ?? 1;
  /** What makes all points anew. */
  const read = createMemo(() => ({ text: choice().text, layer: layer() }), undefined, {
    equals: (a, b) => a.text === b.text && a.layer === b.layer,
  });
  createEffect(() => {
    const { text } = read();
    if (currentModel() === undefined || text.trim() === '') return;
    void run(async (signal) => {
      batch(() => {
        setPoints([]);
        setTurning(false);
        setError('');
      });
      await untrack(() => convert(quickConversions(heads()), signal));
    });
  });
  onCleanup(run.cancel);
  return {
    ...{ choice, points, error, layers, heads, layer, kvHeads },
    turning,
    /** Whether all ways that are done at once are done. */
    ready: (): boolean => points().length >= quickConversions(heads()).length && currentModel() !== undefined,
    /** Turns heads too, down to the chosen number. */
    turn(): void {
      setPoints((before) => before.filter(({ by }) => by !== 'aligned'));
      setTurning(true);
      void run(async (signal) => {
        await convert(turningConversions(heads(), kvHeads()), signal);
        setTurning(false);
      });
    },
    stop(): void {
      run.cancel();
      setTurning(false);
    },
    change(changes: Partial<ConversionChoice>): void {
      const next = { ...choice(), ...changes };
      setChoice(next);
      updateAddress({ text: next.text, layer: String(next.layer), left: String(next.kvHeads) });
    },
  };
};

/** What it hands out. */
export type ConversionState = ReturnType<typeof conversionState>;
