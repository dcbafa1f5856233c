// What the part on longer texts shows: a head, its training, a scaling and a text. All of it is counted on the page.

import { createMemo, createRoot, createSignal } from 'solid-js';
import { type StretchOptions, stretched, trainedTurns } from '../../experiments/ropeStretch.ts';
import { choiceInAddress, updateAddress } from '../../state/address.ts';

/** Numbers to choose from. */
export const stretchChoices = {
  depth: [32, 64, 96, 128],
  trained: [256, 512, 1024, 2048, 4096, 8192],
  factor: [2, 4, 8, 16],
  used: [0.5, 1, 2, 4, 8, 16],
} as const satisfies Record<keyof StretchOptions, readonly number[]>;

const standard: StretchOptions = { depth: 64, trained: 2048, factor: 4, used: 4 };

/** Choices that make a point in one click. */
export const stretchPresets = {
  four: standard,
  eight: { ...standard, factor: 8, used: 8 },
  short: { ...standard, used: 1 },
  llama: { ...standard, depth: 128, trained: 4096 },
} as const satisfies Record<string, StretchOptions>;

const [options, setOptions] = createSignal(standard);

const fromAddress = (): StretchOptions => {
  const known = (name: keyof StretchOptions): number =>
    choiceInAddress<number>(name, stretchChoices[name], standard[name]);
  return { depth: known('depth'), trained: known('trained'), factor: known('factor'), used: known('used') };
};

const computed = createRoot(() => ({
  lines: createMemo(() => stretched(options())),
  /** The first pair that does not turn round in the training, from 1; one behind the last where all do. */
  firstSlow: createMemo(() => {
    const slow = trainedTurns(options()).findIndex((turns) => turns < 1);
    return slow < 0 ? options().depth / 2 + 1 : slow + 1;
  }),
}));

/** The head and its text. */
export const stretchState = {
  ...{ options, ...computed },
  enter(): void {
    setOptions(fromAddress());
  },
  change(changes: Partial<StretchOptions>): void {
    const next = { ...options(), ...changes };
    setOptions(next);
    updateAddress({
      ...{ depth: String(next.depth), trained: String(next.trained) },
      ...{ factor: String(next.factor), used: String(next.used) },
    });
  },
} as const;
