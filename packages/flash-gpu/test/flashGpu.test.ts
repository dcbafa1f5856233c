// The kernel contract of @heed/attention, on gpu.js's WebAssembly backend.

import { attention, causal, flash, UnsupportedError } from '@heed/attention';
import { attentionKernelCases } from '@heed/attention/cases';
import { normal, random } from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { flashGpu } from '../src/index.ts';

const gpu = flashGpu();
const small = flashGpu({ tile: { queries: 8, keys: 12 } });
afterAll(() => {
  gpu[Symbol.dispose]();
  small[Symbol.dispose]();
});

/** What this kernel declines, with the reason. */
const declined = [/bias/, /dropout/, /soft-cap/, /sinks/];

describe.each([
  ['tiles of 128 × 128', gpu],
  ['tiles of 8 × 12', small],
] as const)('the kernel contract, %s', (_name, { kernel }) => {
  it.each(attentionKernelCases)('$name', ({ name, run }) => {
    if (declined.some((pattern) => pattern.test(name))) expect(() => run(kernel)).toThrow(UnsupportedError);
    else expect(() => run(kernel)).not.toThrow();
  });
});

describe('flashGpu', () => {
  const [q, k, v] = [1, 2, 3].map((seed) => normal([2, 3, 300, 16], random(seed))) as [
    ReturnType<typeof normal>,
    ReturnType<typeof normal>,
    ReturnType<typeof normal>,
  ];
  it('agrees with the CPU engine over many tiles', () => {
    const by = (kernel: typeof flash) => attention(q, k, v, { mask: causal(), kernel });
    expectClose(by(gpu.kernel), by(flash), { absolute: 1e-5, relative: 1e-5 });
  });
  it('can be disposed twice, and says so when used afterwards', () => {
    const short = flashGpu();
    short[Symbol.dispose]();
    short[Symbol.dispose]();
    expect(() => attention(q, k, v, { kernel: short.kernel })).toThrow(/used after it was disposed/);
  });
  it('refuses tiles that it cannot lay out', () => {
    expect(() => flashGpu({ tile: { queries: 6, keys: 128 } })).toThrow(
      /tile\.queries is 6; expected a multiple of 4/,
    );
  });
});
