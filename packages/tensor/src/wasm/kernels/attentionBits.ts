// A bit a key for attention: the words of a panel's lanes for a block of keys side by side, so that one shift says which lanes see a key.
// What nobody of a panel sees in 32 keys it does not meet; where all see all of them, nothing is hidden.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32, i32x4, v128 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import { constant, type Local, type Value } from '../assembler/value.ts';
import { bitField } from './attentionBitsRecord.ts';
import { panelState, wordKeys } from './attentionRecord.ts';
import type { Target } from './target.ts';
import { panelColumns } from './tile.ts';

const placeParameters = { bits: 'i32', lane: 'i32', head: 'i32', row: 'i32' } as const;
const gatherParameters = { panel: 'i32', key: 'i32', groups: 'i32', to: 'i32' } as const;

/** Writes where the words of a lane begin: its query is row `row` of `visible` and of head `head`. */
export type PlaceBits = Callable<typeof placeParameters, undefined>;
/**
 * Writes the words of `groups` times 32 keys from `key` (a multiple of 32) on to `to`, [group][lane], 0 outside of a lane's range. Gives the groups
 * that some lane sees some of in bits 0 to 15, and in bits 16 to 31 those that some lane does not see all of; 0 where no lane sees anything, and
 * then writes nothing.
 */
export type GatherBits = Callable<typeof gatherParameters, 'i32'>;

/** What kernels with bits call. */
export interface Bits {
  readonly place: PlaceBits;
  readonly gather: GatherBits;
}

/** Bits of what `gather` gives that say what is seen. */
export const someSeen = 0xffff;

/** Most groups that are gathered at once. */
const mostGroups = 16;

const definePlace = (module: ModuleBuilder, target: Target): PlaceBits =>
  module.define('placeBits', { parameters: placeParameters }, (f, { bits, lane, head, row }) => {
    const start = i32.load(i32.add(bitField(bits, 'wordStarts'), i32.shiftLeft(row, 2)));
    const first = i32.add(
      bitField(bits, 'words'),
      i32.shiftLeft(start, 2),
      i32.mul(head, bitField(bits, 'wordHead')),
    );
    f.store(lane, first, panelState(panelColumns(target)).words);
  });

/** Words that are looked at together: of a block of keys of the forward pass. */
const wordsAtOnce = 8;

/**
 * Function 'anyBits': whether a lane of the panel has a bit in words of `groups` from `key` on, without asking which: a tenth of the time of looking at each, for
 * the many blocks that nobody sees any of. Bits of other rows, beside the lane's own, may count too: then it is looked at closer.
 */
const defineAnyBits = (
  module: ModuleBuilder,
  target: Target,
): Callable<{ panel: 'i32'; key: 'i32'; groups: 'i32' }, 'i32'> =>
  module.define(
    'anyBits',
    { parameters: { panel: 'i32', key: 'i32', groups: 'i32' }, result: 'i32' },
    (f, { panel, key, groups }) => {
      const across = panelColumns(target);
      const state = panelState(across);
      const end = f.let(i32.add(key, i32.mul(groups, wordKeys)));
      const at = f.let(i32.shiftLeft(i32.shiftRight(key, 5), 2));
      const any = f.local('v128');
      f.for(0, 4 * across, 4, (lane) => {
        const own = f.let(i32.add(panel, lane));
        const meets = i32.and(
          i32.less(i32.load(own, state.first), end),
          i32.less(key, i32.load(own, state.end)),
        );
        f.if(meets, () => {
          const words = f.let(i32.add(i32.load(own, state.words), at));
          f.if(
            i32.equal(groups, wordsAtOnce),
            () => f.set(any, v128.or(any, v128.or(v128.load(words), v128.load(words, 16)))),
            () =>
              f.for(0, groups, 1, () => {
                f.set(any, v128.or(any, v128.loadLow(words)));
                f.set(words, i32.add(words, 4));
              }),
          );
        });
      });
      f.return(v128.anyTrue(any));
    },
  );

const defineGather = (module: ModuleBuilder, target: Target): GatherBits => {
  const anyBits = defineAnyBits(module, target);
  return module.define(
    'gatherBits',
    { parameters: gatherParameters, result: 'i32' },
    (f, { panel, key, groups, to }) => {
      const across = panelColumns(target);
      const state = panelState(across);
      const [word, any, all, found] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
      const [low, high] = [f.local('i32'), f.local('i32')];
      f.if(i32.isZero(f.result(anyBits, { panel, key, groups })), () => f.return(constant('i32', 0)));
      f.for(0, groups, 1, (group) => {
        f.set(any, 0);
        f.set(all, -1);
        f.for(0, 4 * across, 4, (at) => {
          const lane = f.let(i32.add(panel, at));
          f.set(low, i32.sub(i32.load(lane, state.first), key));
          f.set(low, i32.max(low, constant('i32', 0)));
          f.set(high, i32.sub(i32.load(lane, state.end), key));
          f.set(high, i32.min(high, constant('i32', wordKeys)));
          f.set(word, 0);
          f.if(i32.less(low, high), () => {
            const address = i32.add(i32.load(lane, state.words), i32.shiftLeft(i32.shiftRight(key, 5), 2));
            // Bits low … high − 1 of a word: shifts are within 0 … 31.
            const inside = i32.and(
              i32.shiftLeft(-1, low),
              i32.shiftRightUnsigned(-1, i32.sub(wordKeys, high)),
            );
            f.set(word, i32.and(i32.load(address), inside));
          });
          f.store(i32.add(to, at), word);
          f.set(any, i32.or(any, word));
          f.set(all, i32.and(all, word));
        });
        const partly = i32.isZero(i32.equal(all, -1));
        const some = i32.isZero(i32.isZero(any));
        const both = i32.or(some, i32.shiftLeft(partly, mostGroups));
        f.set(found, i32.or(found, i32.shiftLeft(both, group)));
        f.set(key, i32.add(key, wordKeys));
        f.set(to, i32.add(to, 4 * across));
      });
      f.return(found);
    },
  );
};

/** The functions of kernels with bits. */
export const defineBits = (module: ModuleBuilder, target: Target): Bits => ({
  place: definePlace(module, target),
  gather: defineGather(module, target),
});

/** Whether the lanes at `at` of a panel see row `row` of the keys that words were gathered for: all ones or zeros. */
export const seesBit = (
  f: FunctionBuilder,
  { words, row, rowBytes }: { words: Local<'i32'>; row: Local<'i32'>; rowBytes: number },
): ((at: number, after?: number) => Value<'v128'>) => {
  const here = f.let(i32.add(words, i32.mul(i32.shiftRight(row, 5), rowBytes)));
  const shift = f.let(i32.sub(wordKeys - 1, i32.and(row, wordKeys - 1)));
  return (at, after = 0) =>
    i32x4.less(i32x4.shiftLeft(v128.load(here, at), i32.sub(shift, after)), constant('i32x4', 0));
};

/** Calls back for each run of groups that is seen: its first group and the one behind it. */
export const eachSeenRun = (
  f: FunctionBuilder,
  found: Local<'i32'>,
  body: (first: Local<'i32'>, end: Local<'i32'>) => void,
): void => {
  const left = f.let(i32.and(found, someSeen));
  f.while(left, () => {
    const first = f.let(i32.trailingZeros(left));
    // Zeros below the first 0 after the run's 1s; above the highest group all is 0.
    const end = f.let(i32.add(first, i32.trailingZeros(i32.sub(-1, i32.shiftRightUnsigned(left, first)))));
    body(first, end);
    f.set(left, i32.and(left, i32.shiftLeft(-1, end)));
  });
};
