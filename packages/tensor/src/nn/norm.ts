// LayerNorm and RMSNorm with what they learn.

import { addLayerNorm, layerNorm, rmsNorm } from '../ops/normalize.ts';
import type { Shape } from '../shape.ts';
import type { Tensor } from '../tensor.ts';
import { constant } from './init.ts';
import { type Parameter, parameter } from './parameter.ts';

/** Options of a LayerNorm. */
export interface LayerNormOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
}

const shapeOf = (width: number | Shape): Shape => (typeof width === 'number' ? [width] : width);

/** Normalizes the last axis to mean 0 and variance 1, then scales and shifts. Ba 2016 (arXiv:1607.06450). */
export class LayerNorm {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  readonly epsilon: number;

  /** Of the last axis of extent `width`; or of several last axes together, of the extents given. */
  constructor(width: number | Shape, epsilon = 1e-5, { bias = true }: LayerNormOptions = {}) {
    this.weight = parameter(shapeOf(width), constant(1));
    this.bias = bias ? parameter(shapeOf(width), constant(0)) : undefined;
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

/** Divides the last axis by its root mean square, then scales; no mean is taken away. Zhang and Sennrich 2019 (arXiv:1910.07467). */
export class RMSNorm {
  readonly weight: Parameter;
  readonly epsilon: number;

  /** Of the last axis of extent `width`; or of several last axes together, of the extents given. */
  constructor(width: number | Shape, epsilon = 1e-6) {
    this.weight = parameter(shapeOf(width), constant(1));
    this.epsilon = epsilon;
  }

  /** x [..., width] → the same shape. */
  forward(x: Tensor): Tensor {
    return rmsNorm(x, this.weight, { epsilon: this.epsilon });
  }
}
