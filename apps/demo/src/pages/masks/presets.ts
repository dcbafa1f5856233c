// Masks that make a point in one click: those of the notes and of the published patterns.

/** Names, in the order of the buttons. */
export type MaskPreset =
  | 'notes'
  | 'causal'
  | 'padding'
  | 'decoder'
  | 'prefix'
  | 'window'
  | 'dilated'
  | 'longformer'
  | 'bigBird'
  | 'streaming'
  | 'packed'
  | 'blocks'
  | 'empty';

/** A mask's text, and the sizes at which it is seen best. */
export interface PresetMask {
  readonly text: string;
  readonly length: number;
  readonly tile: number;
  /** Layers of the stack. */
  readonly depth: number;
}

/** All presets. */
export const presetMasks: Readonly<Record<MaskPreset, PresetMask>> = {
  notes: { text: 'causal()', length: 5, tile: 1, depth: 1 },
  causal: { text: 'causal()', length: 32, tile: 4, depth: 1 },
  padding: { text: 'padding(20)', length: 32, tile: 4, depth: 1 },
  decoder: { text: 'and(causal(), padding(20))', length: 32, tile: 4, depth: 1 },
  prefix: { text: 'prefix(10)', length: 32, tile: 4, depth: 1 },
  window: { text: 'window(15, 0, 1)', length: 64, tile: 4, depth: 3 },
  dilated: { text: 'window(3, 3, 4)', length: 64, tile: 4, depth: 2 },
  longformer: { text: 'longformer(8, 0, 32)', length: 64, tile: 4, depth: 1 },
  bigBird: { text: 'bigBird(4, 3, 1, 2, 1)', length: 64, tile: 4, depth: 2 },
  streaming: { text: 'streaming(12, 4)', length: 64, tile: 4, depth: 2 },
  packed: { text: 'and(causal(), documents(20, 12, 32))', length: 64, tile: 4, depth: 1 },
  blocks: { text: 'blocks(8, 1, 0)', length: 64, tile: 8, depth: 1 },
  empty: { text: 'and(causal(), not(firstKeys(3)))', length: 16, tile: 2, depth: 1 },
};
