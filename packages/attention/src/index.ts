// @heed/attention: one function, and the values that it is called with.

// The function
export { type AttentionOptions, attention, attentionWeights, attentionWithLogSumExp } from './attention.ts';
// Layers
export { KVCache } from './cache.ts';
// Kernels
export { dense } from './dense.ts';
export { flash } from './flash.ts';
export { type FlashSaved, flashBackward } from './flashBackward.ts';
export {
  type AttentionKernel,
  type AttentionRequest,
  type AttentionResult,
  type RequestSizes,
  sizesOf,
  UnsupportedError,
} from './kernel.ts';
export { type LayerCall, type LayerState, TransformerLayer, type TransformerLayerOptions } from './layer.ts';
// Masks
export {
  and,
  causal,
  documents,
  hideWhere,
  keepWhere,
  type Mask,
  type MaskPredicate,
  not,
  or,
  padding,
  where,
  window,
} from './mask.ts';
export {
  type AttentionPass,
  MultiHeadAttention,
  type MultiHeadCall,
  type MultiHeadOptions,
} from './multiHead.ts';
export { finishSoftmax, mergeSoftmax, type SoftmaxState, softmaxBlock } from './onlineSoftmax.ts';
// Packed sequences
export { type PackedOptions, type Packing, packedAttention, packedWeights, packing } from './packed.ts';
// Positions
export { type SinusoidalOptions, sinusoidal } from './positions/sinusoidal.ts';
export { allows, type Coverage, intervals, type MaskSizes, tile, toTensor } from './tiles.ts';
