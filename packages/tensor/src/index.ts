// @heed/tensor: tensors with gradients. One block per concept.

// Tensors
export { type AnyTensor, type NestedNumbers, Tensor, tensorOf } from './tensor.ts';
export { arange, booleans, eye, full, integers, normal, ones, tensor, uniform, zeros } from './create.ts';
export type { DataOf, DType } from './dtype.ts';
export { dims, type Shape, ShapeError, sameShape, sizeOf } from './shape.ts';

// Randomness
export { Random, random } from './random.ts';

// Operations
export {
  abs,
  type ArithmeticOp,
  add,
  type BinaryOp,
  clamp,
  cos,
  div,
  erf,
  exp,
  log,
  maximum,
  minimum,
  mul,
  neg,
  type Operand,
  pow,
  reciprocal,
  type SignedOp,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  sub,
  sumTo,
  tanh,
  type UnaryOp,
} from './ops/arithmetic.ts';
export {
  type Comparison,
  cast,
  equal,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  maskedFill,
  notEqual,
  where,
} from './ops/compare.ts';
export { ceil, expm1, floor, log1p, round, rsqrt, trunc } from './ops/elementary.ts';
export { activate, gelu, geluTanh, relu, silu } from './ops/activation.ts';
export { hardSwish, leakyRelu, reluSquared } from './ops/piecewiseActivation.ts';
export { elu, logSigmoid, mish, quickGelu, softplus } from './ops/smoothActivation.ts';
export { glu } from './ops/glu.ts';
export {
  logSumExp,
  max,
  mean,
  min,
  type Reduction,
  standardDeviation,
  sum,
  variance,
} from './ops/reduce.ts';
export type { ReduceOptions } from './ops/reducePlan.ts';
export { argmax, argmin } from './ops/argument.ts';
export { all, any } from './ops/quantifiers.ts';
export { prod } from './ops/prod.ts';
export { type CosineOptions, cosineSimilarity, norm, type NormOrder } from './ops/norm.ts';
export { cumsum, type RunningSum } from './ops/cumsum.ts';
export { argsort, type Sorted, type SortOptions, sort, topK, type TopKOptions } from './ops/sort.ts';
export { type Int8Weight, int8Weight, type LinearInt8Options, linearInt8 } from './ops/linearInt8.ts';
export { type AffineMap, linear, linearAll, type MatmulOptions, matmul } from './ops/matmul.ts';
export { einsum } from './ops/einsum.ts';
export { type Conv1dOptions, conv1d } from './ops/conv1d.ts';
export { expand, permute, repeat, reshape, transpose, tril, triu } from './ops/arrange.ts';
export { concat, split, stack } from './ops/alongAxis.ts';
export { type PadOptions, pad, slice } from './ops/slice.ts';
export { flip, repeatInterleave, roll } from './ops/reorder.ts';
export { gather, scatterAdd, takeAlong } from './ops/gather.ts';
export { type EmbeddingLookup, embedding } from './ops/embedding.ts';
export { oneHot } from './ops/oneHot.ts';
export { logSoftmax, softmax } from './ops/softmax.ts';
export { addLayerNorm, layerNorm, type NormOptions, rmsNorm } from './ops/normalize.ts';
export {
  type BatchNormOptions,
  type BatchNormResult,
  batchNorm,
  type ChannelStatistics,
} from './ops/batchNorm.ts';
export { dropout } from './ops/dropout.ts';
export { type CrossEntropyOptions, crossEntropy } from './ops/crossEntropy.ts';
export { type LinearCrossEntropyOptions, linearCrossEntropy } from './ops/linearCrossEntropy.ts';
export { type BinaryCrossEntropyOptions, binaryCrossEntropy } from './ops/binaryCrossEntropy.ts';
export {
  type HuberOptions,
  huberLoss,
  l1Loss,
  meanSquaredError,
  type RegressionLoss,
  type SmoothL1Options,
  smoothL1Loss,
} from './ops/regressionLoss.ts';
export { type KlDivergenceOptions, klDivergence } from './ops/klDivergence.ts';
export {
  cosineEmbeddingLoss,
  hingeEmbeddingLoss,
  hingeLoss,
  type MarginOptions,
  marginRankingLoss,
  type TripletOptions,
  tripletLoss,
} from './ops/marginLoss.ts';
export { type InBatchNegativesOptions, inBatchNegatives } from './ops/inBatchNegatives.ts';
export type { LossOptions } from './ops/reduction.ts';

// Gradients, and operations of your own
export { backward, Gradients } from './backward.ts';
export { variable } from './variable.ts';
export { detach } from './detach.ts';
export { recompute } from './recompute.ts';
export {
  type GradientCheckOptions,
  type GradientReport,
  gradientCheck,
} from './gradientCheck.ts';
export {
  type BackwardContext,
  defineOp,
  type ForwardResult,
  isRecording,
  noGrad,
  withGrad,
  type OpDefinition,
} from './op.ts';

// Engines, and memory during inference
export { currentBackend, useBackend } from './backend/slot.ts';
export {
  type WasmBackend,
  type WasmBackendOptions,
  wasmBackend,
  wasmBackendSync,
} from './wasm/wasmBackend.ts';
export { jsBackend } from './backend/js/jsBackend.ts';
export type {
  Activation,
  AttentionCall,
  Backend,
  EngineDescription,
  EngineMemory,
  Layout,
  RowCoding,
} from './backend/backend.ts';
export type { ScoreTerms } from './backend/scoreTerms.ts';
export type { VisibleBits } from './backend/visibleBits.ts';
export type { RecurrentKernels } from './backend/recurrentKernels.ts';
export type { TrainingKernels } from './backend/trainingKernels.ts';
export { inference, keep, region, trainingStep } from './region.ts';
export { allocate } from './regionStack.ts';

// Errors of files of weights
export { CheckpointError } from './checkpointError.ts';
