// A model is any object whose fields hold parameters, other models, or arrays of them. These functions walk its fields;
// there is no base class and no registration. Names are the paths of the fields.

import { CheckpointError } from '../checkpointError.ts';
import type { Random } from '../random.ts';
import { sameShape } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { Parameter } from './parameter.ts';

/** Fields of a part of a model, with their paths; none of tensors and plain values. */
const fieldsOf = (value: unknown, path: string): [path: string, field: unknown][] => {
  if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value) || value instanceof Tensor)
    return [];
  return Object.entries(value).map(([name, field]) => [path === '' ? name : `${path}.${name}`, field]);
};

/**
 * Parameters by path, in the order of the fields; an object met twice is listed once, under its first path: tied weights are one tensor, with
 * one summed gradient and one entry in a checkpoint. Values that are kept but not trained (running statistics) are among them.
 */
export const parameters = (model: object): Map<string, Parameter> => {
  const found = new Map<string, Parameter>();
  const seen = new Set<unknown>();
  const walk = (value: unknown, path: string): void => {
    if (seen.has(value)) return;
    if (typeof value === 'object') seen.add(value);
    if (value instanceof Parameter) found.set(path, value);
    for (const [at, field] of fieldsOf(value, path)) walk(field, at);
  };
  walk(model, '');
  return found;
};

/** Parameters by every path that leads to them, first ones first. Cycles are not walked twice. */
export const placesOf = (model: object): Map<string, Parameter> => {
  const found = new Map<string, Parameter>();
  const above = new Set<unknown>();
  const walk = (value: unknown, path: string): void => {
    if (above.has(value)) return;
    if (value instanceof Parameter) found.set(path, value);
    above.add(value);
    for (const [at, field] of fieldsOf(value, path)) walk(field, at);
    above.delete(value);
  };
  walk(model, '');
  return found;
};

/** Draws each parameter by its declared law, in field order, and leaves the model trainable. Returns the model. */
export const initialize = <M extends object>(model: M, source: Random): M => {
  for (const weight of parameters(model).values()) {
    weight.draw(source);
    weight.thaw();
  }
  return model;
};

/** How `load` reads names. */
export interface LoadOptions {
  /** From a name in the checkpoint to a path in the model; undefined leaves the tensor out. Default: names are paths. */
  readonly rename?: (name: string) => string | undefined;
  /** What the checkpoint is called in errors. Default 'checkpoint'. */
  readonly where?: string;
}

const list = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`  ${title}:`, ...lines.map((l) => `    ${l}`)];

/** Whether a name is a count of batches that PyTorch stores beside running statistics; nothing here needs it. */
const isBatchCount = (path: string, places: ReadonlyMap<string, Parameter>): boolean =>
  path.endsWith('num_batches_tracked') && places.has(path.replace(/num_batches_tracked$/, 'running_mean'));

interface Misfits {
  readonly missing: string[];
  readonly unexpected: string[];
  readonly misshapen: string[];
  readonly untied: string[];
}

const refuse = (where: string, { missing, unexpected, misshapen, untied }: Misfits): never => {
  throw new CheckpointError(
    [
      `load: ${where} does not fit the model (${missing.length} missing, ${unexpected.length} unexpected, ${misshapen.length} of another shape). Check the configuration and the renaming of names.`,
      ...list('missing', missing),
      ...list('unexpected', unexpected),
      ...list('of another shape', misshapen),
      ...list('of one tensor in the model, but of different values', untied),
    ].join('\n'),
  );
};

const sameValues = (a: Float32Array, b: Float32Array): boolean =>
  a === b || (a.length === b.length && a.every((value, i) => Object.is(value, b[i])));

/** Which tensor fills which parameter, and what does not fit. */
const matched = (
  model: object,
  checkpoint: ReadonlyMap<string, AnyTensor>,
  rename: (name: string) => string | undefined,
): { readonly given: ReadonlyMap<Parameter, Tensor>; readonly misfits: Misfits } => {
  const places = placesOf(model);
  const given = new Map<Parameter, Tensor>();
  const met = new Set<Parameter>();
  const misfits: Misfits = { missing: [], unexpected: [], misshapen: [], untied: [] };
  for (const [name, tensor] of checkpoint) {
    const path = rename(name);
    if (path === undefined) continue;
    const weight = places.get(path);
    if (weight === undefined) {
      if (!isBatchCount(path, places)) misfits.unexpected.push(`${name}: ${tensor}`);
      continue;
    }
    met.add(weight);
    const before = given.get(weight);
    if (tensor.dtype !== 'float32' || !sameShape(weight.shape, tensor.shape))
      misfits.misshapen.push(`${name}: given ${tensor}, expected ${weight}`);
    else if (before !== undefined && !sameValues(before.data, (tensor as Tensor).data))
      misfits.untied.push(`${name}: ${tensor}`);
    else given.set(weight, before ?? (tensor as Tensor));
  }
  for (const [path, weight] of parameters(model))
    if (!met.has(weight)) misfits.missing.push(`${path}: ${weight}`);
  return { given, misfits };
};

/**
 * Fills a model from a checkpoint and leaves it frozen. All tensors must be there, none too many, each of its shape; otherwise
 * nothing is changed and one CheckpointError lists every missing, unexpected and misshapen name. A tied weight may stand under any of its
 * paths, and under several if the values are the same; PyTorch's num_batches_tracked is passed over.
 * Values are shared with the checkpoint's tensors, not copied. Returns the model.
 */
export const load = <M extends object>(
  model: M,
  checkpoint: ReadonlyMap<string, AnyTensor>,
  { rename = (name) => name, where = 'checkpoint' }: LoadOptions = {},
): M => {
  const { given, misfits } = matched(model, checkpoint, rename);
  if (Object.values(misfits).some((names: readonly string[]) => names.length > 0)) refuse(where, misfits);
  for (const [weight, tensor] of given) {
    weight.fill(tensor.data);
    weight.freeze();
  }
  return model;
};

/** No gradient flows to the parameters of a model or of a part of it. */
export const freeze = (model: object): void => {
  for (const weight of parameters(model).values()) weight.freeze();
};

/** Gradients flow to the parameters of a model or of a part of it. */
export const thaw = (model: object): void => {
  for (const weight of parameters(model).values()) weight.thaw();
};

/** Number of values in all parameters; running statistics, which are not trained, do not count. */
export const countParameters = (model: object): number => {
  let count = 0;
  for (const weight of parameters(model).values()) if (weight.trainable) count += weight.size;
  return count;
};
