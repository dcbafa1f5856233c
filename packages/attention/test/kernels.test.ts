import { jsBackend, useBackend } from '@heed/tensor';
import { describe, expect, it } from 'vitest';
import { attentionKernelCases } from '../src/cases.ts';
import { dense, flash } from '../src/index.ts';

describe.each([dense, flash])('the kernel contract: $name', (kernel) => {
  it.each(attentionKernelCases)('$name', ({ run }) => {
    expect(() => run(kernel)).not.toThrow();
  });
});

describe('the kernel contract on the plain TypeScript engine', () => {
  it.each(attentionKernelCases)('$name', ({ run }) => {
    using _ = useBackend(jsBackend);
    expect(() => run(flash)).not.toThrow();
  });
});
