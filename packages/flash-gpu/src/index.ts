// @heed/flash-gpu: FlashAttention on gpu.js.

export { type FlashGpu, type FlashGpuOptions, flashGpu } from './flashGpu.ts';
export type { TileLimits } from './forward.ts';
