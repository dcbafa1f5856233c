// quantize: every Linear of a model stores its weight as 8-bit integers. For inference, from any weights that were loaded.

import { Tensor } from '../tensor.ts';
import { Linear, type QuantizeOptions } from './linear.ts';
import { Parameter } from './parameter.ts';

/** The Linears of a model, and in how many places each parameter stands. */
const survey = (
  model: object,
): { readonly linears: readonly Linear[]; readonly places: ReadonlyMap<Parameter, number> } => {
  const linears: Linear[] = [];
  const places = new Map<Parameter, number>();
  const seen = new Set<object>();
  const walk = (value: unknown): void => {
    if (value instanceof Parameter) places.set(value, (places.get(value) ?? 0) + 1);
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value) || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Linear) linears.push(value);
    if (!(value instanceof Tensor)) for (const field of Object.values(value)) walk(field);
  };
  walk(model);
  return { linears, places };
};

/** Moves values that share a larger buffer (that of a file, of which most is no longer needed) to an array of their own. */
const detach = (weight: Parameter): void => {
  if (weight.filled && weight.data.byteLength < weight.data.buffer.byteLength)
    Tensor.settle(weight, weight.data.slice());
};

/**
 * Stores the weight of every Linear of a model as 8-bit integers with one scale an output (see `int8Weight`): a quarter of the memory and
 * about twice the speed, in inference. A weight that stands in several places (tied to an embedding) stays in float32. What stays no longer
 * shares the memory of the file that it was read from, so that this can go. Returns the model.
 *
 * @example
 * const model = quantize(load(new Linear(2, 1), new Map([['weight', tensor([[1, 2]])], ['bias', tensor([0])]])));
 * model.forward(tensor([[1, 1]])).item().toFixed(2); //=> '3.00'
 */
export const quantize = <M extends object>(model: M, options: QuantizeOptions = {}): M => {
  const { linears, places } = survey(model);
  for (const linear of linears) if (places.get(linear.weight) === 1) linear.quantize(options);
  for (const weight of places.keys()) detach(weight);
  return model;
};
