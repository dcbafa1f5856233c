// Parameter: a tensor that a model declares (shape and law of its first values) and that `initialize` or `load` fills later.

import type { DataOf } from '../dtype.ts';
import type { Random } from '../random.ts';
import { checkShape, type Shape, ShapeError, sizeOf } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import type { Initializer } from './init.ts';

/** A weight of a model. Filled data are its own array: nothing else writes to it but an optimizer. */
export class Parameter extends Tensor {
  readonly #initializer: Initializer;
  /** Whether it can be trained; running statistics cannot: they are saved and loaded, but no gradient ever flows to them. */
  readonly trainable: boolean;

  constructor(shape: Shape, initializer: Initializer, trainable = true) {
    checkShape('parameter', shape);
    super('float32', [...shape], undefined);
    this.#initializer = initializer;
    this.trainable = trainable;
  }

  /** Draws the first values by the declared law. */
  draw(source: Random): void {
    this.fill(this.#initializer(this.shape, source));
  }

  /** Takes values; the array is kept, not copied. */
  fill(data: DataOf<'float32'>): void {
    if (data.length !== sizeOf(this.shape))
      throw new ShapeError(`parameter: ${data.length} values for ${this}; expected ${sizeOf(this.shape)}.`);
    Tensor.settle(this, data);
  }

  /** No gradient flows to it; engines may keep it packed. */
  freeze(): void {
    Tensor.mark(this, { requiresGradient: false, constant: true });
  }

  /** Gradients flow to it, if it is trainable. Values move to an array of their own, since engines may keep a packed copy of the frozen one. */
  thaw(): void {
    if (this.filled && this.constant) Tensor.settle(this, this.data.slice());
    Tensor.mark(this, { requiresGradient: this.trainable, constant: false });
  }
}

/**
 * Declares a weight.
 *
 * @example
 * class Scale { readonly weight = parameter([4], constant(1)); }
 */
export const parameter = (shape: Shape, initializer: Initializer): Parameter =>
  new Parameter(shape, initializer);

/** Declares values that a model keeps beside its weights and changes itself: saved and loaded with them, never trained. */
export const buffer = (shape: Shape, initializer: Initializer): Parameter =>
  new Parameter(shape, initializer, false);
