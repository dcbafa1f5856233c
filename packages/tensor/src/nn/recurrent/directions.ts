// What GRU, LSTM and RNN share: the parameters of each layer and direction under PyTorch's names, and the pass through all of them.

import { zeros } from '../../create.ts';
import { concat, stack } from '../../ops/alongAxis.ts';
import { permute, reshape } from '../../ops/arrange.ts';
import { dropout } from '../../ops/dropout.ts';
import { slice } from '../../ops/slice.ts';
import { type Shape, ShapeError, sameShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { uniform } from '../init.ts';
import { type Parameter, parameter } from '../parameter.ts';
import type { Pass } from '../pass.ts';
import type { Cell } from './cell.ts';
import { recurrence } from './recurrence.ts';

/** Options of GRU, LSTM and RNN. */
export interface RecurrentOptions {
  /** How many, each reading what the one before put out. Default 1. */
  readonly layers?: number;
  /** Whether each layer also reads from the end; both outputs are joined along the last axis. Default false. */
  readonly bidirectional?: boolean;
  /** Whether there are biases. Default true. */
  readonly bias?: boolean;
  /** Rate of dropout on what each layer but the last puts out; default 0. */
  readonly dropout?: number;
}

/** Options of one forward pass. */
export interface SequenceOptions {
  /** Steps of each sequence of the batch, 0 … length; what stands behind them has no influence. Default: all have every step. */
  readonly lengths?: ArrayLike<number>;
}

/** The parameters of one direction of one layer. */
export interface Direction {
  readonly weightX: Parameter;
  readonly weightH: Parameter;
  readonly biasX: Parameter | undefined;
  readonly biasH: Parameter | undefined;
  readonly peephole: Parameter | undefined;
}

/** Sizes of a cell's parameters. */
export interface CellSize {
  readonly cell: Cell;
  readonly inputs: number;
  readonly width: number;
  readonly bias: boolean;
}

/** Declares the parameters of one direction, and the names that they have in PyTorch: weight_ih, weight_hh, … each with the suffix. */
export const declareDirection = (
  { cell, inputs, width, bias }: CellSize,
  suffix = '',
): { readonly direction: Direction; readonly fields: Readonly<Record<string, Parameter | undefined>> } => {
  const law = uniform(1 / Math.sqrt(width)); // PyTorch's, for biases too
  const declare = (...shape: Shape): Parameter => parameter(shape, law);
  const rows = cell.gates * width;
  const direction = {
    weightX: declare(rows, inputs),
    weightH: declare(rows, width),
    biasX: bias ? declare(rows) : undefined,
    biasH: bias ? declare(rows) : undefined,
    peephole: cell.peepholes ? declare(3 * width) : undefined,
  };
  return {
    direction,
    fields: {
      [`weight_ih${suffix}`]: direction.weightX,
      [`weight_hh${suffix}`]: direction.weightH,
      [`bias_ih${suffix}`]: direction.biasX,
      [`bias_hh${suffix}`]: direction.biasH,
      [`weight_peephole${suffix}`]: direction.peephole,
    },
  };
};

/** The directions of all layers, layer by layer, and their fields. */
export const declareDirections = (
  name: string,
  size: Omit<CellSize, 'bias'>,
  { layers = 1, bidirectional = false, bias = true }: RecurrentOptions,
): { readonly directions: readonly Direction[]; readonly fields: Readonly<Record<string, unknown>> } => {
  for (const [what, value, least] of [
    ['inputs', size.inputs, 0],
    ['width', size.width, 1],
    ['layers', layers, 1],
  ] as const)
    if (!Number.isInteger(value) || value < least)
      throw new RangeError(`${name}: ${what} is ${value}; expected a whole number from ${least}.`);
  const each = Array.from({ length: layers * (bidirectional ? 2 : 1) }, (_, index) => {
    const layer = bidirectional ? index >> 1 : index;
    const inputs = layer === 0 ? size.inputs : size.width * (bidirectional ? 2 : 1);
    const reverse = bidirectional && index % 2 === 1;
    return declareDirection({ ...size, inputs, bias }, `_l${layer}${reverse ? '_reverse' : ''}`);
  });
  return {
    directions: each.map(({ direction }) => direction),
    fields: Object.assign({}, ...each.map(({ fields }) => fields)) as Record<string, unknown>,
  };
};

/** Runs one direction over time-first inputs. */
export const runDirection = (
  { weightX, weightH, biasX, biasH, peephole }: Direction,
  x: Tensor,
  states: readonly Tensor[],
  options: { readonly cell: Cell; readonly reverse: boolean; readonly lengths: Int32Array | undefined },
): ReturnType<typeof recurrence> => {
  const [hidden, ...cells] = states as readonly [Tensor, ...Tensor[]]; // one or two
  const none = biasX === undefined || biasH === undefined ? zeros([weightX.shape[0] as number]) : undefined; // a matrix
  const biases = [biasX ?? none, biasH ?? none] as [Tensor, Tensor]; // none is there if a bias is not
  const rest = peephole === undefined ? cells : [...cells, peephole];
  return recurrence([x, weightX, weightH, ...biases, hidden, ...rest], options);
};

/** The lengths as whole numbers, checked. */
const lengthsOf = (
  name: string,
  lengths: ArrayLike<number> | undefined,
  x: Tensor,
): Int32Array | undefined => {
  if (lengths === undefined) return undefined;
  const [batch, steps] = x.shape as [number, number]; // rank 3, checked
  const bad = Array.from(lengths).find((length) => !Number.isInteger(length) || length < 0 || length > steps);
  if (lengths.length !== batch || bad !== undefined)
    throw new ShapeError(
      `${name}: lengths are ${lengths.length} numbers${bad === undefined ? '' : ` with ${bad} among them`} for x ${x}; expected ${batch} whole numbers from 0 to ${steps}.`,
    );
  return Int32Array.from(lengths);
};

/** All layers over x [batch, length, inputs]; states [layers·directions, batch, width] each, or undefined for zeros. */
export const runLayers = (
  name: string,
  x: Tensor,
  given: {
    readonly cell: Cell;
    readonly directions: readonly Direction[];
    readonly options: RecurrentOptions;
    readonly states: readonly (Tensor | undefined)[];
    readonly lengths: ArrayLike<number> | undefined;
    readonly pass: Pass;
  },
): { readonly output: Tensor; readonly states: readonly Tensor[] } => {
  const { cell, directions, options, pass } = given;
  const [first] = directions as readonly [Direction]; // at least one layer
  const [, inputs] = first.weightX.shape as [number, number];
  const width = first.weightH.shape[1] as number; // a matrix
  if (x.rank !== 3 || x.shape[2] !== inputs)
    throw new ShapeError(`${name}: x is ${x}; expected [batch, length, ${inputs}].`);
  const batch = x.shape[0] as number; // rank 3
  const shape = [directions.length, batch, width];
  const states = given.states.map((state) => {
    if (state !== undefined && !sameShape(state.shape, shape))
      throw new ShapeError(
        `${name}: a first state is ${state}; expected [layers·directions, batch, width] = [${shape.join(', ')}].`,
      );
    return state ?? zeros(shape);
  });
  const lengths = lengthsOf(name, given.lengths, x);
  const sides = options.bidirectional === true ? 2 : 1;
  const last: Tensor[][] = [];
  let layer = permute(x, [1, 0, 2]); // time first
  for (let index = 0; index < directions.length; index += sides) {
    if (index > 0) layer = dropout(layer, options.dropout ?? 0, pass.random);
    const results = directions.slice(index, index + sides).map((direction, side) => {
      const starts = states.map((state) =>
        reshape(slice(state, 0, index + side, index + side + 1), [batch, width]),
      );
      return runDirection(direction, layer, starts, { cell, reverse: side === 1, lengths });
    });
    last.push(...results.map((result) => [...result.states]));
    const outputs = results.map(({ output }) => output);
    layer = outputs.length === 1 ? (outputs[0] as Tensor) : concat(outputs, 2); // one a side
  }
  return {
    output: permute(layer, [1, 0, 2]),
    states: states.map((_, state) => stack(last.map((one) => one[state] as Tensor))), // as many as given
  };
};
