// What the part on passing back shows: the expression, its numbers, the engine's answer, and how much of it is shown.

import { batch, createSignal } from 'solid-js';
import type { BackwardGraph } from '../../experiments/backwardGraph.ts';
import { type Expression, type ExpressionName, expressions } from '../../experiments/expressions.ts';
import { latest } from '../../model/latest.ts';
import { messageOf } from '../../model/messageOf.ts';
import { client } from '../../model/session.ts';
import { currentAddress, updateAddress } from '../../state/address.ts';

/** All expressions. */
export const expressionNames = Object.keys(expressions) as ExpressionName[];

/** Numbers by name. */
export type Numbers = Readonly<Record<string, number>>;

const first = (name: ExpressionName): Numbers =>
  Object.fromEntries(expressions[name].leaves.map((leaf) => [leaf.name, leaf.value]));

const [name, setName] = createSignal<ExpressionName>('neuron');
const [numbers, setNumbers] = createSignal<Numbers>(first('neuron'));
const [graph, setGraph] = createSignal<BackwardGraph>();
const [shown, setShown] = createSignal(Number.POSITIVE_INFINITY);
const [error, setError] = createSignal('');

const ask = latest((reason) => setError(messageOf(reason)));

const differentiate = (): void => {
  const [expression, values] = [name(), numbers()];
  void ask(async (signal) => {
    const answer = await client('differentiate', { expression, values }, { signal });
    batch(() => {
      setGraph(answer);
      setError('');
    });
  });
};

const expression = (): Expression => expressions[name()];

/** Stages of the whole way: each operation forward, then each passing back. */
const stages = (): number => expression().operations.length + (graph()?.passed.length ?? 0);

/** What numbers of an address may be: further out exponentials leave float32. */
const reach = 4;

const fromAddress = (expression: ExpressionName): Numbers =>
  Object.fromEntries(
    expressions[expression].leaves.map(({ name: leaf, value }) => {
      const given = Number(currentAddress().values.get(leaf) || Number.NaN); // '' is no number
      return [leaf, Math.abs(given) <= reach ? given : value];
    }),
  );

/** Numbers that the address keeps, those of other expressions left out. */
const remember = (): void => {
  const names = expressionNames.flatMap((one) => expressions[one].leaves.map((leaf) => leaf.name));
  const own = numbers();
  updateAddress({
    expression: name(),
    ...Object.fromEntries(
      names.map((leaf) => [leaf, own[leaf] === undefined ? '' : String(Number(own[leaf].toFixed(4)))]),
    ),
  });
};

/** Size of a step of learning. */
const rate = 0.1;

/** The expression. */
export const graphState = {
  ...{ name, numbers, graph, error, expression, stages },
  /** How many stages are shown. */
  shown: (): number => Math.min(shown(), stages()),
  show: (count: number): void => {
    setShown(Math.max(0, count));
  },
  showAll: (): void => {
    setShown(Number.POSITIVE_INFINITY);
  },
  enter(): void {
    const wished = expressionNames.find((one) => one === currentAddress().values.get('expression'));
    if (wished !== undefined) {
      setName(wished);
      setNumbers(fromAddress(wished));
    }
    differentiate();
  },
  choose(next: ExpressionName): void {
    batch(() => {
      setGraph(undefined);
      setName(next);
      setNumbers(first(next));
    });
    remember();
    differentiate();
  },
  change(changes: Numbers): void {
    setNumbers({ ...numbers(), ...changes });
    remember();
    differentiate();
  },
  /** Each trained number moves against its gradient. */
  learn(): void {
    const gradients = graph()?.gradients ?? {};
    const trained = expression().leaves.filter((leaf) => leaf.trained);
    graphState.change(
      Object.fromEntries(
        trained.map((leaf) => [
          leaf.name,
          (numbers()[leaf.name] ?? leaf.value) - rate * (gradients[leaf.name] ?? 0),
        ]),
      ),
    );
  },
  restore(): void {
    graphState.change(first(name()));
  },
} as const;
