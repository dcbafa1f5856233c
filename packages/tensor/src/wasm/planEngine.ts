// What an engine will be: its kernels, its memory, and the reasons. Asks the platform; starts nothing.

import type { EngineDescription } from '../backend/backend.ts';
import { mostMemory } from './engineError.ts';
import { enableJoining, enableRelaxedSimd, hasRelaxedSimd, hasSimd, joinsVectors } from './features.ts';
import type { Target } from './kernels/target.ts';
import { type LinearMemory, linearMemory } from './linearMemory.ts';
import { tryWide } from './wideTrial.ts';

/** Choices when starting the engine. */
export interface WasmBackendOptions {
  /** Threads, the caller included. Default: the processors that the platform names, at most 8. 1 where memory cannot be shared. */
  readonly threads?: number;
  /** 'auto': fused multiply-add where the platform has it; 'off': never. The last bits of results differ. Default 'auto'. */
  readonly relaxedSimd?: 'auto' | 'off';
  /** Bytes that the engine may use for packed weights, tensors in `inference`, and scratch. Default 2 GiB, at most 4. */
  readonly memoryLimit?: number;
  /**
   * Whether tiles of products are twice as wide. 'auto': where V8's --experimental-wasm-revectorize is known to be on, after a trial of
   * some 20 ms that they are faster and give the same bits; 'on': untried, for platforms that do not tell their flags; 'off': never.
   * Results have the same bits either way. Default 'auto'.
   */
  readonly wide?: 'auto' | 'on' | 'off';
  /**
   * Whether V8's flags may be set: for relaxed SIMD in Node 20 (a quarter faster) and for wide tiles from Node 24 on (twice as fast).
   * It changes the whole process, so it is never done unasked. Default false.
   */
  readonly v8Flags?: boolean;
  /** Whether to use memory that can be shared. Without it there is one thread and tensors do not stay in the engine. Default true. */
  readonly sharedMemory?: boolean;
}

/** A plan of an engine. */
export interface EnginePlan {
  readonly target: Target;
  readonly memory: LinearMemory;
  /** One sentence a choice. */
  readonly notes: readonly string[];
}

/** A choice and the sentence for it. */
interface Choice {
  readonly chosen: boolean;
  readonly note: string;
}

const defaultLimit = 2 ** 31;

const chooseRelaxed = ({ relaxedSimd = 'auto', v8Flags = false }: WasmBackendOptions): Choice => {
  if (relaxedSimd === 'off') return { chosen: false, note: 'Plain SIMD, because relaxedSimd is off.' };
  if (hasRelaxedSimd() || (v8Flags && enableRelaxedSimd()))
    return { chosen: true, note: 'Relaxed SIMD: products and sums are fused.' };
  return {
    chosen: false,
    note: 'Plain SIMD: relaxed SIMD is not enabled here. Node 22 has it; in Node 20 pass v8Flags: true.',
  };
};

const leastGain = 1.1; // below that noise decides

const chooseWide = ({ wide = 'auto', v8Flags = false }: WasmBackendOptions, relaxed: boolean): Choice => {
  if (wide === 'on') return { chosen: true, note: 'Wide tiles, because wide is on; not tried.' };
  if (wide === 'off') return { chosen: false, note: 'Narrow tiles, because wide is off.' };
  if (!joinsVectors() && !(v8Flags && enableJoining()))
    return {
      chosen: false,
      note: "Narrow tiles: V8's --experimental-wasm-revectorize is not known to be on. Node 24 has it; pass v8Flags: true.",
    };
  const { agrees, gain } = tryWide(relaxed);
  if (!agrees) return { chosen: false, note: 'Narrow tiles: in a trial wide ones gave other bits.' };
  const chosen = gain >= leastGain;
  return {
    chosen,
    note: `${chosen ? 'Wide' : 'Narrow'} tiles: in a trial wide ones were ${gain.toFixed(1)} times as fast.`,
  };
};

/** Makes a plan; throws where the platform has no SIMD or an option makes no sense. */
export const planEngine = (options: WasmBackendOptions): EnginePlan => {
  if (!hasSimd())
    throw new Error('wasmBackend: this platform has no WebAssembly SIMD; use jsBackend instead.');
  const limit = options.memoryLimit ?? defaultLimit;
  if (!(limit >= 2 ** 20 && limit <= 2 ** 32))
    throw new RangeError(
      `wasmBackend: memoryLimit is ${limit} bytes; expected 1 MiB to 4 GiB, such as 2 ** 30.`,
    );
  const relaxed = chooseRelaxed(options);
  const wide = chooseWide(options, relaxed.chosen);
  const notes = [relaxed.note, wide.note];
  const memory = linearMemory(limit, options.sharedMemory ?? true);
  if (memory.limit < Math.min(limit, mostMemory) - 2 ** 17)
    notes.push(`The platform grants ${memory.limit} bytes of memory at most; ${limit} were asked for.`);
  if (!memory.shared)
    notes.push(
      'Memory is not shared (no SharedArrayBuffer, or sharedMemory is off): one thread, operands are copied.',
    );
  return { target: { relaxed: relaxed.chosen, wide: wide.chosen }, memory, notes };
};

/** The word for the SIMD of a target. */
export const simdOf = ({ relaxed, wide }: Target): EngineDescription['simd'] => {
  if (wide) return 'wide';
  return relaxed ? 'relaxed' : 'plain';
};
