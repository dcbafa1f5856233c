// flashGpu: FlashAttention on gpu.js, as an AttentionKernel that any model takes.

import {
  type AttentionKernel,
  type AttentionRequest,
  flashBackward,
  UnsupportedError,
} from '@heed/attention';
import { defineOp, Tensor } from '@heed/tensor';
import { webAssemblyGpu, webAssemblySupported } from './compat.ts';
import { forward, type TileLimits } from './forward.ts';
import { TileKernelCache } from './tileKernels.ts';

/** Options of `flashGpu`. */
export interface FlashGpuOptions {
  /** Most query rows and keys a tile, multiples of 4. Default 128 each, the size that measured best on one thread. */
  readonly tile?: TileLimits;
}

/** A running gpu.js and the kernel on it. Hold it with `using`. */
export interface FlashGpu extends Disposable {
  /** Which gpu.js backend runs: its WebAssembly one, SIMD on the CPU, in Node and in browsers alike. */
  readonly backend: 'webasm';
  /** Give it to `attention(…, { kernel })` or to a model's pass. */
  readonly kernel: AttentionKernel;
}

const refuse = ({ bias, dropout, softcap, sinks }: AttentionRequest): void => {
  const given = { 'a bias': bias, dropout, 'a softcap': softcap, sinks };
  const what = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (what !== undefined)
    throw new UnsupportedError(
      `flash-gpu: ${what} was given; this kernel computes scores under a mask only. Use kernel: flash or kernel: dense of @heed/attention.`,
    );
};

const checkTile = ({ queries, keys }: TileLimits): void => {
  for (const [name, size] of [
    ['queries', queries],
    ['keys', keys],
  ] as const)
    if (!Number.isInteger(size) || size < 4 || size % 4 !== 0 || size > 1024)
      throw new RangeError(`flashGpu: tile.${name} is ${size}; expected a multiple of 4 from 4 to 1024.`);
};

type Options = { readonly request: AttentionRequest; readonly result: { logSumExp?: Tensor } };

/**
 * Starts gpu.js on its WebAssembly backend. The kernel is synchronous; gradients are computed by the tiled backward pass of
 * @heed/attention. Bias and dropout are refused by name.
 *
 * @example
 * using gpu = flashGpu();
 * attention(q, k, v, { mask: causal(), kernel: gpu.kernel });
 */
export const flashGpu = ({ tile = { queries: 128, keys: 128 } }: FlashGpuOptions = {}): FlashGpu => {
  checkTile(tile);
  if (!webAssemblySupported())
    throw new UnsupportedError(
      'flash-gpu: WebAssembly SIMD is missing here. Use kernel: flash of @heed/attention.',
    );
  const gpu = webAssemblyGpu();
  const cache = new TileKernelCache(gpu);
  let disposed = false;
  const op = defineOp<readonly [Tensor, Tensor, Tensor], Options>({
    name: 'flashGpu',
    forward: (_inputs, { request, result }) => {
      const { output, logSumExp } = forward(request, cache, tile);
      const { shape } = request.query;
      result.logSumExp = new Tensor('float32', shape.slice(0, 3), logSumExp);
      return { shape: [...shape.slice(0, 3), request.value.shape[3] as number], data: output }; // rank 4
    },
    backward: (gradient, { output, options }) => flashBackward(options.request, { output, gradient }, false),
  });
  return {
    backend: 'webasm',
    kernel: {
      name: 'flash-gpu',
      run(request) {
        if (disposed)
          throw new Error(
            'flash-gpu: used after it was disposed. Keep the `using gpu = flashGpu()` open as long as models use it.',
          );
        refuse(request);
        const result: { logSumExp?: Tensor } = {};
        const output = op([request.query, request.key, request.value], { request, result });
        return { output, logSumExp: result.logSumExp as Tensor }; // set by forward
      },
    },
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      cache[Symbol.dispose]();
      void gpu.destroy();
    },
  };
};
