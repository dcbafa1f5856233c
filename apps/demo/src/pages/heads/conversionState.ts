// What the part on conversion shows: a layer of the loaded model, a sentence, and the errors of all conversions as they come from the Worker.

import { batch, createEffect, createSignal, onCleanup } from 'solid-js';
import { type ConversionPoint, conversions } from '../../experiments/headConversionWays.ts';
import { divisorsOf } from '../../experiments/headCounts.ts';
import { latest } from '../../model/latest.ts';
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
    layer: number('layer', 1),
    kvHeads: number('left', 2),
  });
  const [points, setPoints] = createSignal<readonly ConversionPoint[]>([]);
  const [error, setError] = createSignal('');
  const run = latest((reason) => setError(reason instanceof Error ? reason.message : String(reason)));
  const layers = (): number => currentModel()?.layers ?? 1;
  const heads = (): number => currentModel()?.heads ?? 1;
  const layer = (): number => Math.min(choice().layer, layers() - 1);
  /** The chosen number, or the nearest below that divides the model's heads. */
  const kvHeads = (): number => divisorsOf(heads()).find((divisor) => divisor <= choice().kvHeads) ?? 1;
  createEffect(() => {
    const input = { text: choice().text, layer: layer() };
    if (currentModel() === undefined || input.text.trim() === '') return;
    void run(async (signal) => {
      batch(() => {
        setPoints([]);
        setError('');
      });
      await client('convertHeads', input, {
        signal,
        onEvent: (point) => setPoints((before) => [...before, point]),
      });
    });
  });
  onCleanup(run.cancel);
  return {
    ...{ choice, points, error, layers, heads, layer, kvHeads },
    total: (): number => conversions(heads()).length,
    change(changes: Partial<ConversionChoice>): void {
      const next = { ...choice(), ...changes };
      setChoice(next);
      updateAddress({ text: next.text, layer: String(next.layer), left: String(next.kvHeads) });
    },
  };
};

/** What it hands out. */
export type ConversionState = ReturnType<typeof conversionState>;
