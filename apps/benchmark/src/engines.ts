// The engines of one measuring process: ours with one or two counts of threads, the peers that were asked for and are installed,
// the yardstick's folder where there is one.

import { useBackend, type WasmBackend, wasmBackend } from '@heed/tensor';
import type { Absence } from './contender.ts';
import { type Jax, jax } from './peers/jax.ts';
import { type OnnxLoader, onnxPackages, onnxRuntime } from './peers/onnxRuntime.ts';
import { type TensorFlow, tensorFlow } from './peers/tensorFlow.ts';
import type { Conditions } from './result.ts';
import { openYardstick, type Yardstick } from './yardstick/yardstick.ts';

/** Our engine with a number of threads. */
export interface OwnEngine {
  readonly name: string;
  /** Runs something with this engine current. */
  use<T>(body: () => T): T;
}

/** Everything that can compute a case. */
export interface Engines {
  readonly conditions: Conditions;
  /** Ours; behind it, where there are threads to compare with, ours with one thread. */
  readonly own: readonly OwnEngine[];
  readonly onnx: ReadonlyMap<string, OnnxLoader>;
  readonly tensorFlow: TensorFlow | undefined;
  /** One thread, whatever the conditions. */
  readonly jax: Jax | undefined;
  readonly yardstick: Yardstick | undefined;
  /** A Python with PyTorch. */
  readonly python?: string | undefined;
  /** Who is missing in all cases, and why. */
  readonly absences: readonly Absence[];
}

/** Who is wanted. */
export interface EngineOptions {
  readonly conditions: Conditions;
  /** Names of peers. */
  readonly peers: readonly string[];
  /** Folder of the yardstick. */
  readonly yardstick: string;
  readonly python?: string | undefined;
}

/** Name of our rows. */
export const ours = 'Heed';
/** Name of the row of our engine with one thread, among those with several. */
export const oursSingle = 'Heed, 1 thread';
/** Name of TensorFlow.js's rows. */
export const tensorFlowName = 'tfjs-wasm';
/** Name of jax-js's rows. */
export const jaxName = 'jax-js';
/** Name of the yardstick's rows. */
export const yardstickName = 'yardstick';

const ownEngine = async (name: string, { simd, threads }: Conditions): Promise<OwnEngine> => {
  const backend: WasmBackend = await wasmBackend({
    ...{ threads, relaxedSimd: simd === 'plain' ? 'off' : 'auto', wide: simd === 'wide' ? 'on' : 'off' },
  });
  const started = backend.describe();
  if (started.simd !== simd || started.threads !== threads)
    throw new Error(
      `engine: ${started.simd} SIMD with ${started.threads} threads started; asked for ${simd} with ${threads}. ${started.notes.join(' ')}`,
    );
  return {
    name,
    use: (body) => {
      using _ = useBackend(backend);
      return body();
    },
  };
};

/** Starts all engines that are wanted and there; the rest is listed with the reason. */
export const startEngines = async ({
  conditions,
  peers,
  yardstick,
  python,
}: EngineOptions): Promise<Engines> => {
  const { threads } = conditions;
  const absences: Absence[] = [];
  const attempt = async <T>(name: string, start: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await start();
    } catch (error) {
      absences.push({
        name,
        reason: (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] as string,
      }); // split gives one part at least
      return undefined;
    }
  };
  const own = [await ownEngine(ours, conditions)];
  if (threads > 1) own.push(await ownEngine(oursSingle, { ...conditions, threads: 1 }));
  const onnx = new Map<string, OnnxLoader>();
  for (const name of onnxPackages.filter((one) => peers.includes(one))) {
    const loader = await attempt(name, () => onnxRuntime(name, threads));
    if (loader !== undefined) onnx.set(name, loader);
  }
  const wantsTensorFlow = peers.includes(tensorFlowName);
  if (wantsTensorFlow && threads > 1)
    absences.push({ name: tensorFlowName, reason: 'has one thread in Node' });
  return {
    ...{ conditions, own, onnx, absences, python },
    tensorFlow: wantsTensorFlow && threads === 1 ? await attempt(tensorFlowName, tensorFlow) : undefined,
    jax: peers.includes(jaxName) ? await attempt(jaxName, jax) : undefined,
    yardstick: await attempt(yardstickName, async () => openYardstick(yardstick, conditions.simd)),
  };
};
