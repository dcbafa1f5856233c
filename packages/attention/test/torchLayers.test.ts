// PyTorch's numbers (data/golden/nn): MultiheadAttention, TransformerEncoderLayer, TransformerDecoderLayer and TransformerEncoder, outputs, weights
// and the gradient of every parameter and input.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  add,
  backward,
  concat,
  type Gradients,
  mean,
  mul,
  permute,
  reshape,
  sum,
  type Tensor,
  tensor,
  variable,
} from '@heed/tensor';
import { LayerNorm, parameters, thaw } from '@heed/tensor/nn';
import { expectClose, readSafetensors, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import { and, hideWhere, type Mask, MultiHeadAttention, TransformerLayer } from '../src/index.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly gradients: Readonly<Record<string, string>>;
  readonly upstream: string | Readonly<Record<string, string>>;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

/** PyTorch's names of the parts of an attention and of a layer, and ours. */
const attentionNames = { 'out_proj.': 'output.' };
const layerNames = {
  'self_attn.out_proj.': 'attention.output.',
  'multihead_attn.out_proj.': 'crossAttention.output.',
  'self_attn.': 'attention.',
  'multihead_attn.': 'crossAttention.',
  'linear1.': 'feedForward.inner.',
  'linear2.': 'feedForward.outer.',
  'norm1.': 'attentionNorm.',
};
const namesOf = ({ op }: Case): Record<string, string> => {
  if (op === 'MultiheadAttention') return attentionNames;
  const decoder = op === 'TransformerDecoderLayer';
  return {
    ...layerNames,
    'norm2.': decoder ? 'crossAttentionNorm.' : 'feedForwardNorm.',
    'norm3.': 'feedForwardNorm.',
  };
};

/** Our paths of one of PyTorch's parameters: three where it stacks the projections. */
const pathsOf = (one: Case, name: string): string[] => {
  let renamed = name;
  for (const [theirs, ours] of Object.entries(namesOf(one)))
    if (renamed.includes(theirs)) {
      renamed = renamed.replace(theirs, ours);
      break;
    }
  const stacked = /^(.*)in_proj_(weight|bias)$/.exec(renamed);
  if (stacked !== null) return ['query', 'key', 'value'].map((part) => `${stacked[1]}${part}.${stacked[2]}`);
  return [
    renamed
      .replace(/q_proj_weight$/, 'query.weight')
      .replace(/k_proj_weight$/, 'key.weight')
      .replace(/v_proj_weight$/, 'value.weight')
      .replace(/bias_k$/, 'learnedKey')
      .replace(/bias_v$/, 'learnedValue'),
  ];
};

const suite = (folder: string, title: string) => {
  const all = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[];
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors')));
  const stored = (key: string) => {
    const found = tensors.get(key);
    if (found === undefined) throw new Error(`golden file lacks ${key}`);
    return found;
  };
  const float = (key: string) =>
    tensor(Float32Array.from(stored(key).data as Float32Array), stored(key).shape);

  /** Fills a model with the parameters of a case; what is left over are inputs. */
  const fill = (one: Case, model: object): void => {
    const places = parameters(model);
    const filled = new Set<string>();
    for (const [name, key] of Object.entries(one.inputs)) {
      const paths = pathsOf(one, name).filter((at) => places.has(at));
      let start = 0;
      for (const at of paths) {
        const weight = places.get(at) as Tensor & { fill(data: Float32Array): void };
        weight.fill(Float32Array.from(stored(key).data as Float32Array).slice(start, start + weight.size));
        start += weight.size;
        filled.add(at);
      }
      if (paths.length > 0) expect(start, `${name} fills ${paths.join()}`).toBe(stored(key).data.length);
    }
    expect([...filled].sort()).toEqual([...places.keys()].sort());
    thaw(model);
  };

  /** The hiding of a boolean mask, or the bias of a float one, broadcastable to [batch, heads, queries, keys]. */
  const readMask = (key: string | undefined, shape: (given: readonly number[]) => number[]) => {
    if (key === undefined) return {};
    const { dtype, data, shape: given } = stored(key);
    if (dtype !== 'U8') return { leaf: variable(float(key)), shape: shape(given) };
    return { mask: hideWhere(tensor(Uint8Array.from(data as Uint8Array), shape(given))) };
  };
  const viewOf = (one: Case, maskName: string, paddingName: string) => {
    const batch = stored(one.inputs.query ?? one.inputs.src ?? one.inputs.tgt ?? '').shape[0] as number;
    const own = readMask(one.inputs[maskName], (s) =>
      (s.length === 3 ? [batch, -1, ...s.slice(1)] : [...s]).map((x) =>
        x === -1 ? (s[0] as number) / batch : x,
      ),
    );
    const keys = readMask(one.inputs[paddingName], (s) => [s[0] as number, 1, 1, s[1] as number]);
    const masks = [own.mask, keys.mask].filter((m): m is Mask => m !== undefined);
    const biases = [own, keys].flatMap(({ leaf, shape }) =>
      leaf === undefined ? [] : [reshape(leaf, shape)],
    );
    return {
      mask: masks.length === 0 ? undefined : and(...masks),
      bias: biases.length === 0 ? undefined : biases.reduce((a, b) => add(a, b)),
      leaves: { [maskName]: own.leaf, [paddingName]: keys.leaf },
    };
  };

  const verify = (
    one: Case,
    model: object,
    run: { results: Record<string, Tensor>; leaves: Record<string, Tensor | undefined> },
  ) => {
    const check = (given: Tensor, key: string, name: string) =>
      expectClose(given, stored(key), { ...one.tolerance, name });
    for (const [name, key] of Object.entries(one.outputs)) check(run.results[name] as Tensor, key, name);
    const upstream = typeof one.upstream === 'string' ? { output: one.upstream } : one.upstream;
    const gradients: Gradients = backward(
      Object.entries(upstream)
        .map(([name, key]) => sum(mul(run.results[name] as Tensor, float(key))))
        .reduce((a, b) => add(a, b)),
    );
    const places = parameters(model);
    for (const [name, key] of Object.entries(one.gradients)) {
      const leaf = run.leaves[name];
      const found = leaf === undefined ? pathsOf(one, name).map((at) => places.get(at) as Tensor) : [leaf];
      const parts = found.map((x) => gradients.get(x) ?? mul(x, 0));
      check(
        reshape(parts.length === 1 ? (parts[0] as Tensor) : concat(parts, 0), stored(key).shape),
        key,
        `gradient of ${name}`,
      );
    }
  };

  it.each(all.filter(({ op }) => op === 'MultiheadAttention'))(`${title}: $name`, (one) => {
    const { options } = one;
    const model = new MultiHeadAttention({
      ...{ width: Number(options.embed_dim), heads: Number(options.num_heads), bias: options.bias !== false },
      ...{
        keyWidth: Number(options.kdim ?? options.embed_dim),
        valueWidth: Number(options.vdim ?? options.embed_dim),
      },
      ...{ learnedKey: options.add_bias_kv === true, zeroKey: options.add_zero_attn === true },
    });
    fill(one, model);
    const query = variable(float(one.inputs.query as string));
    const [key, value] = [one.inputs.key, one.inputs.value].map((name) =>
      name === undefined ? query : variable(float(name)),
    ) as [Tensor, Tensor];
    const { mask, bias, leaves } = viewOf(one, 'attn_mask', 'key_padding_mask');
    const timeFirst = options.batch_first === false;
    const turned = (x: Tensor) => (timeFirst ? permute(x, [1, 0, 2]) : x);
    const seen: Tensor[] = [];
    const x = turned(query);
    const sources = key === query ? {} : { source: turned(key), valueSource: turned(value) };
    const observe = (_name: string, weights: Tensor) => seen.push(weights);
    const output = turned(
      model.forward(x, { ...sources, mask, bias }, one.outputs.weights === undefined ? {} : { observe }),
    );
    const weights = seen[0];
    verify(one, model, {
      results: {
        output,
        ...(weights && { weights: options.average_attn_weights === true ? mean(weights, [1]) : weights }),
      },
      leaves: { query, key, value, ...leaves },
    });
  });

  const layerOf = ({ options }: Case, cross: boolean) =>
    new TransformerLayer({
      ...{
        width: Number(options.d_model),
        heads: Number(options.nhead),
        innerWidth: Number(options.dim_feedforward),
        cross,
      },
      ...{
        activation: options.activation as 'relu' | 'gelu',
        normPlacement: options.norm_first === true ? 'pre' : 'post',
      },
      bias: options.bias !== false,
    });

  it.each(all.filter(({ op }) => op === 'TransformerEncoderLayer'))(`${title}: $name`, (one) => {
    const model = layerOf(one, false);
    fill(one, model);
    const src = variable(float(one.inputs.src as string));
    const { mask, bias, leaves } = viewOf(one, 'src_mask', 'src_key_padding_mask');
    verify(one, model, {
      results: { output: model.forward(src, { mask, bias }) },
      leaves: { src, ...leaves },
    });
  });

  it.each(all.filter(({ op }) => op === 'TransformerDecoderLayer'))(`${title}: $name`, (one) => {
    const model = layerOf(one, true);
    fill(one, model);
    const [tgt, memory] = [
      variable(float(one.inputs.tgt as string)),
      variable(float(one.inputs.memory as string)),
    ];
    const { mask } = viewOf(one, 'tgt_mask', '');
    const { mask: memoryMask } = viewOf(one, 'memory_mask', 'memory_key_padding_mask');
    verify(one, model, {
      results: { output: model.forward(tgt, { mask, memory, memoryMask }) },
      leaves: { tgt, memory },
    });
  });

  it.each(all.filter(({ op }) => op === 'TransformerEncoder'))(`${title}: $name`, (one) => {
    const layers = Array.from({ length: Number(one.options.num_layers) }, () => layerOf(one, false));
    const model = { layers, norm: new LayerNorm(Number(one.options.d_model)) };
    fill(one, model);
    const src = variable(float(one.inputs.src as string));
    const { mask } = viewOf(one, 'mask', 'src_key_padding_mask');
    const output = model.norm.forward(layers.reduce((h, layer) => layer.forward(h, { mask }), src));
    verify(one, model, { results: { output }, leaves: { src } });
  });
};

suite(path.join(import.meta.dirname, 'golden/layers'), 'a selection of the golden layers');

const whole = shared('data/golden/nn');
describe.skipIf(whole === undefined)(`all golden layers${skipReason('data/golden/nn')}`, () => {
  if (whole !== undefined) suite(whole, 'golden');
});
