// The modules of kernels as text, so that an engine starts without emitting them: emitting takes some 50 ms in a fresh process. Empty in
// sources and in dist/; tooling/scripts/bundle.mjs fills it in for Node, with what `emitModules` gives.

import { kernelModule } from './kernelModule.ts';
import type { Target } from './target.ts';

/** Base64 of a module by the name of its target. */
export const atBuild: Readonly<Record<string, string>> = {};

const targets: Readonly<Record<string, Target>> = {
  plain: { relaxed: false, wide: false },
  relaxed: { relaxed: true, wide: false },
};

/** What `atBuild` is filled with: the modules for shared memory that engines start with unasked. */
export const emitModules = (): Record<string, string> =>
  Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [
      name,
      btoa(Array.from(kernelModule(target, true), (byte) => String.fromCharCode(byte)).join('')),
    ]),
  );

/** The bytes of a module: as they were built, or emitted now. */
export const moduleFor = (target: Target, shared: boolean): Uint8Array<ArrayBuffer> => {
  const name = target.relaxed ? 'relaxed' : 'plain';
  const built = shared && !target.wide ? atBuild[name] : undefined;
  return built === undefined ? kernelModule(target, shared) : new Uint8Array(Buffer.from(built, 'base64')); // Node only: nowhere else is anything built in
};
