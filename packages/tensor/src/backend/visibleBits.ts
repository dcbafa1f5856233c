// Which keys of its range a query row of attention sees, where it does not see all of them. A part of the Backend contract; as in backend.ts
// numbers and strides only, no mask.

/**
 * A bit a key, for masks that are no range of keys a row. Key j of a sequence, for row r of `visible` and query head h, is seen where bit j mod 32
 * of word starts[r] + h · head + ⌊j / 32⌋ is 1 and the row's range holds it; bits of keys outside the range are passed over.
 */
export interface VisibleBits {
  readonly words: Int32Array;
  /** A number for each row of `visible`; it may be negative: only words that hold keys of the row's range are read. */
  readonly starts: Int32Array;
  /** Words from one query head to the next; 0 where heads see the same. */
  readonly head: number;
}
