// Where Q, K, V, the scores, m, ℓ and O lie in the picture of tiles, CSS pixels. Pure arithmetic.

/** A rectangle. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The picture, laid out: K and V stand on their sides above the columns of scores that they make, Q, m, ℓ and O beside the rows. */
export interface TilesGeometry {
  /** Side of a number. */
  readonly cell: number;
  readonly query: Box;
  readonly key: Box;
  readonly value: Box;
  readonly scores: Box;
  readonly max: Box;
  readonly sum: Box;
  readonly output: Box;
  readonly width: number;
  readonly height: number;
}

/** Room for the line of names above Q, m, ℓ and O, and between blocks. */
const names = 22;
const gap = 10;

/** Largest and least side of a number. */
const [most, least] = [15, 4];

/**
 * Lays it out in a width.
 *
 * @example
 * tilesGeometry({ length: 32, depth: 4, width: 600 }).cell; //=> 13
 */
export const tilesGeometry = ({
  length,
  depth,
  width,
}: {
  readonly length: number;
  readonly depth: number;
  readonly width: number;
}): TilesGeometry => {
  const columns = 2 * depth + length + 2;
  const cell = Math.max(least, Math.min(most, Math.floor((width - 4 * gap) / columns)));
  const [wide, deep] = [length * cell, depth * cell];
  const left = deep + gap;
  const top = 2 * deep + 4 + names;
  const scores = { x: left, y: top, width: wide, height: wide };
  const right = left + wide + gap;
  const column = (x: number, size: number): Box => ({ x, y: top, width: size, height: wide });
  return {
    ...{ cell, scores },
    query: column(0, deep),
    key: { x: left, y: 0, width: wide, height: deep },
    value: { x: left, y: deep + 4, width: wide, height: deep },
    max: column(right, cell),
    sum: column(right + cell + 4, cell),
    output: column(right + 2 * cell + 4 + gap, deep),
    width: right + 2 * cell + 4 + gap + deep + 1,
    height: top + wide + 1,
  };
};
