// A model is any object whose fields hold parameters, other models, or arrays of them. These functions walk its fields;
// there is no base class and no registration. Names are the paths of the fields.

import { CheckpointError } from '../checkpointError.ts';
import type { Random } from '../random.ts';
import { sameShape } from '../shape.ts';
import { type AnyTensor, Tensor } from '../tensor.ts';
import { Parameter } from './parameter.ts';

/** Parameters by path, in the order of the fields; an object met twice is listed once, under its first path. */
export const parameters = (model: object): Map<string, Parameter> => {
  const found = new Map<string, Parameter>();
  const seen = new Set<object>();
  const walk = (value: unknown, path: string): void => {
    if (value === null || typeof value !== 'object' || ArrayBuffer.isView(value) || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Parameter) found.set(path, value);
    else if (!(value instanceof Tensor))
      for (const [name, field] of Object.entries(value)) walk(field, path === '' ? name : `${path}.${name}`);
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

/**
 * Fills a model from a checkpoint and leaves it frozen. All tensors must be there, none too many, each of its shape; otherwise
 * nothing is changed and one CheckpointError lists every missing, unexpected and misshapen name.
 * Values are shared with the checkpoint's tensors, not copied. Returns the model.
 */
export const load = <M extends object>(
  model: M,
  checkpoint: ReadonlyMap<string, AnyTensor>,
  { rename = (name) => name, where = 'checkpoint' }: LoadOptions = {},
): M => {
  const wanted = parameters(model);
  const given = new Map<string, Tensor>();
  const unexpected: string[] = [];
  const misshapen: string[] = [];
  for (const [name, tensor] of checkpoint) {
    const path = rename(name);
    if (path === undefined) continue;
    const weight = wanted.get(path);
    if (weight === undefined) unexpected.push(`${name}: ${tensor}`);
    else if (tensor.dtype !== 'float32' || !sameShape(weight.shape, tensor.shape))
      misshapen.push(`${name}: given ${tensor}, expected ${weight}`);
    else given.set(path, tensor as Tensor);
  }
  const refused = new Set(misshapen.map((line) => rename(line.slice(0, line.indexOf(': '))) ?? ''));
  const missing = [...wanted.keys()].filter((path) => !given.has(path) && !refused.has(path));
  if (missing.length + unexpected.length + misshapen.length > 0)
    throw new CheckpointError(
      [
        `load: ${where} does not fit the model (${missing.length} missing, ${unexpected.length} unexpected, ${misshapen.length} of another shape). Check the configuration and the renaming of names.`,
        ...list(
          'missing',
          missing.map((path) => `${path}: ${wanted.get(path)}`),
        ),
        ...list('unexpected', unexpected),
        ...list('of another shape', misshapen),
      ].join('\n'),
    );
  for (const [path, tensor] of given) {
    const weight = wanted.get(path) as Parameter; // given holds only wanted paths
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

/** Number of values in all parameters. */
export const countParameters = (model: object): number => {
  let count = 0;
  for (const weight of parameters(model).values()) count += weight.size;
  return count;
};
