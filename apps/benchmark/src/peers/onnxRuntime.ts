// onnxruntime-web and onnxruntime-node behind one function: they share their interface, only the choice of threads differs.

import { type Graph, writeModel } from '../onnx/writeModel.ts';
import { importPeer } from './importPeer.ts';

/** A tensor that goes in. */
export interface OnnxInput {
  readonly type: 'float32' | 'int64';
  readonly data: Float32Array | BigInt64Array;
  readonly shape: readonly number[];
}

/** A loaded model. */
export interface OnnxModel {
  /** Computes the first output. */
  run(inputs: Readonly<Record<string, OnnxInput>>): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Loads a graph into an engine. */
export type OnnxLoader = (graph: Graph) => Promise<OnnxModel>;

/**
 * The two packages, in the order in which they must be loaded. Where they share one registry of providers (both as CommonJS), 'cpu'
 * stays the native one only in this order; in the other, onnxruntime-node would in truth run onnxruntime-web.
 */
export const onnxPackages = ['onnxruntime-node', 'onnxruntime-web'] as const;

interface OnnxModule {
  readonly env: { readonly wasm: { numThreads?: number }; logLevel?: string };
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: object,
    ): Promise<{
      readonly outputNames: readonly string[];
      run(feeds: object): Promise<Record<string, { readonly data: Float32Array }>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: string, data: OnnxInput['data'], shape: readonly number[]) => object;
}

/** An engine with this many threads. Every graph gets the engine's full optimization; weights are packed when it is loaded. */
export const onnxRuntime = async (
  name: (typeof onnxPackages)[number],
  threads: number,
): Promise<OnnxLoader> => {
  const { env, InferenceSession, Tensor } = (await importPeer(name)) as OnnxModule;
  const web = name === 'onnxruntime-web';
  env.logLevel = 'error';
  if (web) env.wasm.numThreads = threads;
  const options = {
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3, // errors
    executionProviders: [web ? 'wasm' : 'cpu'],
    ...(web ? {} : { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  };
  return async (graph) => {
    const session = await InferenceSession.create(await writeModel(graph), options);
    const [output] = session.outputNames as readonly [string]; // our graphs have one
    return {
      run: async (inputs) => {
        const feeds = Object.entries(inputs).map(
          ([port, { type, data, shape }]) => [port, new Tensor(type, data, shape)] as const,
        );
        const results = await session.run(Object.fromEntries(feeds));
        return (results[output] as { data: Float32Array }).data; // named by the session
      },
      dispose: () => session.release(),
    };
  };
};
