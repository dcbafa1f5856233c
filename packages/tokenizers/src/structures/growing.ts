// Typed arrays that need more room.

/**
 * The array itself if it has room for `length` entries, else a copy of at least twice its size; new entries are `filler`.
 *
 * @example grown(new Int32Array(2), 3, -1).length; //=> 4
 */
export function grown<Numbers extends Int32Array | Float64Array>(
  array: Numbers,
  length: number,
  filler = 0,
): Numbers {
  if (length <= array.length) return array;
  const size = Math.max(length, array.length * 2);
  const larger = array instanceof Int32Array ? new Int32Array(size) : new Float64Array(size);
  larger.set(array);
  if (filler !== 0) larger.fill(filler, array.length);
  return larger as Numbers;
}

/** As `grown`, for UTF-16 units. @example grownUnits(new Uint16Array(2), 3).length; //=> 4 */
export function grownUnits(array: Uint16Array<ArrayBuffer>, length: number): Uint16Array<ArrayBuffer> {
  if (length <= array.length) return array;
  const larger = new Uint16Array(Math.max(length, array.length * 2));
  larger.set(array);
  return larger;
}
