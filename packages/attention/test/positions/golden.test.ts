// PyTorch's numbers for positions and for masks with a pattern (data/golden/attention): outputs, log-sum-exp and gradients.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { backward, type Tensor, tensor, variable } from '@heed/tensor';
import { expectClose, readSafetensors, shared, skipReason } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  type AttentionOptions,
  alibi,
  alibiSlopes,
  attentionWithLogSumExp,
  causal,
  dense,
  flash,
  type Mask,
  type RopeScaling,
  rope,
  ropeFrequencies,
  rotationTables,
  shawAttention,
  shawBias,
  t5Bias,
  t5Buckets,
  transformerXlBias,
  withContentBias,
} from '../../src/index.ts';

interface Case {
  readonly name: string;
  readonly op: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly gradients?: Readonly<Record<string, string>>;
  readonly upstream?: string;
  readonly tolerance: { readonly absolute: number; readonly relative: number };
}

type Leaves = Readonly<Record<string, Tensor>>;
interface Call {
  readonly query: Tensor;
  readonly key: Tensor;
  readonly options: AttentionOptions;
  /** Where the output is not attention's alone. */
  readonly output?: Tensor;
}

const pick = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new Error(`golden case lacks ${name}`);
  return value;
};

/** How this package says what a case means. */
const callOf = ({ op, options }: Case, leaves: Leaves): Call => {
  const leaf = (name: string) => pick(leaves[name], name);
  const [query, key, value] = [leaf('query'), leaf('key'), leaf('value')];
  const [queries, keys] = [query.shape[2] as number, key.shape[2] as number];
  const mask: Mask | undefined = options.causal === true ? causal() : undefined;
  switch (op) {
    case 'attention_alibi':
      return { query, key, options: { mask, bias: alibi(leaf('slopes'), { queries, keys }) } };
    case 'attention_t5_bias': {
      const bidirectional = options.bidirectional === true;
      const bias = t5Bias(leaf('table'), {
        ...{ queries, keys, bidirectional, maxDistance: Number(options.max_distance) },
        ...(bidirectional && { start: 0 }),
      });
      return { query, key, options: { mask, bias, scale: Number(options.scale) } };
    }
    case 'attention_shaw': {
      const bias = shawBias(query, leaf('relative_keys'));
      const tables = {
        relativeKeys: leaf('relative_keys'),
        relativeValues: leaf('relative_values'),
      };
      const output = shawAttention(query, key, value, { ...tables, mask });
      return { query, key, options: { mask, bias }, output };
    }
    case 'attention_transformer_xl': {
      const [relative, positionBias] = [leaf('relative'), leaf('position_bias')];
      const bias = transformerXlBias(query, { relative, positionBias, keys });
      return { query: withContentBias(query, leaf('content_bias')), key, options: { mask, bias } };
    }
    case 'attention_rope': {
      const pairs = options.interleaved === true ? 'interleaved' : 'halves';
      const turned = {
        pairs,
        frequencies: ropeFrequencies(query.shape[3] as number, { base: Number(options.theta) }),
      } as const;
      return {
        query: rope(query, { ...turned, positions: keys - queries }),
        key: rope(key, turned),
        options: { mask },
      };
    }
    default:
      throw new Error(`no rule for ${op}`);
  }
};

/** Hugging Face's option names in ours. */
const scalingOf = (options: Case['options']): RopeScaling | undefined => {
  const number = (name: string) => Number(pick(options[name], name));
  const maybe = <K extends string>(ours: K, theirs: string) =>
    (options[theirs] ?? undefined) === undefined ? {} : ({ [ours]: options[theirs] } as Record<K, number>);
  switch (options.type) {
    case 'default':
      return undefined;
    case 'linear':
    case 'ntk':
      return { type: options.type, factor: number('factor') };
    case 'dynamic':
      return {
        type: 'dynamic',
        factor: number('factor'),
        trainedLength: number('max_position_embeddings'),
        ...maybe('length', 'seq_len'),
      };
    case 'llama3':
      return {
        type: 'llama3',
        factor: number('factor'),
        lowFactor: number('low_freq_factor'),
        highFactor: number('high_freq_factor'),
        trainedLength: number('original_max_position_embeddings'),
      };
    case 'yarn':
      return {
        type: 'yarn',
        factor: number('factor'),
        trainedLength: number('original_max_position_embeddings'),
        ...maybe('betaFast', 'beta_fast'),
        ...maybe('betaSlow', 'beta_slow'),
        ...maybe('magnitude', 'attention_factor'),
        ...(options.mscale !== undefined && {
          magnitudeScales: [number('mscale'), number('mscale_all_dim')] as const,
        }),
        ...(options.truncate === false && { truncate: false }),
      };
    default:
      throw new Error(`scaling ${options.type}`);
  }
};

const attentionOps = ['alibi', 't5_bias', 'shaw', 'transformer_xl', 'rope'].map(
  (name) => `attention_${name}`,
);

