// A kernel's arguments as a record in memory, so that every kernel has one signature and any thread can read them.
// The layout is written once: JavaScript fills it, the kernel reads it.

import type { Callable, FunctionBuilder } from '../assembler/functionBuilder.ts';
import { f32, i32 } from '../assembler/instructions.ts';
import type { ModuleBuilder } from '../assembler/moduleBuilder.ts';
import type { Local } from '../assembler/value.ts';

/** Fields of a record in order, four bytes each: addresses and counts as i32, real numbers as f32. */
export type RecordLayout = Readonly<Record<string, 'i32' | 'f32'>>;

/** A number for every field. */
export type RecordValues<L extends RecordLayout> = { readonly [Name in keyof L]: number };

/** A variable for every field. */
export type RecordLocals<L extends RecordLayout> = { readonly [Name in keyof L]: Local<L[Name]> };

/** A kernel from both sides: the name that it is exported by, and its record. */
export interface KernelSpec<L extends RecordLayout = RecordLayout> {
  readonly name: string;
  readonly layout: L;
}

/** What every kernel takes: the address of its record, which chunk of the work to do, and memory of this thread's own. */
export const kernelParameters: { readonly record: 'i32'; readonly chunk: 'i32'; readonly scratch: 'i32' } = {
  record: 'i32',
  chunk: 'i32',
  scratch: 'i32',
};

/** The variables that hold them. */
export type KernelArguments = { readonly [Name in keyof typeof kernelParameters]: Local<'i32'> };

/** Most fields that a record has; the control block has room for this many. */
export const maxFields = 48;

/** Reads all fields of the record at an address into variables. */
export const readRecord = <L extends RecordLayout>(
  f: FunctionBuilder,
  record: Local<'i32'>,
  layout: L,
): RecordLocals<L> => {
  const entries = Object.entries(layout).map(([field, type], index) => {
    const value = type === 'i32' ? i32.load(record, 4 * index) : f32.load(record, 4 * index);
    return [field, f.let(value)] as const;
  });
  return Object.fromEntries(entries) as unknown as RecordLocals<L>; // one local a field
};

/**
 * Defines a kernel, exported by its name: reads all fields of its record into variables, then runs the body.
 */
export const defineKernel = <L extends RecordLayout>(
  module: ModuleBuilder,
  { name, layout }: KernelSpec<L>,
  body: (f: FunctionBuilder, fields: RecordLocals<L>, given: KernelArguments) => void,
): Callable<typeof kernelParameters, undefined> =>
  module.define(name, { parameters: kernelParameters, exported: true }, (f, { record, chunk, scratch }) =>
    body(f, readRecord(f, record, layout), { record, chunk, scratch }),
  );

/** Writes the values at an address (bytes) that both views cover. */
export const writeRecord = <L extends RecordLayout>(
  views: { readonly i32: Int32Array; readonly f32: Float32Array },
  address: number,
  { layout, values }: { readonly layout: L; readonly values: RecordValues<L> },
): void => {
  let index = address / 4;
  for (const field in layout) views[layout[field] as 'i32' | 'f32'][index++] = values[field] as number; // a number for every field
};
