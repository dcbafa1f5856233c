// The main memory traffic of both algorithms as formulas with the numbers of the present problem. Pure.

import { type BytesOptions, bothPasses, bytesOf, machines } from '../../experiments/attentionBytes.ts';

/** Passes over the scores and over operands, forward and backward, and their bytes. Derived in the README of @heed/attention. */
export interface BytePasses {
  /** Passes over the scores: 11; a mask reads and writes them once more, dropout twice, with a byte a weight each time. */
  readonly scorePasses: number;
  readonly operandPasses: number;
  readonly scoreBytes: number;
  readonly operandBytes: number;
}

/** Counts them; standard attention moves scorePasses · scoreBytes + operandPasses · operandBytes. */
export const bytePasses = ({
  batch,
  heads,
  length,
  depth,
  mask,
  dropout,
  machine,
}: BytesOptions): BytePasses => {
  const { bytesPerElement } = machines[machine];
  return {
    scorePasses: 11 + (mask === 'none' ? 0 : 2) + (dropout ? 4 + 2 / bytesPerElement : 0),
    operandPasses: 12,
    scoreBytes: batch * heads * length * length * bytesPerElement,
    operandBytes: batch * heads * length * depth * bytesPerElement,
  };
};

const size = (bytes: number): string => {
  const power = Math.max(0, Math.min(4, Math.floor(Math.log10(bytes) / 3)));
  return `${Number((bytes / 1000 ** power).toPrecision(3))}\\,\\text{${['', 'k', 'M', 'G', 'T'][power]}B}`;
};

/** The formulas. */
export const bytesFormulas = (options: BytesOptions): string[] => {
  const { scorePasses, operandPasses, scoreBytes, operandBytes } = bytePasses(options);
  const { standard, flash, keyBlocks, blockKeys } = bytesOf(options);
  const total = (algorithm: typeof standard): string => size(bothPasses(algorithm).mainBytes);
  return [
    `S = ${options.batch} \\cdot ${options.heads} \\cdot N^2 \\cdot ${machines[options.machine].bytesPerElement}\\,\\text{B} = ${size(scoreBytes)}`,
    `X = ${options.batch} \\cdot ${options.heads} \\cdot N d \\cdot ${machines[options.machine].bytesPerElement}\\,\\text{B} = ${size(operandBytes)}`,
    `\\text{standard} = ${scorePasses} \\, S + ${operandPasses} \\, X = ${total(standard)}`,
    `T = \\lceil N / B \\rceil = \\lceil ${options.length} / ${blockKeys} \\rceil = ${keyBlocks}`,
    `\\text{flash} \\approx (10 + 8 \\, T${options.mask === 'causal' ? ' \\cdot \\text{visited}' : ''}) \\, X \\to ${total(flash)}`,
  ];
};