const suite = (folder: string, title: string) => {
  const cases = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Case[];
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'tensors.safetensors')));
  const stored = (key: string | undefined) => pick(tensors.get(key ?? ''), `tensor ${key}`);
  const float = (key: string) =>
    tensor(Float32Array.from(stored(key).data as Float32Array), stored(key).shape);
  const numbers = (key: string | undefined) => Array.from(stored(key).data as ArrayLike<number>, Number);
  const of = (...ops: string[]) => cases.filter(({ op }) => ops.includes(op));

  describe.each([dense, flash])(`${title}, $name`, (kernel) => {
    it.each(of(...attentionOps))('$name', (one) => {
      const leaves = Object.fromEntries(
        Object.entries(one.inputs).map(([name, key]) => [name, variable(float(key))]),
      );
      const call = callOf(one, leaves);
      const { output, logSumExp } = attentionWithLogSumExp(
        call.query,
        call.key,
        pick(leaves.value, 'value'),
        {
          ...call.options,
          kernel,
        },
      );
      const check = (given: Tensor, key: string, name: string) =>
        expectClose(given, stored(key), { ...one.tolerance, name });
      const result = call.output ?? output;
      check(result, pick(one.outputs.output, 'output'), 'output');
      check(logSumExp, pick(one.outputs.log_sum_exp, 'log_sum_exp'), 'logSumExp');
      const gradients = backward(result, float(pick(one.upstream, 'upstream')));
      for (const [name, key] of Object.entries(pick(one.gradients, 'gradients'))) {
        const given = gradients.get(pick(leaves[name], name));
        expect(given, `gradient of ${name}`).toBeDefined();
        check(given as Tensor, key, `gradient of ${name}`);
      }
    });
  });
  it.each(of('attention_alibi'))(`${title}: the slopes of $name`, ({ inputs, options }) => {
    const given = alibiSlopes(Number(options.heads));
    expectClose(given, stored(inputs.slopes), { absolute: 1e-7, name: 'slopes' });
  });
  it.each(of('rope'))(`${title}: $name`, ({ inputs, outputs, gradients, upstream, options, tolerance }) => {
    const x = variable(float(pick(inputs.x, 'x')));
    const turned = rope(x, {
      positions: Number(options.offset),
      pairs: options.interleaved === true ? 'interleaved' : 'halves',
      frequencies: ropeFrequencies(Number(options.dim), {
        rotaryDepth: Number(options.rotary_dim),
        base: Number(options.theta),
      }),
    });
    expectClose(turned, stored(outputs.output), { ...tolerance, name: 'output' });
    const given = backward(turned, float(pick(upstream, 'upstream'))).get(x);
    expectClose(pick(given, 'gradient'), stored(gradients?.x), { ...tolerance, name: 'gradient' });
  });
  it.each(of('rope_frequencies'))(`${title}: $name`, ({ inputs, outputs, options, tolerance }) => {
    const depth = Number(options.dim);
    const frequencies = ropeFrequencies(depth, {
      rotaryDepth: depth * Number(options.partial_rotary_factor ?? 1),
      base: Number(options.theta),
      ...(options.type !== 'default' && { scaling: scalingOf(options) as RopeScaling }),
    });
    expectClose(frequencies.rates, stored(outputs.inv_freq).data as Float32Array, {
      ...tolerance,
      name: 'rates',
    });
    if (options.attention_factor_result !== undefined)
      expect(frequencies.magnitude).toBeCloseTo(Number(options.attention_factor_result), 6);
    const { cos, sin } = rotationTables(frequencies, numbers(inputs.positions));
    const half = frequencies.rates.length;
    // Some tables hold each angle once, some once for either half.
    for (const [name, table, key] of [
      ['cos', cos, outputs.cos],
      ['sin', sin, outputs.sin],
    ] as const) {
      if (key === undefined) continue;
      const expected = stored(key);
      const width = expected.shape.at(-1) as number;
      const data = expected.data as Float32Array;
      const first = Array.from(
        { length: table.size },
        (_, i) => data[Math.floor(i / half) * width + (i % half)] as number,
      );
      expectClose(table.data, first, { ...tolerance, name });
    }
  });
  it.each(of('t5_buckets'))(`${title}: $name`, ({ inputs, outputs, options }) => {
    const given = t5Buckets(numbers(inputs.relative_position), {
      bidirectional: options.bidirectional === true,
      buckets: Number(options.num_buckets),
      maxDistance: Number(options.max_distance),
    });
    expect([...given.data]).toEqual(numbers(outputs.output));
  });
};

suite(path.join(import.meta.dirname, '../golden/positions'), 'a selection of the golden cases');

const whole = shared('data/golden/attention');
describe.skipIf(whole === undefined)(`all golden cases${skipReason('data/golden/attention')}`, () => {
  if (whole !== undefined) suite(whole, 'golden');
});
