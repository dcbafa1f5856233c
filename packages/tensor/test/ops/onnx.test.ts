// The ONNX operator cases (node tests of the ONNX standard) of the ops that this package has, on every engine.
import path from 'node:path';
import { expectClose, golden } from '@heed/testing';
import { describe, expect, it } from 'vitest';
import {
  add,
  batchNorm,
  erf,
  gelu,
  geluTanh,
  layerNorm,
  logSoftmax,
  matmul,
  mul,
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

/** ONNX normalizes over the axes from `axis` on. */
const lastAxes = (one: OnnxCase, { rank }: Tensor): number => {
  const axis = Number(one.attributes.axis ?? -1);
  return axis < 0 ? -axis : rank - axis;
};

/** ONNX's running statistics: momentum is the share of the old ones, and the variance is the biased one. */
const batchNormalization = (one: OnnxCase, inputs: readonly Tensor[]): Tensor[] => {
  const [x, scale, shift, mean, variance] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const {
    epsilon = 1e-5,
    momentum = 0.9,
    training_mode: training = 0,
  } = one.attributes as Readonly<Record<string, number>>;
  if (training === 0) return [batchNorm(x, scale, shift, { epsilon, statistics: { mean, variance } }).output];
  const result = batchNorm(x, scale, shift, { epsilon });
  const mixed = (old: Tensor, now: Tensor) => add(mul(old, momentum), mul(now, 1 - momentum));
  return [result.output, mixed(mean, result.mean), mixed(variance, result.variance)];
};

const run = (one: OnnxCase): Tensor | readonly Tensor[] => {
  const inputs = one.inputs.filter((input) => input !== null).map(floats);
  const [x, y] = inputs as [Tensor, Tensor];
  const axis = Number(one.attributes.axis ?? -1);
  const epsilon = Number(one.attributes.epsilon ?? 1e-5);
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
      return layerNorm(x, y, inputs[2], { epsilon, axes: lastAxes(one, x) });
    case 'RMSNormalization':
      return rmsNorm(x, y, { epsilon, axes: lastAxes(one, x) });
    case 'BatchNormalization':
      return batchNormalization(one, inputs);
    default:
      throw new Error(`no expression for ${one.op}`);
  }
};

describe.each(backends)('ONNX cases, $name', ({ backend }) => {
  it.each(cases)('$name', (one) => {
    using _ = useBackend(backend);
    [run(one)].flat().forEach(
      (given, i) =>
        expectClose(given, floats(one.outputs[i] as OnnxTensor), { absolute: 1e-6, relative: 1e-5 }), // the standard's own: 1e-7 and 1e-3
    );
  });

  it('are all of Softmax, LogSoftmax, LayerNormalization, RMSNormalization, BatchNormalization, Gelu, MatMul and Erf', () => {
    expect(new Set(cases.map(({ op }) => op)).size).toBe(8);
    expect(cases.length).toBe(39);
  });
});
