// The three element types of a tensor and the typed arrays that hold them.

/** float32 for numbers, int32 for ids and positions, bool (one byte, 0 or 1) for masks. */
export type DType = 'float32' | 'int32' | 'bool';

/** The typed array that holds a dtype. */
export interface DTypeArrays {
  float32: Float32Array;
  int32: Int32Array;
  bool: Uint8Array;
}

/** The typed array of dtype D. */
export type DataOf<D extends DType> = DTypeArrays[D];

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** A zero-filled array of `length` elements of `dtype`. */
export const emptyData = <D extends DType>(dtype: D, length: number): DataOf<D> =>
  new constructors[dtype](length) as DataOf<D>;

/** Whether the array is of the kind that `dtype` asks for. */
export const isDataOf = <D extends DType>(dtype: D, data: unknown): data is DataOf<D> =>
  data instanceof constructors[dtype];
