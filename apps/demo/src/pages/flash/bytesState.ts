// What the part on bytes shows: a problem and a machine. All of it is counted on the page: nothing here needs the engine.

import { createMemo, createRoot, createSignal } from 'solid-js';
import {
  type BytesOptions,
  bytesByLength,
  bytesByTile,
  bytesOf,
  lengths,
  type MachineName,
  machines,
  maskUses,
  paperProblem,
  tileSizes,
} from '../../experiments/attentionBytes.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** All machines. */
export const machineNames = Object.keys(machines) as MachineName[];

/** Problems that make a point in one click. */
export const bytesPresets = {
  paper: paperProblem,
  long: {
    ...{ batch: 1, heads: 32, length: 32_768, depth: 128, mask: 'causal', dropout: false },
    ...{ machine: 'h100', blockKeys: undefined },
  },
  laptop: {
    ...{ batch: 8, heads: 12, length: 512, depth: 64, mask: 'added', dropout: false },
    ...{ machine: 'laptop', blockKeys: undefined },
  },
  short: { ...paperProblem, length: 128 },
} as const satisfies Record<string, BytesOptions>;

/** Numbers to choose from; 0 keys a tile: as many as the algorithm takes. */
export const bytesChoices = {
  length: lengths,
  depth: [32, 64, 96, 128, 256],
  heads: [1, 8, 12, 16, 32, 64],
  batch: [1, 2, 4, 8, 16, 32, 64],
  blockKeys: [0, ...tileSizes],
} as const;

const [options, setOptions] = createSignal<BytesOptions>(paperProblem);

const fromAddress = (): BytesOptions => {
  const { values } = currentAddress();
  const chosen = (name: 'length' | 'depth' | 'heads' | 'batch'): number =>
    (bytesChoices[name] as readonly number[]).find((known) => String(known) === values.get(name)) ??
    paperProblem[name];
  return {
    ...{ length: chosen('length'), depth: chosen('depth'), heads: chosen('heads'), batch: chosen('batch') },
    mask: maskUses.find((use) => use === values.get('mask')) ?? paperProblem.mask,
    dropout: (values.get('dropout') ?? 'on') !== 'off',
    machine: machineNames.find((name) => name === values.get('machine')) ?? paperProblem.machine,
    blockKeys: tileSizes.find((size) => String(size) === values.get('tile')),
  };
};

const computed = createRoot(() => ({
  counts: createMemo(() => bytesOf(options())),
  byLength: createMemo(() => bytesByLength(options())),
  byTile: createMemo(() => bytesByTile(options())),
}));

/** The problem. */
export const bytesState = {
  ...{ options, ...computed },
  enter(): void {
    setOptions(fromAddress());
  },
  change(changes: Partial<BytesOptions>): void {
    const next = { ...options(), ...changes };
    setOptions(next);
    updateAddress({
      ...{ length: String(next.length), depth: String(next.depth), heads: String(next.heads) },
      ...{ batch: String(next.batch), mask: next.mask, dropout: next.dropout ? 'on' : 'off' },
      ...{ machine: next.machine, tile: next.blockKeys === undefined ? '' : String(next.blockKeys) },
    });
  },
} as const;
