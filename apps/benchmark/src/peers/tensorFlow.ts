// TensorFlow.js on its WebAssembly backend. One thread: with more it needs a browser's workers (in Node 20 it fails to start them).

import path from 'node:path';
import { importPeer, resolvePeer } from './importPeer.ts';

/** A tensor of TensorFlow.js. */
export interface TensorFlowTensor {
  readonly shape: readonly number[];
  dataSync(): Float32Array;
  dispose(): void;
}

type T = TensorFlowTensor;

/** The part of TensorFlow.js that the benchmark calls. */
export interface TensorFlow {
  tensor(values: Float32Array, shape: readonly number[]): T;
  tensor(values: Int32Array, shape: readonly number[], dtype: 'int32'): T;
  tidy<R>(body: () => R): R;
  matMul(a: T, b: T, transposeA?: boolean, transposeB?: boolean): T;
  readonly fused: { matMul(call: { a: T; b: T; bias: T }): T };
  add(a: T, b: T | number): T;
  sub(a: T, b: T | number): T;
  mul(a: T, b: T | number): T;
  mean(x: T, axis: number, keepDims: boolean): T;
  squaredDifference(a: T, b: T): T;
  rsqrt(x: T): T;
  erf(x: T): T;
  softmax(x: T): T;
  gather(x: T, indices: T): T;
  reshape(x: T, shape: readonly number[]): T;
  slice(x: T, begin: readonly number[], size: readonly number[]): T;
  transpose(x: T, axes: readonly number[]): T;
}

interface Module extends TensorFlow {
  env(): { set(flag: string, value: boolean): void };
  setBackend(name: string): Promise<boolean>;
  enableProdMode(): void;
}

/** Starts the WebAssembly backend. */
export const tensorFlow = async (): Promise<TensorFlow> => {
  const tf = (await importPeer('@tensorflow/tfjs')) as Module;
  const wasm = (await importPeer('@tensorflow/tfjs-backend-wasm')) as { setWasmPaths(folder: string): void };
  wasm.setWasmPaths(
    `${path.dirname(resolvePeer('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm'))}/`,
  );
  tf.enableProdMode();
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.setBackend('wasm')))
    throw new Error('TensorFlow.js: its WebAssembly backend did not start.');
  return tf;
};
