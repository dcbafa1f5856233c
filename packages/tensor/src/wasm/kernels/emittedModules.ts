// The modules of kernels as text, so that nothing need be emitted before the first result: emitting takes some 50 ms in a fresh process.
// Empty in sources and in dist/; tooling/scripts/bundle.mjs fills it in for Node, with what `emitModules` gives.

import { kernelModule } from './kernelModule.ts';
import type { Target } from './target.ts';

/** Base64 of a module by its name. */
export const atBuild: Readonly<Record<string, string>> = {};

const targets: readonly Target[] = [
  { relaxed: false, wide: false },
  { relaxed: true, wide: false },
];

/** The groups that inference calls first: products and rows, and the element-wise functions. */
const firstGroups = [0, 1];

const nameOf = ({ relaxed }: Target, group: number): string => `${relaxed ? 'relaxed' : 'plain'} ${group}`;

/**
 * What `atBuild` is filled with: modules for shared memory and the targets that engines choose unasked.
 *
 * @public tooling/scripts/bundle.mjs calls it
 */
export const emitModules = (): Record<string, string> =>
  Object.fromEntries(
    targets.flatMap((target) =>
      firstGroups.map((group) => [
        nameOf(target, group),
        Buffer.from(kernelModule(target, true, group)).toString('base64'),
      ]),
    ),
  );

/** The bytes of the module of a group: as they were built, or emitted now. */
export const moduleFor = (target: Target, shared: boolean, group = 0): Uint8Array<ArrayBuffer> => {
  const built = shared && !target.wide ? atBuild[nameOf(target, group)] : undefined;
  // Buffer is Node's, as is the bundle, and nowhere else is anything built in.
  return built === undefined
    ? kernelModule(target, shared, group)
    : new Uint8Array(Buffer.from(built, 'base64'));
};
