// Linear: y = activation(x · weightᵀ + bias).

import type { Activation } from '../backend/backend.ts';
import { linear } from '../ops/matmul.ts';
import type { Tensor } from '../tensor.ts';
import { constant, type Initializer, xavierUniform } from './init.ts';
import { type Parameter, parameter } from './parameter.ts';

/** Options of a Linear. */
export interface LinearOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Law of the weight's first values. Default xavierUniform(). The bias starts at 0. */
  readonly initializer?: Initializer;
}

/** An affine map of the last axis, weight [outputs, inputs] as PyTorch has it. */
export class Linear {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;

  constructor(
    inputs: number,
    outputs: number,
    { bias = true, initializer = xavierUniform() }: LinearOptions = {},
  ) {
    this.weight = parameter([outputs, inputs], initializer);
    this.bias = bias ? parameter([outputs], constant(0)) : undefined;
  }

  /** x [..., inputs] → [..., outputs], the activation applied to the result. */
  forward(x: Tensor, activation: Activation = 'none'): Tensor {
    return linear(x, this.weight, this.bias, activation);
  }
}
