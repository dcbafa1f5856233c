// Reference of products with weights of 8-bit integers: every step rounded to float32 as it is written, so that all engines agree in the
// last bit (but for activations).

import type { LinearInt8Call, RowCoding } from '../backend.ts';
import { unary } from './unary.ts';

const { fround } = Math;

/**
 * A float32 to the nearest integer, from the middle to the even one, for magnitudes below 2²²: beside 1.5 · 2²³ a float32 has no room for
 * fractions. Four times as fast as looking at the fraction, and weights have millions of numbers.
 */
const roundToEven = (x: number): number => fround(fround(x + 12582912) - 12582912);

const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));

/** Codes of a weight [outputs, inputs]: its rows become integers within ±127 and a scale each: 1 for zeros, not finite if one of them is not. */
export const codeWeight = (
  weight: Float32Array,
  [outputs, inputs]: readonly [number, number],
): { readonly codes: Int8Array; readonly scales: Float32Array } => {
  const codes = new Int8Array(weight.length);
  const scales = new Float32Array(outputs);
  for (let row = 0; row < outputs; row++) {
    const [start, end] = [row * inputs, (row + 1) * inputs];
    let most = 0;
    for (let i = start; i < end; i++) most = Math.max(most, Math.abs(weight[i] as number)); // inside; NaN stays
    const scale = fround(most / 127) === 0 ? 1 : fround(most / 127);
    scales[row] = scale;
    for (let i = start; i < end; i++)
      codes[i] = clamp(roundToEven(fround((weight[i] as number) / scale)), -127, 127); // inside
  }
  return { codes, scales };
};

/** The greatest code of a symmetric coding: 127, or if fine the greatest with which sums of `inputs` products fit 32 bits. */
export const greatestCode = (coding: RowCoding, inputs: number): number =>
  coding === 'fine' ? Math.min(32767, Math.floor((2 ** 31 - 1) / (127 * inputs))) : 127;

/** Codes of one row of x, less their zero point, into `codes`; gives the row's scale. See LinearInt8Call. */
export const codeRow = (x: Float32Array, codes: Int16Array, coding: RowCoding): number => {
  const asymmetric = coding === 'asymmetric';
  const limit = greatestCode(coding, x.length);
  let low = 0;
  let high = 0;
  for (const value of x) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!Number.isFinite(high - low)) return Number.NaN;
  // Halves, because in float32 the difference itself may be infinite.
  const exact = asymmetric
    ? fround(fround(high / 2) - fround(low / 2)) / 127.5
    : Math.max(high, -low) / limit;
  const scale = fround(exact) === 0 ? 1 : fround(exact);
  const zero = asymmetric ? clamp(roundToEven(fround(-128 - fround(low / scale))), -128, 127) : 0;
  const [least, most] = asymmetric ? [-128 - zero, 127 - zero] : [-limit, limit];
  for (let i = 0; i < x.length; i++)
    codes[i] = clamp(roundToEven(fround((x[i] as number) / scale)), least, most); // i < length
  return scale;
};

/** See LinearInt8Call. */
export const linearInt8 = (call: LinearInt8Call): void => {
  const { x, codes, scales, bias, out, rows, inputs, outputs, activation } = call;
  const row = new Int16Array(inputs);
  for (let i = 0; i < rows; i++) {
    const scale = codeRow(x.subarray(i * inputs, (i + 1) * inputs), row, call.coding);
    for (let j = 0; j < outputs; j++) {
      let sum = 0;
      for (let k = 0; k < inputs; k++) sum += (row[k] as number) * (codes[j * inputs + k] as number); // inside by the contract
      const scaled = fround(fround(fround(sum) * scale) * (scales[j] as number)); // j < outputs
      out[i * outputs + j] = scaled + (bias?.[j] ?? 0);
    }
  }
  if (activation !== 'none') unary(activation, out.subarray(0, rows * outputs), out);
};
