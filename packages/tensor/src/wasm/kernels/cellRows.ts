// Walking over the rows of a recurrent cell: states of `width` numbers, gates of several blocks of as many.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { i32 } from '../assembler/instructions.ts';
import type { Local } from '../assembler/value.ts';
import { alongRow, eachRow, type RowStep } from './rowLoop.ts';

type Address = Local<'i32'>;

/** Sizes of a chunk of a cell's kernel. */
interface CellRows {
  readonly chunk: Address;
  readonly rows: Address;
  readonly width: Address;
  readonly rowsPerChunk: Address;
}

/** Calls `each` at every place along every row of a chunk, with the addresses of the row in each state, and of each block of its gates. */
export const eachCellRow = <S extends string, G extends string>(
  f: FunctionBuilder,
  { chunk, rows, width, rowsPerChunk }: CellRows,
  arrays: {
    readonly states: Readonly<Record<S, Address>>;
    readonly gates: Readonly<Record<G, Address>>;
    readonly blocks: number;
  },
  each: (
    step: RowStep,
    row: {
      readonly states: Readonly<Record<S, Address>>;
      readonly gates: Readonly<Record<G, readonly Address[]>>;
    },
  ) => void,
): void => {
  const bytes = f.let(i32.shiftLeft(width, 2));
  const entries = <K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] =>
    Object.entries(record) as [K, V][];
  const states = Object.fromEntries(entries(arrays.states).map(([name]) => [name, f.local('i32')]));
  const gates = Object.fromEntries(
    entries(arrays.gates).map(([name]) => [
      name,
      Array.from({ length: arrays.blocks }, () => f.local('i32')),
    ]),
  );
  eachRow(f, { chunk, perChunk: rowsPerChunk, rows }, (row) => {
    for (const [name, address] of entries(arrays.states))
      f.set(states[name] as Address, i32.add(address, i32.mul(row, bytes))); // one a state
    for (const [name, address] of entries(arrays.gates))
      for (const [block, place] of (gates[name] as Address[]).entries()) // one a name
        f.set(place, i32.add(address, i32.mul(i32.add(i32.mul(row, arrays.blocks), block), bytes)));
    alongRow(f, width, (step) =>
      each(step, {
        states: states as Record<S, Address>,
        gates: gates as unknown as Record<G, readonly Address[]>,
      }),
    );
  });
};
