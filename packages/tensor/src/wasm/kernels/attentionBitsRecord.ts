// The data of the attention kernels that read a bit a key: what joins the records of the kernels with terms. Their tasks are the same.

import { i32 } from '../assembler/instructions.ts';
import type { Operand, Value } from '../assembler/value.ts';
import { keyBlock, wordKeys } from './attentionRecord.ts';
import { attentionTermsGradientKernel, attentionTermsKernel } from './attentionTermsRecord.ts';
import type { KernelSpec } from './record.ts';

/** Addresses of the words and of each row's start among them; `wordHead`: bytes from a head's words to the next's. */
const bitFields = { words: 'i32', wordStarts: 'i32', wordHead: 'i32' } as const;

/** The fields, as a layout. */
export type BitFields = typeof bitFields;

/** Chunk = one task, as in 'attentionTerms'. */
export const attentionBitsKernel: KernelSpec<typeof attentionTermsKernel.layout & BitFields> = {
  name: 'attentionBits',
  layout: { ...attentionTermsKernel.layout, ...bitFields },
};

/** Chunk = a group of tasks, as in 'attentionTermsGradient'. */
export const attentionBitsGradientKernel: KernelSpec<typeof attentionTermsGradientKernel.layout & BitFields> =
  {
    name: 'attentionBitsGradient',
    layout: { ...attentionTermsGradientKernel.layout, ...bitFields },
  };

/** Bytes before the fields of bits in a record, forward and gradient. */
export const bitsPlace: { readonly forward: number; readonly gradient: number } = {
  forward: 4 * Object.keys(attentionTermsKernel.layout).length,
  gradient: 4 * Object.keys(attentionTermsGradientKernel.layout).length,
};

const bitNames = Object.keys(bitFields);

/** A field at the address where they begin. */
export const bitField = (bits: Operand<'i32'>, name: keyof BitFields): Value<'i32'> =>
  i32.load(bits, 4 * bitNames.indexOf(name));

/** Bytes of the words of a panel of `across` lanes for a block of keys. */
export const bitsScratch = (across: number): number => 4 * across * (keyBlock / wordKeys);
