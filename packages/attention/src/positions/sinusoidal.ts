// Sinusoidal positions: a fixed table that is added to embeddings.

import { Tensor } from '@heed/tensor';

/** How sines and cosines lie in a row. */
export type SinusoidalOrder =
  /** sin and cos by turns, as Vaswani 2017 writes it. */
  | 'interleaved'
  /** all sines, then all cosines, with rates 10000^(−i / (width/2 − 1)), as tensor2tensor computes it. */
  | 'halves';

/**
 * Table [length, width]. interleaved: PE(p, 2i) = sin(p / 10000^(2i/width)), PE(p, 2i + 1) = cos of the same. Vaswani 2017
 * (arXiv:1706.03762), §3.5. width must be even. `start` is the position of the first row.
 *
 * @example
 * sinusoidal(1, 4).toArray(); //=> [[0, 1, 0, 1]]
 */
export const sinusoidal = (
  length: number,
  width: number,
  { order = 'interleaved', start = 0 }: { readonly order?: SinusoidalOrder; readonly start?: number } = {},
): Tensor => {
  if (width % 2 !== 0) throw new RangeError(`sinusoidal: width ${width}; expected an even number.`);
  const half = width / 2;
  const data = new Float32Array(length * width);
  for (let row = 0; row < length; row++)
    for (let i = 0; i < half; i++) {
      const rate = order === 'interleaved' ? 10000 ** (-i / half) : 10000 ** (-i / Math.max(1, half - 1));
      const angle = (row + start) * rate;
      const [sine, cosine] = order === 'interleaved' ? [2 * i, 2 * i + 1] : [i, half + i];
      data[row * width + sine] = Math.sin(angle);
      data[row * width + cosine] = Math.cos(angle);
    }
  return new Tensor('float32', [length, width], data);
};
