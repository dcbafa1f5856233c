import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { concat, jsBackend, noGrad, permute, reshape, type Tensor, tensor, useBackend } from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  and,
  attention,
  attentionWeights,
  dense,
  flash,
  keepWhere,
  type Mask,
  padding,
  where,
} from '../src/index.ts';
import { maskedScores } from '../src/scores.ts';

interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: string;
}
interface OnnxCase {
  readonly name: string;
  readonly attributes: Readonly<Record<string, number>>;
  readonly inputs: readonly (OnnxTensor | null)[];
  readonly outputs: readonly (OnnxTensor | null)[];
}

const file = new URL('golden/onnx-attention.json.gz', import.meta.url);
const cases = JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as OnnxCase[];

/** float16 bits as a number. */
const half = (bits: number): number => {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
};
const numbers = ({ dtype, data }: OnnxTensor): number[] => {
  const bytes = Buffer.from(data, 'base64');
  const view = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  if (dtype === 'float32') return [...new Float32Array(view)];
  if (dtype === 'float16') return [...new Uint16Array(view)].map(half);
  if (dtype === 'int64') return [...new BigInt64Array(view)].map(Number);
  if (dtype === 'bool') return [...new Uint8Array(view)];
  throw new Error(`dtype ${dtype}`);
};
const floats = (x: OnnxTensor): Tensor => tensor(Float32Array.from(numbers(x)), x.shape);

/** [batch, length, heads·depth] or [batch, heads, length, depth] → the latter. */
const inHeads = (x: Tensor, heads: number | undefined): Tensor => {
  if (x.rank === 4) return x;
  const [batch, length, width] = x.shape as [number, number, number];
  return permute(reshape(x, [batch, length, heads as number, width / (heads as number)]), [0, 2, 1, 3]);
};

const runCase = (one: OnnxCase, kernel: typeof flash) => {
  const [Q, K, V, maskInput, pastKey, pastValue, realKeys] = one.inputs as (OnnxTensor | null)[];
  const {
    q_num_heads,
    kv_num_heads,
    is_causal,
    softcap,
    scale,
    qk_matmul_output_mode: mode = 0,
  } = one.attributes;
  const query = inHeads(floats(Q as OnnxTensor), q_num_heads);
  const joined = (past: OnnxTensor | null | undefined, now: OnnxTensor) => {
    const own = inHeads(floats(now), kv_num_heads);
    return past ? concat([floats(past), own], 2) : own;
  };
  const [key, value] = [joined(pastKey, K as OnnxTensor), joined(pastValue, V as OnnxTensor)];
  const [batch, , queries] = query.shape as [number, number, number];
  const keys = key.shape[2] as number;
  const masks: Mask[] = [];
  const lengths = realKeys ? numbers(realKeys) : undefined;
  if (lengths) masks.push(padding(lengths));
  // ONNX: row i sees key j ≤ i + (what was there before): the past, or the real keys less the queries.
  const offset = (b: number) =>
    lengths ? (lengths[b] as number) - queries : pastKey ? (pastKey.shape[2] as number) : 0;
  if (is_causal) masks.push(where(({ batch: b, query: i, key: j }) => j <= i + offset(b)));
  let bias: Tensor | undefined;
  if (maskInput?.dtype === 'bool')
    masks.push(keepWhere(tensor(Uint8Array.from(numbers(maskInput)), maskInput.shape)));
  else if (maskInput) {
    bias = floats(maskInput);
    const short = keys - (maskInput.shape.at(-1) as number);
    if (short > 0)
      bias = concat(
        [
          bias,
          tensor(new Float32Array((bias.size / (keys - short)) * short).fill(-Infinity), [
            ...bias.shape.slice(0, -1),
            short,
          ]),
        ],
        -1,
      );
  }
  const mask = masks.length === 0 ? undefined : and(...masks);
  const options = { mask, bias, softcap: softcap || undefined, scale };
  const output = attention(query, key, value, { ...options, kernel });
  const flat =
    Q?.shape.length === 3
      ? reshape(permute(output, [0, 2, 1, 3]), (one.outputs[0] as OnnxTensor).shape)
      : output;
  const request = {
    query,
    key,
    value,
    dropout: undefined,
    sinks: undefined,
    scale: scale ?? 1 / Math.sqrt(query.shape[3] as number),
    softcap: options.softcap,
    mask,
    bias,
  };
  const products = () =>
    noGrad(() => {
      const bare = { ...request, bias: undefined, mask: undefined };
      if (mode === 0) return maskedScores({ ...bare, softcap: undefined });
      if (mode === 1) return maskedScores(bare);
      return mode === 2 ? maskedScores(request) : attentionWeights(query, key, options);
    });
  return { outputs: [flat, key, value, one.outputs[3] ? products() : undefined], batch };
};

describe.each([
  ['dense', dense],
  ['flash', flash],
] as const)('ONNX Attention, %s', (_name, kernel) => {
  it.each(cases)('$name', (one) => {
    const { outputs } = runCase(one, kernel);
    for (const [index, expected] of one.outputs.entries()) {
      if (!expected) continue;
      const relative = expected.dtype === 'float16' ? 2e-3 : 1e-5; // float16 outputs carry 11 bits
      expectClose(
        outputs[index] as Tensor,
        { shape: expected.shape, data: Float32Array.from(numbers(expected)) },
        { absolute: relative, relative, name: expected.name },
      );
    }
  });
});

it('the same cases pass on the plain TypeScript engine', () => {
  using _ = useBackend(jsBackend);
  for (const one of cases) {
    const expected = one.outputs[0] as OnnxTensor;
    const relative = expected.dtype === 'float16' ? 2e-3 : 1e-5;
    expectClose(
      runCase(one, flash).outputs[0] as Tensor,
      { shape: expected.shape, data: Float32Array.from(numbers(expected)) },
      { absolute: relative, relative, name: one.name },
    );
  }
  expect(cases.length).toBe(46);
});
