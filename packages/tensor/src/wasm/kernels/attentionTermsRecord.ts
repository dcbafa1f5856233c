// The data of the terms of attention (a bound, a bias, dropout) in the kernels that have them: what joins their records and tasks.

import { i32 } from '../assembler/instructions.ts';
import type { Operand, Value } from '../assembler/value.ts';
import { attentionGradientKernel, gradientTaskFields } from './attentionGradientRecord.ts';
import { attentionKernel, taskFields } from './attentionRecord.ts';
import type { KernelSpec, RecordLayout } from './record.ts';

/**
 * `bias` 0: none; its head and row strides are bytes, `biasSlope` is 1 by distance, else 0, `biasLast` its last column. `softcap` (with log₂ e in it)
 * 0: none; queries then come divided by it. `threshold` of 2²⁴ 0: no dropout; `keep` is 1 / (1 − rate).
 */
const termFields = {
  bias: 'i32',
  biasHead: 'i32',
  biasRow: 'i32',
  biasSlope: 'i32',
  biasLast: 'i32',
  softcap: 'f32',
  threshold: 'i32',
  keep: 'f32',
  low: 'i32',
  high: 'i32',
  positionHead: 'i32',
  positionRow: 'i32',
} as const;

/** The fields, as a layout. */
export type TermFields = typeof termFields;

/** What a task adds: bytes of the bias before its first row, the column of key 0 for that row with its sign turned, numbers drawn before it. */
const termTaskFields = { biasStart: 'i32', biasShift: 'i32', position: 'i32' } as const;

/** Chunk = one task. */
export const attentionTermsKernel: KernelSpec<typeof attentionKernel.layout & typeof termFields> = {
  name: 'attentionTerms',
  layout: { ...attentionKernel.layout, ...termFields },
};

/**
 * Chunk = tasks groups[chunk] to groups[chunk + 1], one after the other: those that add to the same numbers of the bias's gradient, which lies
 * `biasGradient` bytes behind the bias; 0: not wanted. `queryScale` is the factor of queries for scores, `scale` that of gradients.
 */
const gradientOnly = { queryScale: 'f32', biasGradient: 'i32', groups: 'i32' } as const;

/** The gradient's kernel with terms. */
export const attentionTermsGradientKernel: KernelSpec<
  typeof attentionGradientKernel.layout & typeof termFields & typeof gradientOnly
> = {
  name: 'attentionTermsGradient',
  layout: { ...attentionGradientKernel.layout, ...termFields, ...gradientOnly },
};

const bytesOf = (fields: RecordLayout): number => 4 * Object.keys(fields).length;

/** Bytes of a task with terms. */
export const termsTaskBytes: number = bytesOf(taskFields) + bytesOf(termTaskFields);

/** Bytes of a task of the gradient with terms. */
export const termsGradientTaskBytes: number = bytesOf(gradientTaskFields) + bytesOf(termTaskFields);

/** Where the terms begin in a record and in a task, bytes. */
export interface TermsPlace {
  readonly record: number;
  readonly task: number;
}

/** Of the forward pass. */
export const forwardTerms: TermsPlace = {
  record: bytesOf(attentionKernel.layout),
  task: bytesOf(taskFields),
};

/** Of the gradient. */
export const gradientTerms: TermsPlace = {
  record: bytesOf(attentionGradientKernel.layout),
  task: bytesOf(gradientTaskFields),
};

const termNames = Object.keys(termFields);
const taskNames = Object.keys(termTaskFields);

/** Bytes of a term's field behind the first one. */
export const termAt = (name: keyof typeof termFields): number => 4 * termNames.indexOf(name);

/** A whole number of the terms at an address. */
export const term = (terms: Operand<'i32'>, name: keyof typeof termFields): Value<'i32'> =>
  i32.load(terms, termAt(name));

/** A whole number of a task's terms at an address. */
export const taskTerm = (terms: Operand<'i32'>, name: keyof typeof termTaskFields): Value<'i32'> =>
  i32.load(terms, 4 * taskNames.indexOf(name));
