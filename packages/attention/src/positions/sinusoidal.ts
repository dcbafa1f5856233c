// Sinusoidal positions: a fixed table that is added to embeddings.

import { Tensor } from '@heed/tensor';

/** How the table is laid out. */
export interface SinusoidalOptions {
  /** 'interleaved': sine and cosine by turns, as Vaswani 2017 writes it; 'halves': all sines, then all cosines. Default 'interleaved'. */
  readonly order?: 'interleaved' | 'halves';
  /** Wave i turns with rate 10000^(−i / d): d is width/2 ('vaswani'), or width/2 − 1 as tensor2tensor computes it. Default 'vaswani'. */
  readonly rates?: 'vaswani' | 'tensor2tensor';
  /** Position of the first row. Default 0. */
  readonly start?: number;
}

/**
 * Table [length, width] of PE(p, 2i) = sin(p / 10000^(2i/width)), PE(p, 2i + 1) = cos of the same. Vaswani 2017 (arXiv:1706.03762), §3.5.
 * width must be even.
 *
 * @example
 * sinusoidal(1, 4).toArray(); //=> [[0, 1, 0, 1]]
 */
export const sinusoidal = (length: number, width: number, options: SinusoidalOptions = {}): Tensor => {
  const { order = 'interleaved', rates = 'vaswani', start = 0 } = options;
  if (!Number.isInteger(width) || width < 2 || width % 2 !== 0)
    throw new RangeError(`sinusoidal: width ${width}; expected an even number from 2.`);
  const half = width / 2;
  const divisor = rates === 'vaswani' ? half : Math.max(1, half - 1);
  const data = new Float32Array(length * width);
  for (let row = 0; row < length; row++)
    for (let i = 0; i < half; i++) {
      const angle = (row + start) * 10000 ** (-i / divisor);
      const [sine, cosine] = order === 'interleaved' ? [2 * i, 2 * i + 1] : [i, half + i];
      data[row * width + sine] = Math.sin(angle);
      data[row * width + cosine] = Math.cos(angle);
    }
  return new Tensor('float32', [length, width], data);
};
