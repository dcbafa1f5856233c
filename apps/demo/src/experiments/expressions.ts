// Small expressions whose derivatives one can follow with a pencil: numbers to choose, then one operation after the other.

/** An operation of one or two numbers. */
export type Operation = 'add' | 'sub' | 'mul' | 'tanh' | 'relu' | 'square' | 'exp' | 'log' | 'sigmoid';

/** A number that is given. */
export interface Leaf {
  readonly name: string;
  readonly value: number;
  /** Whether a step of learning may change it. */
  readonly trained: boolean;
}

/** One operation. Inputs are names of leaves or of operations before it. */
export interface Operating {
  readonly name: string;
  readonly operation: Operation;
  readonly inputs: readonly string[];
}

/** An expression; the last operation is its value. */
export interface Expression {
  readonly leaves: readonly Leaf[];
  readonly operations: readonly Operating[];
  /** TeX. */
  readonly formula: string;
}

const weight = (name: string, value: number): Leaf => ({ name, value, trained: true });
const given = (name: string, value: number): Leaf => ({ name, value, trained: false });
const operation = (name: string, kind: Operation, ...inputs: readonly string[]): Operating => ({
  name,
  operation: kind,
  inputs,
});

/** The expressions of the page. */
export const expressions = {
  /** One neuron and its squared error. */
  neuron: {
    leaves: [weight('w', 0.8), given('x', 1.5), weight('b', -0.2), given('y', -0.5)],
    operations: [
      operation('p', 'mul', 'w', 'x'),
      operation('z', 'add', 'p', 'b'),
      operation('a', 'tanh', 'z'),
      operation('e', 'sub', 'a', 'y'),
      operation('L', 'square', 'e'),
    ],
    formula: 'L = (\\tanh(w x + b) - y)^2',
  },
  /** One number used twice: both ways count. */
  shared: {
    leaves: [weight('w', 0.7), given('x', 1.2)],
    operations: [
      operation('p', 'mul', 'w', 'x'),
      operation('q', 'square', 'w'),
      operation('s', 'add', 'p', 'q'),
      operation('L', 'exp', 's'),
    ],
    formula: 'L = e^{w x + w^2}',
  },
  /** A ReLU that is shut passes nothing back. */
  relu: {
    leaves: [weight('w', -0.6), given('x', 1.0), weight('b', 0.1), given('y', 1.0)],
    operations: [
      operation('p', 'mul', 'w', 'x'),
      operation('z', 'add', 'p', 'b'),
      operation('a', 'relu', 'z'),
      operation('e', 'sub', 'a', 'y'),
      operation('L', 'square', 'e'),
    ],
    formula: 'L = (\\max(0, w x + b) - y)^2',
  },
  /** Cross-entropy of one answer: the slope is the error itself. */
  logistic: {
    leaves: [weight('w', 1.1), given('x', -0.9), weight('b', 0.3)],
    operations: [
      operation('p', 'mul', 'w', 'x'),
      operation('z', 'add', 'p', 'b'),
      operation('s', 'sigmoid', 'z'),
      operation('l', 'log', 's'),
      operation('L', 'mul', 'l', '−1'),
    ],
    formula: 'L = -\\log \\sigma(w x + b)',
  },
} as const satisfies Record<string, Expression>;

/** The name of an expression. */
export type ExpressionName = keyof typeof expressions;
