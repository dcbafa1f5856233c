// groupKeyHeads: from a checkpoint of multi-head attention to one with fewer key and value heads, the start of "uptraining". Checkpoints are maps of
// tensors by path, as `parameters` gives and `load` takes them; every attention in them is converted. Averaging of checkpoints: averageCheckpoints.ts.

import { CheckpointError, type Random, Tensor } from '@heed/tensor';
import { xavierUniform } from '@heed/tensor/nn';
import { alignments, type HeadRows, turnedColumns, turnedHeads } from './alignHeads.ts';

/** How the heads of a group become one. */
export type HeadPooling =
  /** Their mean: the best of three in Ainslie 2023 (arXiv:2305.13245), figure 4. */
  | 'mean'
  /** The first of them. */
  | 'first'
  /** New ones, drawn by xavierUniform; biases 0. */
  | 'random'
  /** Their mean, after each was turned to lie as near to the others as can be; queries and the output are turned likewise, so that nothing changes before the mean. Jin 2024 (arXiv:2412.20677), by weights. */
  | 'aligned'
  /** The same of values only: keys must not be turned where rotary positions or norms of keys stand between. */
  | 'alignedValues';

/** Options of `groupKeyHeads`. */
export interface GroupKeyHeadsOptions {
  /** Heads of queries. */
  readonly heads: number;
  /** Heads of keys and values in the checkpoint. Default: heads. */
  readonly from?: number;
  /** Heads of keys and values wanted: a divisor of `from`. 1 is multi-query attention. */
  readonly to: number;
  /** Default 'mean'. */
  readonly by?: HeadPooling;
  /** Source of new heads, for 'random'. */
  readonly random?: Random;
}

/** Weight of a projection with its bias as one more column, so that both are turned and pooled together. */
const joined = (weight: Tensor, bias: Tensor | undefined): HeadRows => {
  const [rows, width] = weight.shape as [number, number]; // rank 2, checked
  if (bias === undefined) return { data: weight.data, width };
  const data = new Float32Array(rows * (width + 1));
  for (let r = 0; r < rows; r++) {
    data.set(weight.data.subarray(r * width, (r + 1) * width), r * (width + 1));
    data[r * (width + 1) + width] = bias.data[r] as number; // one a row
  }
  return { data, width: width + 1 };
};

/** Weight and bias again. */
const parted = ({ data, width }: HeadRows, hasBias: boolean): [weight: Tensor, bias: Tensor | undefined] => {
  const rows = data.length / width;
  const own = hasBias ? width - 1 : width;
  const weight = new Float32Array(rows * own);
  for (let r = 0; r < rows; r++) weight.set(data.subarray(r * width, r * width + own), r * own);
  const bias = hasBias
    ? Float32Array.from({ length: rows }, (_, r) => data[r * width + own] as number)
    : undefined; // own = width − 1
  return [new Tensor('float32', [rows, own], weight), bias && new Tensor('float32', [rows], bias)];
};

/** The mean, in float64, or the first, of the heads of each group. */
const pooled = (
  { data, width }: HeadRows,
  to: number,
  { group, first }: { group: number; first: boolean },
): HeadRows => {
  const size = data.length / (to * group);
  const out = new Float32Array(to * size);
  for (let g = 0; g < to; g++)
    for (let e = 0; e < size; e++) {
      let total = 0;
      const count = first ? 1 : group;
      for (let member = 0; member < count; member++) total += data[(g * group + member) * size + e] as number; // inside
      out[g * size + e] = total / count;
    }
  return { data: out, width };
};

const refuse = (why: string): never => {
  throw new CheckpointError(`groupKeyHeads: ${why}`);
};

type Checkpoint = ReadonlyMap<string, Tensor>;

