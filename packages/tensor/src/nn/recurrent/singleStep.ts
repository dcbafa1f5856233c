// What GRUCell, LSTMCell and RNNCell share: a recurrence of one step.

import { zeros } from '../../create.ts';
import { reshape } from '../../ops/arrange.ts';
import { ShapeError, sameShape } from '../../shape.ts';
import type { Tensor } from '../../tensor.ts';
import { type CellSize, declareDirection, runDirection } from './directions.ts';

/** The fields of a cell's parameters, and its step: x [batch, inputs] and states [batch, width] (undefined: zeros) → the next states. */
export const cellOf = (
  name: string,
  size: CellSize,
): {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly step: (x: Tensor, states: readonly (Tensor | undefined)[]) => readonly Tensor[];
} => {
  const { cell, inputs, width } = size;
  const { direction, fields } = declareDirection(size);
  return {
    fields,
    step: (x, given) => {
      if (x.rank !== 2 || x.shape[1] !== inputs)
        throw new ShapeError(`${name}: x is ${x}; expected [batch, ${inputs}].`);
      const batch = x.shape[0] as number; // rank 2
      const states = given.map((state) => {
        if (state !== undefined && !sameShape(state.shape, [batch, width]))
          throw new ShapeError(
            `${name}: a state is ${state}; expected [batch, width] = [${batch}, ${width}].`,
          );
        return state ?? zeros([batch, width]);
      });
      const steps = reshape(x, [1, batch, inputs]);
      return runDirection(direction, steps, states, { cell, reverse: false, lengths: undefined }).states;
    },
  };
};
