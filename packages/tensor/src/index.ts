// @heed/tensor: tensors with gradients. One block per concept.

// Tensors
export { arange, booleans, eye, full, integers, normal, ones, tensor, uniform, zeros } from './create.ts';
export type { DataOf, DType } from './dtype.ts';
export { dims, type Shape, ShapeError, sameShape, sizeOf } from './shape.ts';
export { type AnyTensor, type NestedNumbers, Tensor, tensorOf } from './tensor.ts';

// Randomness
export { Random, random } from './random.ts';

// Gradients, and operations of your own
export { backward, Gradients } from './backward.ts';
export { variable } from './variable.ts';
export { type BackwardContext, defineOp, type ForwardResult, isRecording, noGrad, type OpDefinition } from './op.ts';

// Engines, and memory during inference
export type { Activation, AttentionCall, Backend, EngineDescription, Layout } from './backend/backend.ts';
export { jsBackend } from './backend/js/jsBackend.ts';
export { currentBackend, useBackend } from './backend/slot.ts';
export { inference, keep, region } from './region.ts';
export { allocate } from './regionStack.ts';

// Errors of files of weights
export { CheckpointError } from './checkpointError.ts';