/** Converts one attention, whose tensors have the names prefix + 'key.weight' and so on, in place in `result`. */
const convert = (
  result: Map<string, Tensor>,
  prefix: string,
  options: Required<Omit<GroupKeyHeadsOptions, 'random'>> & Pick<GroupKeyHeadsOptions, 'random'>,
): void => {
  const { heads, from, to, by, random } = options;
  const group = from / to;
  const read = (part: string): HeadRows | undefined => {
    const weight = result.get(`${prefix}${part}.weight`);
    return weight && joined(weight, result.get(`${prefix}${part}.bias`));
  };
  const write = (part: string, rows: HeadRows): void => {
    const [weight, bias] = parted(rows, result.has(`${prefix}${part}.bias`));
    result.set(`${prefix}${part}.weight`, weight);
    if (bias !== undefined) result.set(`${prefix}${part}.bias`, bias);
  };
  const turned = (part: 'key' | 'value', rows: HeadRows): HeadRows => {
    const rotations = alignments(rows, from, group);
    const query = read('query');
    const output = result.get(`${prefix}output.weight`);
    if (part === 'key' && query !== undefined) write('query', turnedHeads(query, heads, rotations));
    if (part === 'value' && output !== undefined)
      result.set(
        `${prefix}output.weight`,
        new Tensor('float32', output.shape, turnedColumns(output.data, heads, rotations)),
      );
    return turnedHeads(rows, from, rotations);
  };
  for (const part of ['key', 'value'] as const) {
    const rows = read(part);
    if (rows === undefined) continue; // shared with the key
    if ((rows.data.length / rows.width) % from !== 0)
      refuse(
        `${prefix}${part}.weight has ${rows.data.length / rows.width} rows; expected a multiple of ${from} heads.`,
      );
    if (by === 'random') {
      const [weight, bias] = parted(
        pooled(rows, to, { group, first: true }),
        result.has(`${prefix}${part}.bias`),
      );
      if (random === undefined)
        throw new RangeError("groupKeyHeads: by 'random' needs a source of randomness; give { random }.");
      result.set(
        `${prefix}${part}.weight`,
        new Tensor('float32', weight.shape, xavierUniform()(weight.shape, random)),
      );
      if (bias !== undefined)
        result.set(`${prefix}${part}.bias`, new Tensor('float32', bias.shape, new Float32Array(bias.size)));
      continue;
    }
    const align = group > 1 && (by === 'aligned' || (by === 'alignedValues' && part === 'value'));
    write(part, pooled(align ? turned(part, rows) : rows, to, { group, first: by === 'first' }));
  }
};

/**
 * A checkpoint whose attentions have `to` key and value heads instead of `from`: head g of them is made of the heads g · from / to … of its group, those
 * that the same queries read. With to = from it is the same checkpoint (GQA-H is multi-head attention), to = 1 gives multi-query attention. Tensors of
 * other names stay. Attentions are found by their names `….key.weight`, `….query.weight`; of shared keys and values one is pooled.
 * Ainslie 2023 (arXiv:2305.13245), §2.1.
 *
 * @example
 * const grouped = load(new MultiHeadAttention({ width: 512, heads: 8, kvHeads: 2 }), groupKeyHeads(parameters(model), { heads: 8, to: 2 }));
 */
export const groupKeyHeads = (checkpoint: Checkpoint, options: GroupKeyHeadsOptions): Map<string, Tensor> => {
  const { heads, to, from = heads, by = 'mean', random } = options;
  for (const [name, parts, whole] of [
    ['from', from, heads],
    ['to', to, from],
  ] as const)
    if (!Number.isInteger(parts) || parts < 1 || whole % parts !== 0)
      throw new RangeError(`groupKeyHeads: ${name} is ${parts} key heads; expected a divisor of ${whole}.`);
  const result = new Map(checkpoint);
  const found = [...checkpoint.keys()].filter((name) => /(^|\.)key\.weight$/.test(name));
  const prefixes = found
    .map((name) => name.slice(0, -'key.weight'.length))
    .filter((prefix) => checkpoint.has(`${prefix}query.weight`));
  if (prefixes.length === 0)
    refuse(
      'no attention with weights of its own for keys; expected names such as key.weight beside query.weight.',
    );
  for (const prefix of prefixes) {
    if (by === 'aligned' && checkpoint.has(`${prefix}keyNorm.weight`))
      refuse(
        `${prefix}keyNorm stands between keys and their product, so keys cannot be turned. Use by: 'alignedValues'.`,
      );
    if (checkpoint.has(`${prefix}learnedKey`)) refuse(`${prefix}learnedKey is not converted. Leave it out.`);
    convert(result, prefix, { heads, from, to, by, ...(random && { random }) });
  }
  return result;
};
