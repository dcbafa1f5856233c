// The ONNX operator cases (node tests of the ONNX standard) of the ops that this package has, on every engine.
import path from 'node:path';
import { expectClose, golden } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  erf,
  gelu,
  geluTanh,
  layerNorm,
  logSoftmax,
  matmul,
  reshape,
  rmsNorm,
  softmax,
  type Tensor,
  tensor,
  useBackend,
} from '../../src/index.ts';
import { backends } from '../backends.ts';

interface OnnxTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: string;
}
interface OnnxCase {
  readonly name: string;
  readonly op: string;
  readonly attributes: Readonly<Record<string, number | string>>;
  readonly inputs: readonly (OnnxTensor | null)[];
  readonly outputs: readonly (OnnxTensor | null)[];
}

const cases = golden<OnnxCase[]>(path.join(import.meta.dirname, '..'), 'onnx.json.gz');

const floats = ({ dtype, shape, data }: OnnxTensor): Tensor => {
  if (dtype !== 'float32') throw new Error(`onnx case with ${dtype}`);
  return tensor(new Float32Array(Uint8Array.from(Buffer.from(data, 'base64')).buffer), shape);
};

/** ONNX normalizes over the axes from `axis` on: one axis of all their elements. */
const norm = (one: OnnxCase, [x, ...weights]: readonly Tensor[], rms: boolean): Tensor => {
  const input = x as Tensor; // every case has one
  const { axis = -1, epsilon = 1e-5 } = one.attributes as Readonly<Record<string, number>>;
  const first = axis < 0 ? axis + input.rank : axis;
  const width = input.shape.slice(first).reduce((size, extent) => size * extent, 1);
  const rows = reshape(input, [-1, width]);
  const [scale, shift] = weights.map((weight) => reshape(weight, [width]));
  return reshape(
    rms ? rmsNorm(rows, scale, { epsilon }) : layerNorm(rows, scale, shift, { epsilon }),
    input.shape,
  );
};

const run = (one: OnnxCase): Tensor => {
  const inputs = one.inputs.filter((input) => input !== null).map(floats);
  const [x, y] = inputs as [Tensor, Tensor];
  const axis = Number(one.attributes.axis ?? -1);
  switch (one.op) {
    case 'Erf':
      return erf(x);
    case 'Gelu':
      return one.attributes.approximate === 'tanh' ? geluTanh(x) : gelu(x);
    case 'MatMul':
      return matmul(x, y);
    case 'Softmax':
      return softmax(x, axis);
    case 'LogSoftmax':
      return logSoftmax(x, axis);
    case 'LayerNormalization':
      return norm(one, inputs, false);
    case 'RMSNormalization':
      return norm(one, inputs, true);
    default:
      throw new Error(`no expression for ${one.op}`);
  }
};

describe.each(backends)('ONNX cases, $name', ({ backend }) => {
  it.each(cases)('$name', (one) => {
    using _ = useBackend(backend);
    expectClose(run(one), floats(one.outputs[0] as OnnxTensor), { absolute: 1e-6, relative: 1e-5 }); // the standard's own: 1e-7 and 1e-3
  });

  it('are all of Softmax, LogSoftmax, LayerNormalization, RMSNormalization, Gelu, MatMul and Erf', () => {
    expect(new Set(cases.map(({ op }) => op)).size).toBe(7);
    expect(cases.length).toBe(36);
  });
});
