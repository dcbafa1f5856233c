// Reference matrix products: three loops, float64 sums rounded once.

import type { LinearCall, MatmulCall } from '../backend.ts';
import { unary } from './unary.ts';

/** See MatmulCall. */
export const matmul = (call: MatmulCall): void => {
  const { a, b, out, m, n, k, transposeA, transposeB } = call;
  const [aRow, aInner] = transposeA ? [1, m] : [k, 1];
  const [bInner, bColumn] = transposeB ? [1, k] : [n, 1];
  const sums = new Float64Array(n);
  for (let batch = 0; batch < call.batches; batch++) {
    const aStart = batch * call.aStride;
    const bStart = batch * call.bStride;
    for (let i = 0; i < m; i++) {
      sums.fill(0);
      for (let inner = 0; inner < k; inner++) {
        const left = a[aStart + i * aRow + inner * aInner] as number; // inside by the contract
        const row = bStart + inner * bInner;
        for (let j = 0; j < n; j++) sums[j] = (sums[j] as number) + left * (b[row + j * bColumn] as number); // j < n
      }
      out.set(sums, (batch * m + i) * n);
    }
  }
};

/** See LinearCall. */
export const linear = (call: LinearCall): void => {
  const { x, weight, bias, out, rows, inputs, outputs, activation } = call;
  matmul({
    a: x,
    b: weight,
    out,
    m: rows,
    n: outputs,
    k: inputs,
    transposeA: false,
    transposeB: true,
    batches: 1,
    aStride: 0,
    bStride: 0,
    keep: call.keep,
  });
  if (bias !== undefined)
    for (let i = 0; i < rows * outputs; i++) out[i] = (out[i] as number) + (bias[i % outputs] as number); // inside by the contract
  if (activation !== 'none') unary(activation, out, out);
};
