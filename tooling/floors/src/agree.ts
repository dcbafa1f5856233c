// Does a value look like what a README promises? A comparison of words and numbers, not of identity.
import { inspect } from 'node:util';

const tokens = (text: string): string[] =>
  text
    .replace(/["'`]/g, '') // a string may be shown with or without quotes
    .match(/…|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[\p{L}\p{N}_$]+|[^\s,;]/giu) ?? [];

const isNumber = (token: string): boolean => /^-?\d/.test(token);

/** A promised number agrees with any that rounds to it at the number of digits that it shows. */
const sameNumber = (promised: string, actual: string): boolean => {
  const [mantissa = '', exponent = '0'] = promised.toLowerCase().split('e');
  const digits = mantissa.split('.')[1]?.length ?? 0;
  const unit = digits === 0 && exponent === '0' ? 0 : 10 ** (Number(exponent) - digits);
  // 0.501 and not 0.5: the halfway case may fall to either side in binary
  return Math.abs(Number(promised) - Number(actual)) <= 0.501 * unit;
};

const match = (promised: readonly string[], actual: readonly string[]): boolean => {
  const [first, ...rest] = promised;
  if (first === undefined) return actual.length === 0;
  if (first === '…') return actual.some((_, i) => match(rest, actual.slice(i))) || match(rest, []);
  const [got, ...others] = actual;
  if (got === undefined) return false;
  const same = isNumber(first) && isNumber(got) ? sameNumber(first, got) : first === got;
  return same && match(rest, others);
};

const plain = (value: unknown): unknown => {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return Array.from(value as unknown as ArrayLike<number | bigint>, Number);
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
  }
  return value;
};

/** The ways in which a value may be written down. */
const renderings = (value: unknown): string[] => {
  const options = { depth: 8, maxArrayLength: 10_000, breakLength: Infinity };
  const written = [inspect(plain(value), options), inspect(value, options)];
  if (typeof value === 'string') return [...written, value];
  return typeof value === 'object' && value !== null ? [...written, String(value)] : written;
};

/**
 * Throws unless `promised` is a way to write `value`: as JavaScript (typed arrays as plain ones), as util.inspect, or as String(value).
 * Spaces, commas and quotes do not count; numbers agree to the digits shown; `…` stands for anything.
 *
 * @example
 * agree(new Float32Array([0.3333, 2]), '[0.333, 2]', 12);
 */
export const agree = (value: unknown, promised: string, line: number): void => {
  const wanted = tokens(promised);
  const written = renderings(value);
  if (wanted.length === 0 || !written.some((text) => match(wanted, tokens(text)))) {
    throw new Error(`line ${line}: the README promises ${promised} but the value is ${written[0]}`);
  }
};
