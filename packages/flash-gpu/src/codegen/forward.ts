// The four kernels of a tile of the forward pass, as source text: gpu.js reads a function's text, which a minifier would break, and
// sizes have to be baked in anyway. `z` counts (batch, key head) pairs, `x` query rows (the SIMD lanes), `y` groups of four.
// Scores are in units of log 2: exp is then 2^x, which needs no call out of WebAssembly.

/** Sizes that are baked into the kernels of a tile; all multiples of four but `depth`. */
export interface TileSizes {
  readonly rows: number;
  readonly keys: number;
  readonly depth: number;
  /** Value depth padded to four, plus four: the first of the last four is the column of ones that sums the weights. */
  readonly columns: number;
}

/** What stands for −∞ inside the kernels: far below any score, and finite, so that no ∞ − ∞ arises. */
export const hidden = -1e30;

/** 2^n for n from −150 to 0, at n + 150. */
export const powersOfTwo: Float32Array = Float32Array.from({ length: 151 }, (_, index) => 2 ** (index - 150));

/**
 * 2^t for t ≤ 0, into `name`: 2^round(t) from the table times the Taylor polynomial of 2^f, f in [−½, ½], of degree 6
 * (remainder ln2^7·0.5^7 / 7! < 1.2e-7).
 */
const exp2 = (name: string, t: string): string => {
  const coefficients = [0, 1, 2, 3, 4, 5, 6].map((n) => Math.LN2 ** n / [1, 1, 2, 6, 24, 120, 720][n]!); // n ≤ 6
  const polynomial = coefficients.reduceRight(
    (inner, c) => (inner === '' ? `${c}` : `(${c} + ${name}f * ${inner})`),
    '',
  );
  return `
    const ${name}t = Math.max(-149.0, ${t});
    const ${name}n = Math.floor(${name}t + 0.5);
    const ${name}f = ${name}t - ${name}n;
    const ${name} = powers[${name}n + 150.0] * ${polynomial};`;
};

const four = [0, 1, 2, 3] as const;

/**
 * scores(q, k[, keep]): a thread gives four scores of one row, q · k for keys 4y … 4y + 3; `hidden` where keep is 0.
 * q [z][depth][rows], k [z][keys][depth], keep [z][keys][rows]. Reads 5·depth numbers, 8·depth FLOPs.
 */
export const scoresSource = (
  { depth }: TileSizes,
  masked: boolean,
): string => `function(q, k${masked ? ', keep' : ''}) {
  ${four.map((c) => `let s${c} = 0.0;`).join(' ')}
  for (let i = 0; i < ${depth}; i++) {
    const x = q[this.thread.z][i][this.thread.x];
    ${four.map((c) => `s${c} += x * k[this.thread.z][4 * this.thread.y + ${c}][i];`).join('\n    ')}
  }
  ${masked ? four.map((c) => `if (keep[this.thread.z][4 * this.thread.y + ${c}][this.thread.x] < 0.5) { s${c} = ${hidden}; }`).join('\n  ') : ''}
  return [s0, s1, s2, s3];
}`;

/** maxima(s, old): the largest score of a row so far. s [z][keys / 4][4·rows], old [z][rows]. Reads keys + 1 numbers. */
export const maximaSource = ({ keys }: TileSizes): string => `function(s, old) {
  let most = old[this.thread.y][this.thread.x];
  for (let j = 0; j < ${keys / 4}; j++) {
    ${four.map((c) => `most = Math.max(most, s[this.thread.y][j][4 * this.thread.x + ${c}]);`).join('\n    ')}
  }
  return most;
}`;

/** weights(s, m, powers): four weights 2^(s − m) of one row, 0 where hidden. s as above, m [z][rows]. */
export const weightsSource = (): string => `function(s, m, powers) {
  ${four
    .map(
      (
        c,
      ) => `const s${c} = s[this.thread.z][this.thread.y][4 * this.thread.x + ${c}];${exp2(`p${c}`, `s${c} - m[this.thread.z][this.thread.x]`)}
  let w${c} = p${c}; if (s${c} < ${hidden / 2}) { w${c} = 0.0; }`,
    )
    .join('\n  ')}
  return [w0, w1, w2, w3];
}`;

/**
 * values(w, v, old, before, after, powers): four columns of one row of the output, old · 2^(before − after) + w · v.
 * w [z][keys / 4][4·rows], v [z][keys][columns], old [z][columns / 4][4·rows], before and after [z][rows]. 8·keys FLOPs.
 */
export const valuesSource = ({ keys }: TileSizes): string => `function(w, v, old, before, after, powers) {
  ${exp2('scale', 'before[this.thread.z][this.thread.x] - after[this.thread.z][this.thread.x]')}
  ${four.map((c) => `let o${c} = scale * old[this.thread.z][this.thread.y][4 * this.thread.x + ${c}];`).join('\n  ')}
  for (let j = 0; j < ${keys / 4}; j++) {
    ${four
      .map(
        (r) => `const w${r} = w[this.thread.z][j][4 * this.thread.x + ${r}];
    ${four.map((c) => `o${c} += w${r} * v[this.thread.z][4 * j + ${r}][4 * this.thread.y + ${c}];`).join('\n    ')}`,
      )
      .join('\n    ')}
  }
  return [o0, o1, o2, o3];
}`;
