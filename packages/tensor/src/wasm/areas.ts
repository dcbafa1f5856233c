// Moving operands between ordinary arrays and the engine's memory. What already lies there is used in place.

import type { Engine } from './engine.ts';

/** `rows` runs of `width` numbers of an array, from `offset` on, beginning `row` numbers apart. */
export interface Area {
  readonly array: Float32Array;
  readonly offset: number;
  readonly rows: number;
  readonly row: number;
  readonly width: number;
}

/** The address of an array that lies in the engine's memory; undefined for any other. */
export const residentAddress = ({ memory }: Engine, array: Float32Array): number | undefined =>
  memory.holds(array) ? array.byteOffset : undefined;

/** Calls back with each run that is contiguous in the array: all of it at once if there are no gaps. */
const runs = (
  { offset, rows, row, width }: Area,
  move: (from: number, to: number, at: number) => void,
): void => {
  if (row === width || rows === 1) move(offset, offset + rows * width, 0);
  else for (let i = 0; i < rows; i++) move(offset + i * row, offset + i * row + width, i * width);
};

/** Copies an area to an address, its runs one after the other. */
export const copyIn = ({ memory }: Engine, area: Area, address: number): void => {
  const { f32 } = memory.views();
  runs(area, (from, to, at) => f32.set(area.array.subarray(from, to), address / 4 + at));
};

/** Copies runs that lie one after the other at an address to an area. */
export const copyOut = ({ memory }: Engine, area: Area, address: number): void => {
  const { f32 } = memory.views();
  runs(area, (from, to, at) =>
    area.array.set(f32.subarray(address / 4 + at, address / 4 + at + to - from), from),
  );
};

/** The address of an array in the engine: its own, or that of a copy on the stack. `undefined` is address 0. */
export const placed = (engine: Engine, array: Float32Array | undefined): number => {
  if (array === undefined) return 0;
  const resident = residentAddress(engine, array);
  if (resident !== undefined) return resident;
  const address = engine.stack.allocate(4 * array.length);
  copyIn(engine, { array, offset: 0, rows: 1, row: array.length, width: array.length }, address);
  return address;
};
