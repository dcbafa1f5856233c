// @heed/attention: one function, and the values that it is called with.

// The function
export { type AttentionOptions, attention, attentionWithLogSumExp } from './attention.ts';
export { type AttentionWeightsOptions, attentionWeights } from './attentionWeights.ts';

// Scores
export {
  type AdditiveWeights,
  additive,
  cosine,
  general,
  type Scores,
  scaledDot,
  unscaled,
} from './scoreFunctions.ts';

// Masks
export {
  and,
  blocks,
  causal,
  documents,
  firstKeys,
  global,
  hideWhere,
  keepWhere,
  type Mask,
  type MaskPredicate,
  not,
  or,
  padding,
  type WindowSides,
  where,
  window,
} from './mask.ts';
export { selectBatch } from './selectBatch.ts';
export { allows, type Coverage, type MaskSizes, tile, toTensor } from './tiles.ts';
export { intervals } from './runs.ts';
export {
  type BigBirdOptions,
  bigBird,
  type LongformerOptions,
  longformer,
  prefix,
  streaming,
} from './patterns.ts';
export { maskCode, type PrintMaskOptions, printMask } from './printMask.ts';
export { type MaskJson, maskFromJson, maskToJson } from './maskJson.ts';

// Biases
export { type Bias, type BiasSizes, type ByDistance, byDistance } from './bias.ts';

// Kernels
export {
  type AttentionKernel,
  type AttentionRequest,
  type AttentionResult,
  type RequestSizes,
  sizesOf,
  UnsupportedError,
} from './kernel.ts';
export { dense } from './dense.ts';
export { flash } from './flash.ts';
export { flashBackward } from './flashBackward.ts';
export type { FlashSaved } from './headAttentionGradient.ts';
export {
  finishSoftmax,
  mergeSoftmax,
  type SoftmaxState,
  softmaxBlock,
  stateLogSumExp,
} from './onlineSoftmax.ts';

// Packed sequences
export {
  type PackedOptions,
  type Packing,
  packedAttention,
  packedHeads,
  packedWeights,
  packing,
} from './packed.ts';

// Layers
export { type AttentionPass, MultiHeadAttention, type MultiHeadCall } from './multiHead.ts';
export type { MultiHeadOptions } from './multiHeadOptions.ts';
export {
  type LayerAttentionOptions,
  type LayerCall,
  type LayerState,
  selectState,
  TransformerLayer,
  type TransformerLayerOptions,
} from './layer.ts';
export { type CacheAttendOptions, KVCache, type KVCacheOptions } from './cache.ts';

// Conversions of checkpoints
export { type GroupKeyHeadsOptions, groupKeyHeads, type HeadPooling } from './groupKeyHeads.ts';
export { averageCheckpoints } from './averageCheckpoints.ts';

// Counts of bytes and operations
export {
  type AlgorithmTraffic,
  a100,
  type PassTraffic,
  type Traffic,
  type TrafficHardware,
  type TrafficProblem,
  type TrafficStep,
  traffic,
} from './traffic.ts';

// Positions
export { alibi, alibiSlopes } from './positions/alibi.ts';
export { LearnedPositions } from './positions/learned.ts';
export { relativeShift, sumByDistance } from './positions/relative.ts';
export {
  type Positions,
  type RopeOptions,
  type RopePairs,
  type RotationTables,
  rope,
  rotate,
  rotationTables,
} from './positions/rope.ts';
export {
  type RopeFrequencies,
  type RopeFrequencyOptions,
  type RopeScaling,
  ropeFrequencies,
  type YarnScaling,
} from './positions/ropeFrequencies.ts';
export { type ShawOptions, shawAttention, shawBias } from './positions/shaw.ts';
export { type SinusoidalOptions, sinusoidal } from './positions/sinusoidal.ts';
export { type T5BucketOptions, t5Bias, t5Buckets } from './positions/t5.ts';
export { type TransformerXlOptions, transformerXlBias, withContentBias } from './positions/transformerXl.ts';
