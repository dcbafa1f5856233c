import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../src/options.ts';

const folders = { root: path.resolve('/repository'), cwd: path.resolve('/elsewhere') };
const read = (...args: string[]) => readOptions(args, folders);

describe('readOptions', () => {
  it('without arguments asks for matmul and encoder with every kind of SIMD against all peers', () => {
    expect(read()).toMatchObject({
      suites: ['matmul', 'encoder'],
      simd: ['plain', 'relaxed', 'wide'],
      rounds: 7,
      out: undefined,
      help: false,
    });
    expect(read().peers).toContain('onnxruntime-web');
  });
  it('takes lists with commas, in the order of the suites', () => {
    expect(read('--suite', 'sts, matmul').suites).toEqual(['matmul', 'sts']);
    expect(read('--threads', '2,1,2').threads).toEqual([2, 1]);
    expect(read('--peers', 'none').peers).toEqual([]);
  });
  it('takes folders relative to where the command was typed', () => {
    expect(read('--minilm', 'models/x').minilm).toBe(path.resolve('/elsewhere/models/x'));
    expect(read('--shared', 'data').yardstick).toBe(path.resolve('/elsewhere/data/yardstick'));
    expect(read().minilm).toBe(path.resolve('/repository/.weights/minilm'));
  });
  it.each([
    [
      ['--suite', 'matmul,matmull'],
      '"matmull"; expected a list of matmul, attention, encoder, recurrent, training, layers, tokenizers, memory, startup, sts',
    ],
    [['--threads', '0'], '--threads: "0"; expected a whole number from 1 to 64'],
    [['--rounds', '2.5'], '--rounds: "2.5"'],
    [['--simd', ''], '--simd: ""; expected a list of plain, relaxed, wide'],
  ])('%j is an error that says what was expected', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });
  it('refuses an option that it does not know', () => {
    expect(() => read('--suites', 'matmul')).toThrow('--suites');
  });
});
