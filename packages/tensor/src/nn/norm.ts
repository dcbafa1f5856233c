// LayerNorm with its learned scale and shift.

import { addLayerNorm, layerNorm } from '../ops/normalize.ts';
import type { Tensor } from '../tensor.ts';
import { constant } from './init.ts';
import { type Parameter, parameter } from './parameter.ts';

/** Normalizes the last axis to mean 0 and variance 1, then scales and shifts. Ba 2016 (arXiv:1607.06450). */
export class LayerNorm {
  readonly weight: Parameter;
  readonly bias: Parameter;
  readonly epsilon: number;

  constructor(width: number, epsilon = 1e-5) {
    this.weight = parameter([width], constant(1));
    this.bias = parameter([width], constant(0));
    this.epsilon = epsilon;
  }

  /** x [..., width] → the same shape. */
  forward(x: Tensor): Tensor {
    return layerNorm(x, this.weight, this.bias, { epsilon: this.epsilon });
  }

  /** Norm of x + residual in one pass. */
  forwardAdded(x: Tensor, residual: Tensor): Tensor {
    return addLayerNorm(x, residual, this.weight, this.bias, { epsilon: this.epsilon });
  }
}
