// polar: the orthogonal matrix nearest to a square one, U·Vᵀ of its singular value decomposition, in float64. For aligning heads
// (groupKeyHeads.ts); not a general decomposition.

/** Dot product of two columns of a matrix whose columns lie together. */
const dot = (a: Float64Array, i: number, j: number, size: number): number => {
  let total = 0;
  for (let r = 0; r < size; r++) total += (a[i * size + r] as number) * (a[j * size + r] as number); // columns inside
  return total;
};

/** Turns columns i and j in their plane. */
const turn = (
  a: Float64Array,
  [i, j]: readonly [number, number],
  [c, s]: readonly [number, number],
  size: number,
): void => {
  for (let r = 0; r < size; r++) {
    const [x, y] = [a[i * size + r] as number, a[j * size + r] as number]; // columns inside
    a[i * size + r] = c * x - s * y;
    a[j * size + r] = s * x + c * y;
  }
};

/** Sweeps after which rotations are below rounding for any size met here. */
const sweeps = 30;

/** One-sided Jacobi: turns columns of `a` until they are orthogonal, and `v` with them. Golub and Van Loan 2013, §8.6.3. */
const orthogonalize = (a: Float64Array, v: Float64Array, size: number): void => {
  for (let sweep = 0, moved = true; moved && sweep < sweeps; sweep++) {
    moved = false;
    for (let i = 0; i < size; i++)
      for (let j = i + 1; j < size; j++) {
        const [alpha, beta, gamma] = [dot(a, i, i, size), dot(a, j, j, size), dot(a, i, j, size)];
        if (Math.abs(gamma) <= 1e-13 * Math.sqrt(alpha * beta)) continue;
        moved = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
        const c = 1 / Math.sqrt(1 + t * t);
        for (const matrix of [a, v]) turn(matrix, [i, j], [c, c * t], size);
      }
  }
};

/** Makes column i a unit vector orthogonal to those marked done: what is left of itself, or of an axis where nothing is left. */
const complete = (u: Float64Array, i: number, done: readonly number[], size: number): void => {
  for (let axis = -1; axis < size; axis++) {
    if (axis >= 0) for (let r = 0; r < size; r++) u[i * size + r] = r === axis ? 1 : 0;
    for (let pass = 0; pass < 2; pass++)
      for (const other of done) {
        const share = dot(u, i, other, size);
        for (let r = 0; r < size; r++)
          u[i * size + r] = (u[i * size + r] as number) - share * (u[other * size + r] as number); // columns inside
      }
    const length = Math.sqrt(dot(u, i, i, size));
    if (length < (axis < 0 ? Number.MIN_VALUE : 1e-3)) continue;
    for (let r = 0; r < size; r++) u[i * size + r] = (u[i * size + r] as number) / length; // column inside
    return;
  }
};

/**
 * The orthogonal matrix Q [size, size] that makes trace(Qᵀ·M) largest, for a matrix M [size, size], both row by row: U·Vᵀ where M = U·Σ·Vᵀ. Of a
 * singular M one of those that do. Schönemann 1966, doi:10.1007/BF02289451.
 */
export const polar = (m: ArrayLike<number>, size: number): Float64Array => {
  // Columns of `a` and `v` lie together, so `a` starts as the transpose.
  const a = Float64Array.from(
    { length: size * size },
    (_, at) => m[(at % size) * size + Math.floor(at / size)] as number,
  );
  const v = Float64Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  orthogonalize(a, v, size);
  const lengths = Array.from({ length: size }, (_, i) => Math.sqrt(dot(a, i, i, size)));
  const order = lengths.map((_, i) => i).sort((i, j) => (lengths[j] as number) - (lengths[i] as number));
  const least = 1e-12 * (lengths[order[0] ?? 0] ?? 0);
  for (const [place, i] of order.entries()) {
    // Below rounding a column has no direction of its own: any that is left does.
    if ((lengths[i] as number) <= least) for (let r = 0; r < size; r++) a[i * size + r] = 0;
    complete(a, i, order.slice(0, place), size);
  }
  const q = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++)
        q[r * size + c] =
          (q[r * size + c] as number) + (a[i * size + r] as number) * (v[i * size + c] as number); // inside
  return q;
};
