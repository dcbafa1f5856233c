// class Tensor: shape, dtype, data, and how it was computed. No operations: those are functions in ops/.
// Always contiguous and row-major; no strides, views, layouts or devices.

import { type DataOf, type DType, isDataOf } from './dtype.ts';
import { track } from './regionStack.ts';
import { checkShape, describeShape, type Shape, ShapeError, sizeOf } from './shape.ts';

/** How a tensor was made: read by `backward`, dropped as soon as it has been used. */
export interface Origin {
  readonly name: string;
  /** Rises with each operation that is recorded. */
  readonly order: number;
  readonly inputs: readonly AnyTensor[];
  /** One gradient per input, undefined where none is wanted or none exists. */
  readonly backward: (gradient: Tensor) => readonly (Tensor | undefined)[];
}

/** A tensor of any dtype. */
export type AnyTensor = Tensor<DType>;

/**
 * An n-dimensional array: row-major, contiguous, immutable once made.
 *
 * @example
 * const x = tensor([[1, 2], [3, 4]]);
 * x.shape; //=> [2, 2]
 * String(x); //=> 'float32[2, 2]'
 */
export class Tensor<D extends DType = 'float32'> {
  readonly shape: Shape;
  readonly dtype: D;
  #data: DataOf<D> | undefined;
  #origin: Origin | undefined;
  #requiresGradient: boolean;
  #constant = false;
  #spent = false;
  #absence: string | undefined;

  constructor(dtype: D, shape: Shape, data: DataOf<D> | undefined, origin?: Origin) {
    this.dtype = dtype;
    this.shape = shape;
    this.#data = data;
    this.#origin = origin;
    this.#requiresGradient = origin !== undefined;
    track(this);
  }

  /** Whether gradients flow to it: true of trainable parameters and of all that is computed from them. */
  get requiresGradient(): boolean {
    return this.#requiresGradient;
  }

  /** True of a frozen parameter: its data will not change and will be used again, so an engine may keep a packed copy. */
  get constant(): boolean {
    return this.#constant;
  }

  /**
   * The elements, row-major. Not to be written to. Throws where the tensor belonged to an `inference` call that has ended:
   * what such a call returns stays readable, everything else made in it is gone.
   */
  get data(): DataOf<D> {
    if (this.#data === undefined)
      throw new Error(
        this.#absence ??
          `${this} has no data. A parameter: fill it by initialize(model, random(seed)) or load(model, checkpoint). Else it was a gradient that backward has used, or it was read after the inference(…), trainingStep(…) or region(…) that made it had ended. Return the tensor from it, or keep(tensor) inside it.`,
      );
    return this.#data;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Number of dimensions. */
  get rank(): number {
    return this.shape.length;
  }

  /** How it was made, if that was recorded and not yet used. For `backward`. */
  get origin(): Origin | undefined {
    return this.#origin;
  }

  /** The one number of a tensor with one element. */
  item(): number {
    if (this.size !== 1)
      throw new ShapeError(
        `item: ${this} has ${this.size} elements; expected one. Index or reduce it first.`,
      );
    return this.data[0] as number; // size is 1
  }

  /** Nested arrays of numbers (of 0 and 1 for bool), for printing and for small things. */
  toArray(): NestedNumbers {
    const nest = (axis: number, offset: number): NestedNumbers => {
      if (axis === this.rank) return this.data[offset] as number; // offset < size
      const extent = this.shape[axis] as number; // axis < rank
      const step = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: extent }, (_, index) => nest(axis + 1, offset + index * step));
    };
    return nest(0, 0);
  }

  /** `float32[2, 3]`: dtype and shape, never the data. */
  toString(): string {
    return describeShape(this.shape, this.dtype);
  }

  /** Whether `backward` has already passed through it. */
  get spent(): boolean {
    return this.#spent;
  }

  /** For regions and parameters only: replaces the data, or takes them away. Not part of the public face. */
  static settle<D extends DType>(tensor: Tensor<D>, data: DataOf<D> | undefined): void {
    tensor.#data = data;
  }

  /** For layers that keep a value in another form: takes the data away, and says why to who reads it. */
  static forget(tensor: AnyTensor, why: string): void {
    tensor.#data = undefined;
    tensor.#absence = why;
  }

  /** For readers of files only: a tensor of which dtype and shape are known, but whose data cannot be had, and why. */
  static absent<D extends DType>(dtype: D, shape: Shape, why: string): Tensor<D> {
    const tensor = new Tensor(dtype, shape, undefined);
    tensor.#absence = why;
    return tensor;
  }

  /** Whether there is data to read. */
  get filled(): boolean {
    return this.#data !== undefined;
  }

  /** For parameters only: whether gradients flow to it, and whether its data is final. */
  static mark(
    tensor: AnyTensor,
    marks: { readonly requiresGradient: boolean; readonly constant: boolean },
  ): void {
    tensor.#requiresGradient = marks.requiresGradient;
    tensor.#constant = marks.constant;
  }

  /** For `backward` only: forgets how the tensor was made, so that what it was made from can be collected. */
  static spend(tensor: AnyTensor): void {
    tensor.#origin = undefined;
    tensor.#spent = true;
  }
}

/** A number, or arrays of arrays of numbers, all of one depth and length. */
export type NestedNumbers = number | readonly NestedNumbers[];

/** Wraps data in a tensor after checking that dtype, shape and length fit. For data that comes from outside. */
export const tensorOf = <D extends DType>(dtype: D, shape: Shape, data: DataOf<D>): Tensor<D> => {
  checkShape('tensor', shape);
  const given: unknown = data;
  if (!isDataOf(dtype, given))
    throw new ShapeError(`tensor: data of kind ${Object.prototype.toString.call(given)} for dtype ${dtype}.`);
  if (sizeOf(shape) !== data.length)
    throw new ShapeError(
      `tensor: ${data.length} elements for ${describeShape(shape, dtype)}; expected ${sizeOf(shape)}.`,
    );
  return new Tensor(dtype, [...shape], data);
};
