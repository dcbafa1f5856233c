// Linear: y = activation(x · weightᵀ + bias), its weight in float32 or, for inference, in 8-bit integers.

import type { Activation, RowCoding } from '../backend/backend.ts';
import { isRecording } from '../op.ts';
import { type Int8Weight, int8Weight, linearInt8 } from '../ops/linearInt8.ts';
import { linear, linearAll } from '../ops/matmul.ts';
import { Tensor } from '../tensor.ts';
import { xavierUniform } from './fanInit.ts';
import { constant, type Initializer } from './init.ts';
import { type Parameter, parameter } from './parameter.ts';

/** Options of a Linear. */
export interface LinearOptions {
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Law of the weight's first values. Default xavierUniform(). The bias starts at 0. */
  readonly initializer?: Initializer;
}

/** How a Linear is quantized. */
export interface QuantizeOptions {
  /** How rows of the input are coded, see `linearInt8`. Default 'fine'. */
  readonly rows?: RowCoding;
}

/** An affine map of the last axis, weight [outputs, inputs] as PyTorch has it. */
export class Linear {
  readonly weight: Parameter;
  readonly bias: Parameter | undefined;
  #stored: { readonly weight: Int8Weight; readonly rows: RowCoding } | undefined;

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
    const { weight, bias } = this;
    // A weight that was filled after it had been quantized is the newer one.
    if (this.#stored === undefined || weight.filled) return linear(x, weight, bias, activation);
    if (isRecording() && weight.requiresGradient)
      throw new Error(
        `linear: a gradient is asked of weight ${weight}, which is stored as 8-bit integers. Load the model again to train it.`,
      );
    const { weight: stored, rows } = this.#stored;
    return linearInt8(x, stored, { ...(bias === undefined ? {} : { bias }), activation, rows });
  }

  /**
   * From now on the weight is stored as 8-bit integers: a quarter of the memory, about twice as fast, for inference only. Its float32
   * values are dropped, it is frozen, and filling it again (by `load`) undoes this. See `quantize` for whole models, `int8Weight` for the rule.
   */
  quantize({ rows = 'fine' }: QuantizeOptions = {}): void {
    if (this.#stored !== undefined && !this.weight.filled) return;
    this.#stored = { weight: int8Weight(this.weight), rows };
    this.weight.freeze();
    Tensor.forget(
      this.weight,
      `linear: weight ${this.weight} is stored as 8-bit integers; its float32 values are gone. Load the model again to have them.`,
    );
  }
}

/**
 * x [..., inputs] through several layers, as each one's `forward` gives it; in inference as one job of the engine, where weights are in float32.
 *
 * @example
 * const [q, k, v] = forwardAll(x, [this.query, this.key, this.value]);
 */
export const forwardAll = (x: Tensor, layers: readonly Linear[]): Tensor[] =>
  layers.every(({ weight }) => weight.filled)
    ? linearAll(x, layers)
    : layers.map((layer) => layer.forward(x));
