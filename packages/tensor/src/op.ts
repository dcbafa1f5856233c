// defineOp: an operation is a forward on typed arrays and, beneath it, its derivative in terms of other operations.
// Recording: an op notes its origin on its output iff gradients are on and some input requires one.

import type { Shape } from './shape.ts';
import { type AnyTensor, type Origin, Tensor } from './tensor.ts';

/** What a derivative may look at. */
export interface BackwardContext<Inputs extends readonly AnyTensor[], Options, Saved> {
  readonly inputs: Inputs;
  readonly output: Tensor;
  readonly options: Options;
  /** What forward kept for the derivative. */
  readonly saved: Saved;
  /** Whether input `index` wants its gradient; the others may be skipped. */
  needs(index: number): boolean;
}

/** The result of a forward: shape, data, and what the derivative needs beside inputs and output. */
export interface ForwardResult<Saved> {
  readonly shape: Shape;
  readonly data: Float32Array;
  readonly saved?: Saved;
}

/** An operation with a float32 result and a derivative. */
export interface OpDefinition<Inputs extends readonly AnyTensor[], Options, Saved> {
  readonly name: string;
  /** Checks shapes, computes. `needsGradient` says whether a derivative may be asked for later (else nothing need be saved). */
  forward(inputs: Inputs, options: Options, needsGradient: boolean): ForwardResult<Saved>;
  /** Gradients of the inputs, in order, each of its input's shape; undefined where there is none. */
  backward(
    gradient: Tensor,
    context: BackwardContext<Inputs, Options, Saved>,
  ): readonly (Tensor | undefined)[];
}

let recording = true;

/** Whether ops record at this moment. */
export const isRecording = (): boolean => recording;

const whileRecording = <T>(on: boolean, body: () => T): T => {
  const before = recording;
  recording = on;
  try {
    const value = body();
    if (value instanceof Promise)
      throw new Error(
        'noGrad: the function returned a promise; it must be synchronous. Put noGrad inside the async function.',
      );
    return value;
  } finally {
    recording = before;
  }
};

/**
 * Runs a synchronous function without recording. Returns what it returns.
 *
 * @example
 * const accuracy = noGrad(() => evaluate(model));
 */
export const noGrad = <T>(body: () => T): T => whileRecording(false, body);

/** Runs a synchronous function recording: for derivatives that differentiate again, since `backward` itself does not record. */
export const withGrad = <T>(body: () => T): T => whileRecording(true, body);

let recorded = 0;

/** How many operations have been recorded so far: what is recorded from now on has an order from this number. */
export const recordedCount = (): number => recorded;

/**
 * Makes a differentiable operation. This and `dims` are all that a new op needs, also outside of this package.
 *
 * @example
 * const square = defineOp<readonly [Tensor], undefined>({
 *   name: 'square',
 *   forward: ([x]) => ({ shape: x.shape, data: x.data.map((value) => value * value) }),
 *   backward: (gradient, { inputs: [x] }) => [mul(gradient, mul(x, 2))],
 * });
 * square([x], undefined);
 */
export const defineOp =
  <Inputs extends readonly AnyTensor[], Options = undefined, Saved = undefined>(
    definition: OpDefinition<Inputs, Options, Saved>,
  ): ((inputs: Inputs, options: Options) => Tensor) =>
  (inputs, options) => {
    const needsGradient = recording && inputs.some((input) => input.requiresGradient);
    const { shape, data, saved } = definition.forward(inputs, options, needsGradient);
    if (!needsGradient) return new Tensor('float32', shape, data);
    const origin: Origin = {
      name: definition.name,
      order: recorded++,
      inputs,
      backward: (gradient) =>
        definition.backward(gradient, {
          inputs,
          output,
          options,
          saved: saved as Saved,
          needs: (index) => inputs[index]?.requiresGradient === true,
        }),
    };
    const output: Tensor = new Tensor('float32', shape, data, origin);
    return output;
  };
