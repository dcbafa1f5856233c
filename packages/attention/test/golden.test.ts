// PyTorch's numbers (data/golden/attention): outputs, log-sum-exp and gradients of every case that this package has an option for.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { add, backward, mul, rmsNorm, sum, type Tensor, tensor, variable } from '@heed/tensor';
import { expectClose, readSafetensors, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  type AttentionOptions,
  additive,
  and,
  attentionWeights,
  attentionWithLogSumExp,
  blocks,
  causal,
  cosine,
  dense,
  documents,
  flash,
  general,
  global,
  keepWhere,
  type Mask,
  or,
  prefix,
  type Scores,
  sinusoidal,
  streaming,
  where,
  window,
} from '../src/index.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly gradients?: Readonly<Record<string, string>>;
  readonly upstream?: string | Readonly<Record<string, string>>;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

const load = (folder: string) => {
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[];
  return { cases, tensors: readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors'))).tensors };
};

const masks = ({ op, options }: Case, mask: Tensor<'bool'> | undefined): Mask | undefined => {
  const causalOption = options.is_causal === true || options.causal === true;
  if (op === 'attention_causal') return causal();
  if (op === 'attention_sliding_window')
    return window({ left: Number(options.left), right: Number(options.right) });
  if (op === 'attention_document') {
    const own = documents(options.documents as number[]);
    return options.causal === true ? and(own, causal()) : own;
  }
  const width = Number(options.window ?? 0);
  const sides = window({ left: width, right: width, dilation: Number(options.dilation ?? 1) });
  switch (op) {
    case 'attention_dilated':
      return options.causal === true ? and(sides, causal()) : sides;
    case 'attention_prefix':
      return prefix(Number(options.prefix));
    case 'attention_global_window':
      return or(sides, global(options.global as number[]));
    case 'attention_sink_window':
      return streaming({ window: width, sinks: Number(options.first) });
    case 'attention_block_sparse':
      return blocks({ size: Number(options.block), table: options.layout as number[][] });
  }
  if (mask !== undefined) return keepWhere(mask);
  if (op === 'scaled_dot_product_attention' && causalOption) return where(({ query, key }) => key <= query); // torch: upper left
  return causalOption ? causal() : undefined;
};

const attentionOps = new Set([
  ...[
    'scaled_dot_product_attention',
    'attention_causal',
    'attention_sliding_window',
    'attention_document',
    'attention_prefix',
  ],
  ...[
    'attention_mask',
    'attention_soft_cap',
    'attention_weights',
    'attention_block_sparse',
    'attention_dilated',
    'attention_global_window',
  ],
  ...[
    'attention_sink_window',
    'attention_log_sum_exp',
    'attention_sinks',
    'attention_cosine',
    'attention_qk_norm',
    'attention_additive',
    'attention_general',
  ],
]);

/** The scores of a case, from its learned tensors by name. */
const scoresOf = (op: string, leaves: Record<string, Tensor>): Scores | undefined => {
  const { temperature, weight, query_weight: queryWeight, key_weight: keyWeight, energy } = leaves;
  if (op === 'attention_cosine') return cosine(temperature === undefined ? {} : { temperature });
  if (op === 'attention_general') return general(weight as Tensor);
  if (op === 'attention_additive')
    return additive({
      queryWeight: queryWeight as Tensor,
      keyWeight: keyWeight as Tensor,
      energy: energy as Tensor,
    });
  return undefined;
};

const learned = ['sinks', 'temperature', 'weight', 'query_weight', 'key_weight', 'energy'];

const suite = (folder: string, title: string) => {
  const { cases, tensors } = load(folder);
  const stored = (key: string) => {
    const found = tensors.get(key);
    if (found === undefined) throw new Error(`golden file lacks ${key}`);
    return found;
  };
  const float = (key: string) =>
    tensor(Float32Array.from(stored(key).data as Float32Array), stored(key).shape);
  const bool = (key: string) => tensor(Uint8Array.from(stored(key).data as Uint8Array), stored(key).shape);
  const chosen = cases.filter(({ op }) => attentionOps.has(op));
  describe.each([dense, flash])(`${title}, $name`, (kernel) => {
    it.each(chosen)('$name', (one) => {
      const { query, key, value, attn_mask, mask, bias } = one.inputs;
      const boolKey =
        mask ?? (attn_mask !== undefined && stored(attn_mask).dtype === 'U8' ? attn_mask : undefined);
      const biasKey = bias ?? (attn_mask !== undefined && boolKey === undefined ? attn_mask : undefined);
      const leaves: Record<string, Tensor> = {
        query: variable(float(query as string)),
        key: variable(float(key as string)),
        value: variable(float(value as string)),
      };
      if (biasKey !== undefined) leaves[bias === undefined ? 'attn_mask' : 'bias'] = variable(float(biasKey));
      for (const name of learned)
        if (one.inputs[name] !== undefined) leaves[name] = variable(float(one.inputs[name]));
      const options: AttentionOptions = {
        sinks: leaves.sinks,
        scores: scoresOf(one.op, leaves),
        mask: masks(one, boolKey === undefined ? undefined : bool(boolKey)),
        bias: leaves.attn_mask ?? leaves.bias,
        scale: one.options.scale as number | undefined,
        softcap: one.options.softcap as number | undefined,
        kernel,
      };
      const normed = (x: 'query' | 'key') =>
        one.op === 'attention_qk_norm'
          ? rmsNorm(leaves[x] as Tensor, leaves[`${x}_weight`], { epsilon: Number(one.options.eps) })
          : (leaves[x] as Tensor);
      const [q, k, v] = [normed('query'), normed('key'), leaves.value as Tensor];
      const { output, logSumExp } = attentionWithLogSumExp(q, k, v, options);
      const check = (given: Tensor, key: string, name: string) =>
        expectClose(given, stored(key), { ...one.tolerance, name });
      check(output, one.outputs.output as string, 'output');
      if (one.outputs.log_sum_exp) check(logSumExp, one.outputs.log_sum_exp, 'logSumExp');
      if (one.outputs.weights)
        check(attentionWeights(q, k, { ...options, logSumExp }), one.outputs.weights, 'weights');
      if (one.gradients === undefined || one.upstream === undefined) return;
      const upstream = typeof one.upstream === 'string' ? { output: one.upstream } : one.upstream;
      const results = { output, log_sum_exp: logSumExp, weights: attentionWeights(q, k, options) };
      const loss = Object.entries(upstream)
        .map(([name, key]) => sum(mul(results[name as keyof typeof results], float(key))))
        .reduce((a, b) => add(a, b));
      const gradients = backward(loss);
      for (const [name, key] of Object.entries(one.gradients)) {
        const given = gradients.get(leaves[name] as Tensor);
        expect(given, `gradient of ${name}`).toBeDefined();
        check(given as Tensor, key, `gradient of ${name}`);
      }
    });
  });
  it.each(cases.filter(({ op }) => op === 'sinusoidal'))(
    `${title}: $name`,
    ({ options, outputs, tolerance }) => {
      const given = sinusoidal(Number(options.length), Number(options.dim), {
        order: options.layout === 'half' ? 'halves' : 'interleaved',
        rates: options.exponent_divisor === undefined ? 'vaswani' : 'tensor2tensor',
        start: Number(options.offset),
      });
      expectClose(given, stored(outputs.output as string), { ...tolerance, name: 'table' });
    },
  );
};

suite(path.join(import.meta.dirname, 'golden/attention'), 'a selection of the golden cases');

const whole = shared('data/golden/attention');
describe.skipIf(whole === undefined)(`all golden cases${skipReason('data/golden/attention')}`, () => {
  if (whole !== undefined) suite(whole, 'golden');
});
