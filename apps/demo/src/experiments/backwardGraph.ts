// An expression computed forward and differentiated backward by the engine, with all that is otherwise unseen: the value of each
// operation, what each passed back to each of its inputs, and the derivative of each number by differences, to check.

import {
  add,
  backward,
  defineOp,
  exp,
  gradientCheck,
  log,
  mul,
  noGrad,
  relu,
  sigmoid,
  square,
  sub,
  type Tensor,
  tanh,
  tensor,
  variable,
} from '@heed/tensor';
import type { Expression, Operation } from './expressions.ts';

/** What one operation passed back to one of its inputs. */
export interface Passed {
  readonly from: string;
  readonly to: string;
  readonly gradient: number;
}

/** A given number with its derivative, twice. */
export interface LeafSlope {
  readonly name: string;
  readonly gradient: number;
  /** By differences of the expression's values, five points. */
  readonly difference: number;
}

/** The expression with all its numbers. */
export interface BackwardGraph {
  /** Of leaves and operations, by name. */
  readonly values: Readonly<Record<string, number>>;
  /** d(last)/d(name), by name; 1 for the last. */
  readonly gradients: Readonly<Record<string, number>>;
  readonly passed: readonly Passed[];
  readonly leaves: readonly LeafSlope[];
  /** Largest error that `gradientCheck` of @heed/tensor finds, as a share of the larger of 1 and the derivative. */
  readonly error: number;
}

const operations: Readonly<Record<Operation, (a: Tensor, b: Tensor) => Tensor>> = {
  add,
  sub,
  mul,
  tanh,
  relu,
  square,
  exp,
  log,
  sigmoid,
};

/** Passes values and gradients on unchanged, and tells the gradient: an op of one's own takes ten lines. */
const listen = defineOp<readonly [Tensor], (gradient: number) => void>({
  name: 'listen',
  forward: ([x]) => ({ shape: x.shape, data: x.data.slice() }),
  backward: (gradient, { options: tell }) => {
    tell(gradient.item());
    return [gradient];
  },
});

/** Each number of the expression from its leaves; `onPassed` is told each gradient during a later backward. */
const evaluate = (
  { leaves, operations: steps }: Expression,
  given: readonly Tensor[],
  onPassed: (passed: Passed) => void = () => undefined,
): Map<string, Tensor> => {
  const known = new Map<string, Tensor>([['−1', tensor(-1)]]);
  for (const [index, { name }] of leaves.entries()) known.set(name, given[index] ?? tensor(0));
  for (const { name, operation, inputs } of steps) {
    const [a, b] = inputs.map((input) => {
      const value = known.get(input);
      if (value === undefined)
        throw new Error(`expression: ${name} reads ${input}, which is not there yet; put it before ${name}.`);
      return listen([value], (gradient) => onPassed({ from: name, to: input, gradient }));
    });
    if (a === undefined) throw new Error(`expression: ${name} has no input; name one.`);
    known.set(name, operations[operation](a, b ?? a));
  }
  return known;
};

/** Distance of the differences: a smaller one loses more digits in float32 than it wins. */
const step = 2 ** -6;

/** Five-point difference of f at x: error h⁴·f⁽⁵⁾/30. */
const differenceAt = (f: (x: number) => number, x: number): number =>
  (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);

/**
 * The expression at its leaves' values, or at others by name.
 *
 * @example
 * backwardGraph(expressions.neuron, { w: 0.5 }).gradients.w; // dL/dw where w = 0.5
 */
export const backwardGraph = (
  expression: Expression,
  changed: Readonly<Record<string, number>> = {},
): BackwardGraph => {
  const numbers = expression.leaves.map(({ name, value }) => changed[name] ?? value);
  const last = expression.operations.at(-1)?.name ?? '';
  const outputOf = (given: readonly Tensor[], onPassed?: (passed: Passed) => void): Tensor =>
    evaluate(expression, given, onPassed).get(last) ?? tensor(0);
  const passed: Passed[] = [];
  const leaves = numbers.map((value) => variable(tensor(value)));
  const known = evaluate(expression, leaves, (one) => passed.push(one));
  const values = Object.fromEntries([...known].map(([name, value]) => [name, value.item()]));
  const found = backward(known.get(last) ?? tensor(0));
  const gradients: Record<string, number> = { [last]: 1 };
  for (const { to, gradient } of passed) gradients[to] = (gradients[to] ?? 0) + gradient;
  const at = (index: number) => (x: number) =>
    noGrad(() => outputOf(numbers.map((value, i) => tensor(i === index ? x : value))).item());
  return {
    values,
    gradients,
    passed,
    leaves: expression.leaves.map(({ name }, index) => ({
      name,
      gradient: found.get(leaves[index] as Tensor)?.item() ?? 0, // as many variables as leaves
      difference: differenceAt(at(index), numbers[index] ?? 0),
    })),
    error: gradientCheck(
      (...given: readonly Tensor[]) => outputOf(given),
      numbers.map((value) => tensor(value)),
      {
        tolerance: Infinity,
      },
    ).error,
  };
};
