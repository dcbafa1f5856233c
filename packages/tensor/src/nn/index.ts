// @heed/tensor/nn: parameters, the functions that walk a model, and the layers that every model is made of.

export { BatchNorm, type BatchNormLayerOptions } from './batchNorm.ts';
export { describe } from './describe.ts';
export { Dropout } from './dropout.ts';
export { Embedding } from './embedding.ts';
export { FeedForward, type FeedForwardOptions } from './feedForward.ts';
export { forwardAll, Linear, type LinearOptions, type QuantizeOptions } from './linear.ts';
export { countParameters, freeze, initialize, type LoadOptions, load, parameters, thaw } from './model.ts';
export { LayerNorm, type LayerNormOptions, RMSNorm } from './norm.ts';
export { buffer, Parameter, parameter } from './parameter.ts';
export { type Pass, within } from './pass.ts';
export { quantize } from './quantize.ts';

// Laws of first values
export {
  type FanMode,
  type GainName,
  gainFor,
  kaimingNormal,
  kaimingUniform,
  xavierNormal,
  xavierUniform,
} from './fanInit.ts';
export { constant, type Initializer, normal, truncatedNormal, uniform } from './init.ts';
export { orthogonal } from './orthogonal.ts';
export { type T5Laws, type T5Widths, t5 } from './t5Init.ts';

// Recurrent networks
export type { RecurrentOptions, SequenceOptions } from './recurrent/directions.ts';
export { GRU, GRUCell, type GRUOptions, type HiddenOptions, type HiddenResult } from './recurrent/gru.ts';
export { LSTM, LSTMCell, type LSTMOptions, type LSTMResult, type LSTMState } from './recurrent/lstm.ts';
export { RNN, RNNCell, type RNNOptions } from './recurrent/rnn.ts';
export type { Nonlinearity } from './recurrent/rnnCell.ts';
