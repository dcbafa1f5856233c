// jax-js on its WebAssembly backend; one thread, since in Node it has no workers.

import { importPeer } from './importPeer.ts';

/** An array of jax-js. Passing it on gives it away; `ref` keeps it. */
export interface JaxArray {
  readonly ref: JaxArray;
  add(other: JaxArray | number): JaxArray;
  sub(other: JaxArray | number): JaxArray;
  mul(other: JaxArray | number): JaxArray;
  div(other: JaxArray | number): JaxArray;
  sum(): JaxArray;
  reshape(shape: readonly number[]): JaxArray;
  transpose(axes: readonly number[]): JaxArray;
  data(): Promise<Float32Array>;
  dispose(): void;
}

/** The part of jax-js that the benchmark calls. */
export interface Jax {
  init(device: 'wasm'): Promise<readonly string[]>;
  defaultDevice(device: 'wasm'): string;
  readonly numpy: {
    array(values: Float32Array): JaxArray;
    matmul(a: JaxArray, b: JaxArray): JaxArray;
    sqrt(x: JaxArray): JaxArray;
    square(x: JaxArray): JaxArray;
  };
  readonly nn: {
    relu(x: JaxArray): JaxArray;
    logSoftmax(x: JaxArray): JaxArray;
    standardize(x: JaxArray, axis: number, options: { epsilon: number }): JaxArray;
    softmax(x: JaxArray): JaxArray;
  };
  jit<F>(f: F): F;
  valueAndGrad<Rest extends readonly unknown[]>(
    f: (weights: readonly JaxArray[], ...rest: Rest) => JaxArray,
  ): (weights: readonly JaxArray[], ...rest: Rest) => [JaxArray, JaxArray[]];
  blockUntilReady<T>(tree: T): Promise<T>;
}

/** Starts it. */
export const jax = async (): Promise<Jax> => {
  const module = (await importPeer('@jax-js/jax')) as Jax;
  await module.init('wasm'); // the others look for a browser
  module.defaultDevice('wasm');
  return module;
};
