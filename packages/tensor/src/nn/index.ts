// @heed/tensor/nn: parameters, the functions that walk a model, and the layers that every model is made of.

export { Embedding } from './embedding.ts';
export { FeedForward, type FeedForwardOptions } from './feedForward.ts';
export {
  constant,
  gaussian,
  type Initializer,
  kaimingNormal,
  kaimingUniform,
  truncatedGaussian,
  xavierNormal,
  xavierUniform,
} from './init.ts';
export { Linear, type LinearOptions, type QuantizeOptions } from './linear.ts';
export { countParameters, freeze, initialize, type LoadOptions, load, parameters, thaw } from './model.ts';
export { LayerNorm } from './norm.ts';
export { Parameter, parameter } from './parameter.ts';
export { type Pass, within } from './pass.ts';
export { quantize } from './quantize.ts';

// Recurrent networks
export type { RecurrentOptions, SequenceOptions } from './recurrent/directions.ts';
export { GRU, GRUCell, type HiddenOptions, type HiddenResult } from './recurrent/gru.ts';
export { LSTM, LSTMCell, type LSTMResult, type LSTMState } from './recurrent/lstm.ts';
export { RNN, RNNCell, type RNNOptions } from './recurrent/rnn.ts';
export type { Nonlinearity } from './recurrent/rnnCell.ts';
