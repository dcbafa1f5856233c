// The 4 × 4 transpose of vectors: eight shuffles, written once.

import type { FunctionBuilder } from '../assembler/functionBuilder.ts';
import { v128 } from '../assembler/instructions.ts';
import type { Local, Value } from '../assembler/value.ts';

/** Four vectors. */
export type Rows4<V> = readonly [V, V, V, V];

/** Column j of four rows as vector j. The rows are evaluated once, in order. */
export const transpose = (f: FunctionBuilder, rows: Rows4<Value<'v128'>>): Rows4<Value<'v128'>> => {
  const [a, b, c, d] = rows.map((row) => f.let(row)) as unknown as Rows4<Local<'v128'>>; // four in, four out
  const lowAB = f.let(v128.shuffle(a, b, [0, 4, 1, 5]));
  const lowCD = f.let(v128.shuffle(c, d, [0, 4, 1, 5]));
  const highAB = f.let(v128.shuffle(a, b, [2, 6, 3, 7]));
  const highCD = f.let(v128.shuffle(c, d, [2, 6, 3, 7]));
  return [
    v128.shuffle(lowAB, lowCD, [0, 1, 4, 5]),
    v128.shuffle(lowAB, lowCD, [2, 3, 6, 7]),
    v128.shuffle(highAB, highCD, [0, 1, 4, 5]),
    v128.shuffle(highAB, highCD, [2, 3, 6, 7]),
  ];
};
