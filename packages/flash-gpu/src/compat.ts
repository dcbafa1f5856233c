// The only file that knows gpu.js beyond its documented face; gpu.js is pinned exactly for its sake.

import { GPU, Input } from 'gpu.js';

/** A compiled kernel: named arrays in, a flat array out, its own until the next call. */
export interface TileKernel extends Disposable {
  run(...operands: readonly Input[]): Float32Array;
}

/** A flat array as rows of rows for gpu.js: `size` is [x, y, z], innermost first. */
export const operand = (data: Float32Array, size: readonly number[]): Input =>
  new Input(data as unknown as number[], [...size] as [number, number, number]);

/** What of gpu.js 2.24.1's kernel object is used beyond its typings: results come flat instead of as nested arrays. */
interface Inner {
  _shapeOutput(result: Float32Array): unknown;
}

/** Compiles a kernel for the WebAssembly backend; `output` is [x, y, z], innermost first. */
export const compile = (gpu: GPU, source: string, output: readonly number[]): TileKernel => {
  const kernel = gpu.createKernel(source, { output: [...output] });
  let flat = false;
  return {
    run(...operands) {
      let result: unknown = kernel(...operands);
      if (!flat) {
        // The inner kernel exists from the first call on.
        (kernel as unknown as { kernel: Inner }).kernel._shapeOutput = (value) => value;
        flat = true;
        result = kernel(...operands);
      }
      return (result as Float32Array).slice();
    },
    [Symbol.dispose]: () => kernel.destroy(),
  };
};

/** A gpu.js instance on its WebAssembly backend: SIMD on the CPU, synchronous, the same in Node and in browsers. */
export const webAssemblyGpu = (): GPU => new GPU({ mode: 'webasm' });

/** Whether gpu.js can run on WebAssembly here. */
export const webAssemblySupported = (): boolean => GPU.isWebAssemblySupported;
