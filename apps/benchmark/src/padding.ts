// Sequences of different lengths, the way that engines without packing take them: in batches, each padded to its longest.

/** Some sequences of token ids. */
export type Sequences = readonly Int32Array[];

/** One padded batch. */
export interface PaddedBatch {
  /** Which sequences it holds, row by row. */
  readonly members: readonly number[];
  /** Tokens a row: its longest sequence. */
  readonly length: number;
  /** [members, length], padded by 0. */
  readonly ids: Int32Array;
  /** [members, length], 1 where there is a token. */
  readonly mask: Int32Array;
}

/** Batches of `size`: in order of arrival, or shortest first, which saves the most padding that padding can. */
export const padBatches = (
  sequences: Sequences,
  size: number,
  order: 'arrival' | 'length',
): PaddedBatch[] => {
  const indices = sequences.map((_, index) => index);
  const lengthOf = (index: number): number => sequences[index]?.length ?? 0;
  if (order === 'length') indices.sort((a, b) => lengthOf(a) - lengthOf(b));
  const batches: PaddedBatch[] = [];
  for (let start = 0; start < indices.length; start += size) {
    const members = indices.slice(start, start + size);
    const length = Math.max(...members.map(lengthOf));
    const ids = new Int32Array(members.length * length);
    const mask = new Int32Array(members.length * length);
    for (const [row, index] of members.entries()) {
      ids.set(sequences[index] as Int32Array, row * length); // index of sequences
      mask.fill(1, row * length, row * length + lengthOf(index));
    }
    batches.push({ members, length, ids, mask });
  }
  return batches;
};

/** Rows of real tokens out of the outputs of padded batches [members, length, width], one sequence behind the other as they arrived. */
export const unpad = (
  sequences: Sequences,
  batches: readonly PaddedBatch[],
  outputs: readonly Float32Array[],
): Float32Array => {
  const starts: number[] = [];
  let total = 0;
  for (const { length } of sequences) {
    starts.push(total);
    total += length;
  }
  const [batch, output] = [batches[0], outputs[0]];
  if (batch === undefined || output === undefined) return new Float32Array();
  const width = output.length / batch.ids.length;
  const rows = new Float32Array(total * width);
  for (const [place, { members, length }] of batches.entries())
    for (const [row, index] of members.entries()) {
      const from = row * length * width;
      const count = (sequences[index] as Int32Array).length * width; // members are indices of sequences
      rows.set(
        (outputs[place] as Float32Array).subarray(from, from + count),
        (starts[index] as number) * width,
      ); // one output a batch
    }
  return rows;
};

/**
 * The 32 lengths of the yardstick's mixed set: 8 … 128 tokens, 2087 together, from its own generator (its sums leave the range of
 * exact doubles; that is part of the generator).
 */
export const mixedLengths = (count = 32): number[] => {
  let seed = 1;
  const next = (): number => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  return Array.from({ length: count }, () => 8 + Math.floor(next() * 121));
};
