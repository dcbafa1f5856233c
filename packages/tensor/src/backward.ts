// backward(loss): reverse-mode differentiation. Returns the gradients; nothing is stored on tensors, so nothing is to be zeroed.

import { gradientMemory } from './gradientMemory.ts';
import { noGrad } from './op.ts';
import { add } from './ops/arithmetic.ts';
import { ShapeError, sameShape } from './shape.ts';
import { type AnyTensor, type Origin, Tensor } from './tensor.ts';

/** Gradients by tensor: of each trainable parameter (and each other leaf that requires one) that the loss depends on. */
export class Gradients implements Iterable<readonly [AnyTensor, Tensor]> {
  readonly #of: Map<AnyTensor, Tensor>;

  constructor(entries: Iterable<readonly [AnyTensor, Tensor]> = []) {
    this.#of = new Map(entries);
  }

  /** The gradient of a leaf, undefined where the loss does not depend on it. */
  get(leaf: AnyTensor): Tensor | undefined {
    return this.#of.get(leaf);
  }

  /** How many leaves have a gradient. */
  get size(): number {
    return this.#of.size;
  }

  /** Sums of both: accumulation over several losses. */
  add(other: Gradients): Gradients {
    const sum = new Map(this.#of);
    for (const [leaf, gradient] of other) {
      const mine = sum.get(leaf);
      sum.set(leaf, mine === undefined ? gradient : noGrad(() => add(mine, gradient)));
    }
    return new Gradients(sum);
  }

  /** The same leaves with each gradient replaced. */
  map(change: (gradient: Tensor, leaf: AnyTensor) => Tensor): Gradients {
    return new Gradients(Array.from(this.#of, ([leaf, gradient]) => [leaf, change(gradient, leaf)] as const));
  }

  [Symbol.iterator](): Iterator<readonly [AnyTensor, Tensor]> {
    return this.#of.entries();
  }
}

/** How a tensor was made, if after `since` operations; what is older counts as a leaf. */
const originSince = (tensor: AnyTensor, since: number): Origin | undefined => {
  const { origin } = tensor;
  return origin === undefined || origin.order < since ? undefined : origin;
};

/** Recorded tensors in an order in which each stands after all that it was computed from; iterative, so depth does not matter. */
const topologicalOrder = (root: AnyTensor, since: number): AnyTensor[] => {
  const order: AnyTensor[] = [];
  const seen = new Set<AnyTensor>([root]);
  const stack: { tensor: AnyTensor; next: number }[] = [{ tensor: root, next: 0 }];
  while (stack.length > 0) {
    const top = stack[stack.length - 1] as (typeof stack)[number]; // not empty
    if (top.tensor.spent)
      throw new Error(
        `backward: ${top.tensor} was part of a graph that was already differentiated. Compute it again, or add the losses and differentiate once.`,
      );
    const input = originSince(top.tensor, since)?.inputs[top.next++];
    if (input === undefined) {
      order.push(top.tensor);
      stack.pop();
    } else if (input.requiresGradient && !seen.has(input)) {
      seen.add(input);
      stack.push({ tensor: input, next: 0 });
    }
  }
  return order;
};

/** Tensors recorded before `since` operations, and leaves, that a tensor depends on through what was recorded since. */
export const dependenciesSince = (tensor: AnyTensor, since: number): AnyTensor[] =>
  tensor.requiresGradient
    ? topologicalOrder(tensor, since).filter((one) => originSince(one, since) === undefined)
    : [];

/** Gradients of Σ output·upstream: of leaves, and of tensors recorded before `since` operations, behind which it does not go. */
export const gradientsSince = (output: Tensor, upstream: Tensor, since: number): Gradients =>
  noGrad(() => {
    const pending = new Map<AnyTensor, Tensor>();
    const leaves = new Map<AnyTensor, Tensor>();
    const memory = gradientMemory();
    pending.set(output, upstream);
    for (const tensor of topologicalOrder(output, since).reverse()) {
      const gradient = pending.get(tensor);
      pending.delete(tensor);
      if (gradient === undefined) continue;
      const origin = originSince(tensor, since);
      if (origin === undefined) {
        leaves.set(tensor, gradient);
        continue;
      }
      const gradients = memory.during(() => origin.backward(gradient));
      for (const [index, input] of origin.inputs.entries()) {
        const part = gradients[index];
        if (part === undefined || !input.requiresGradient) continue;
        const sum = pending.get(input);
        const total = sum === undefined ? part : memory.during(() => add(sum, part));
        memory.hold(total);
        if (sum !== undefined) memory.release(sum);
        pending.set(input, total);
      }
      memory.release(gradient);
      memory.settle();
      Tensor.spend(tensor);
    }
    memory.finish();
    return new Gradients(leaves);
  });

/**
 * Gradients of a scalar loss, or of Σ output·upstream where `upstream` (of the output's shape) is given. Each node is dropped once
 * used, so activations die during the pass; a graph can be differentiated once.
 *
 * @example
 * const weight = parameter([2], constant(3));
 * initialize({ weight }, random(0));
 * backward(sum(mul(weight, weight))).get(weight)?.toArray(); //=> [6, 6]
 */
export const backward = (loss: Tensor, upstream?: Tensor): Gradients => {
  if (!loss.requiresGradient)
    throw new Error(
      `backward: ${loss} does not depend on anything trainable. Loaded parameters are frozen: thaw(model) first; inside noGrad or inference nothing is recorded.`,
    );
  if (upstream === undefined && loss.size !== 1)
    throw new ShapeError(
      `backward: the loss is ${loss}; expected one number. Reduce it with sum or mean, or pass upstream.`,
    );
  if (upstream !== undefined && !sameShape(upstream.shape, loss.shape))
    throw new ShapeError(
      `backward: upstream is ${upstream} but the output is ${loss}; shapes must be equal.`,
    );
  return gradientsSince(loss, upstream ?? new Tensor('float32', loss.shape, Float32Array.of(1)), 0);
};
