// Experiments on positions: what moves with a sentence, what does not, and RoPE beyond its training.

import { ropeFrequencies } from '@heed/attention';
import { softmax, sub } from '@heed/tensor';
import { expectClose, forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionChange } from '../../src/experiments/positionChanges.ts';
import {
  type Encoding,
  encodings,
  layouts,
  learnedNumbers,
  orders,
  positionSizes,
  shifts,
  type WordOrder,
  wordsOf,
} from '../../src/experiments/positionOptions.ts';
import { distanceLines, encodingTable } from '../../src/experiments/positionPictures.ts';
import { layerWeights, placed, positionScores, wordVectors } from '../../src/experiments/positionScores.ts';
import { stretched, type stretches } from '../../src/experiments/ropeStretch.ts';
import { trainedPositions } from '../../src/experiments/trainedPositions.ts';

const sentence = wordsOf('She sat on the bank of the river');
const relative = ['shaw', 'transformerXl', 't5', 'rope', 'alibi'] as const;
const absolute = ['sinusoidal', 'learned'] as const;
const words = fc.array(fc.string({ minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 12 });
const layout = fc.constantFrom(...layouts);
const order = 'rotated';

describe('moving a sentence', () => {
  it('changes no score of a relative encoding by more than rounding', () => {
    forAll(
      [words, layout, fc.constantFrom(...relative), fc.constantFrom(...shifts)],
      (own, pairs, encoding, shift) => {
        const change = positionChange(own, { encoding, layout: pairs, shift, order });
        expect(change.movedMost).toBeLessThan(2e-5);
      },
    );
  });
  it('changes scores of an absolute one, and none where it is not moved', () => {
    for (const encoding of absolute)
      for (const pairs of layouts) {
        expect(positionChange(sentence, { encoding, layout: pairs, shift: 5, order }).moved).toBeGreaterThan(
          0.1,
        );
        expect(positionChange(sentence, { encoding, layout: pairs, shift: 0, order }).movedMost).toBe(0);
      }
  });
});

describe('reading words in another order', () => {
  const changed = (own: readonly string[], encoding: Encoding, to: WordOrder) =>
    positionChange(own, { encoding, layout: 'halves', shift: 0, order: to }).reordered;
  it('without positions gives each word the same output', () => {
    forAll([words, fc.constantFrom(...orders)], (own, to) => {
      expect(changed(own, 'none', to)).toBeLessThan(1e-5);
    });
  });
  it('with any encoding gives another; but ALiBi, which knows no before and after, does not see words backwards', () => {
    for (const encoding of encodings.filter((name) => name !== 'none')) {
      expect(changed(sentence, encoding, 'rotated')).toBeGreaterThan(0.05);
      if (encoding === 'alibi') expect(changed(sentence, encoding, 'reversed')).toBeLessThan(1e-5);
      else expect(changed(sentence, encoding, 'reversed')).toBeGreaterThan(0.05);
    }
  });
});

describe('numbers that encodings learn', () => {
  it('are those of the tensors that the layer draws', () => {
    const own = layerWeights();
    expect(learnedNumbers.shaw).toBe(own.relativeKeys.size);
    expect(learnedNumbers.t5).toBe(own.buckets.size);
    expect(learnedNumbers.transformerXl).toBe(
      own.relative.size + own.contentBias.size + own.positionBias.size,
    );
    expect(learnedNumbers.learned).toBe(8 * trainedPositions().size); // 64 of 512 rows are here
  });
});

describe('scores', () => {
  it('without positions are q·k over √depth, in float64', () => {
    const { query, key } = placed(sentence, 'none', 'halves');
    const { heads, depth } = positionSizes;
    const n = sentence.length;
    const scores = positionScores(sentence, { encoding: 'none', layout: 'halves', start: 3 });
    for (let h = 0; h < heads; h++)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let e = 0; e < depth; e++)
            sum += (query.data[(h * n + i) * depth + e] ?? 0) * (key.data[(h * n + j) * depth + e] ?? 0);
          expect(scores.data[(h * n + i) * n + j]).toBeCloseTo(sum / Math.sqrt(depth), 4);
        }
  });
  it('of ALiBi fall with the distance by the slope of the head', () => {
    const at = (encoding: 'none' | 'alibi') =>
      positionScores(sentence, { encoding, layout: 'halves', start: 0 });
    const difference = sub(at('alibi'), at('none'));
    const n = sentence.length;
    for (let h = 0; h < 4; h++)
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++)
          expect(difference.data[(h * n + i) * n + j]).toBeCloseTo(-(4 ** -(h + 1)) * Math.abs(j - i), 5);
  });
  it('are those that the library’s softmax sees', async () => {
    const { attentionWeights } = await import('@heed/attention');
    for (const encoding of encodings) {
      const { query, key, bias } = placed(sentence, encoding, 'interleaved');
      const weights = attentionWeights(query, key, bias === undefined ? {} : { bias });
      const scores = positionScores(sentence, { encoding, layout: 'interleaved', start: 0 });
      expectClose(softmax(scores).data, weights.data, { absolute: 2e-6 });
    }
  });
});

describe('pictures of encodings', () => {
  it('have as many numbers as rows and columns, all finite', () => {
    for (const encoding of encodings)
      for (const pairs of layouts) {
        const table = encodingTable(encoding, pairs);
        if (table === undefined) expect(encoding).toBe('none');
        else {
          expect(table.values.length).toBe(table.rows.count * table.columns.count);
          expect(table.values.every(Number.isFinite)).toBe(true);
        }
        for (const line of distanceLines(encoding, pairs, sentence))
          for (const { y } of line.points) expect(Number.isFinite(y)).toBe(true);
      }
  });
  it('a sinusoid’s products depend on the distance alone, those of a learned table do not', () => {
    const spread = (encoding: 'sinusoidal' | 'learned'): number => {
      const at = distanceLines(encoding, 'interleaved', sentence).map(
        ({ points }) => points.find(({ x }) => x === -5)?.y ?? Number.NaN,
      );
      return Math.max(...at) - Math.min(...at);
    };
    expect(spread('sinusoidal')).toBeLessThan(1e-5);
    expect(spread('learned')).toBeGreaterThan(0.05);
  });
  it('a word has one vector wherever it stands, and trained positions have their published size', () => {
    const { data } = wordVectors(['a', 'b', 'a']);
    expect([...data.slice(0, 128)]).toEqual([...data.slice(256, 384)]);
    expect([...data.slice(0, 128)]).not.toEqual([...data.slice(128, 256)]);
    const table = trainedPositions().data;
    // First number of row 1 and last of row 63 as the published file has them, over the words' size.
    expect(table[128]).toBeCloseTo(-0.015784 / 0.0584, 3);
    expect(table[64 * 128 - 1]).toBeCloseTo(-0.011942 / 0.0584, 3);
  });
});

describe('RoPE beyond its training', () => {
  const options = fc.record({
    depth: fc.constantFrom(32, 64, 128),
    trained: fc.constantFrom(256, 1024, 4096),
    factor: fc.constantFrom(2, 4, 8),
  });
  it('meets new angles unless scaled; linear scaling meets none, at the price of near distances', () => {
    forAll([options], (own) => {
      const lines = Object.fromEntries(
        stretched({ ...own, used: own.factor }).map((line) => [line.way, line]),
      ) as Record<(typeof stretches)[number], ReturnType<typeof stretched>[number]>;
      const slow = ropeFrequencies(own.depth).rates.filter((rate) => rate * own.trained < 2 * Math.PI).length;
      expect(lines.none.unseen).toBe(slow);
      expect(lines.none.farthest).toBeCloseTo(own.factor, 3);
      expect(lines.none.nearChange).toBe(0);
      expect(lines.linear.unseen).toBe(0);
      expect(lines.llama3.unseen).toBe(0);
      expect(lines.ntk.farthest).toBeLessThan(own.factor);
      for (const way of ['ntk', 'yarn', 'llama3'] as const)
        expect(lines[way].nearChange).toBeLessThan(lines.linear.nearChange);
    });
  });
  it('dynamic scaling leaves texts of trained length alone, and is NTK at the full length', () => {
    forAll([options], (own) => {
      const short = stretched({ ...own, used: 1 }).find(({ way }) => way === 'dynamic');
      expect(short?.nearChange).toBe(0);
      const long = stretched({ ...own, used: own.factor });
      const turnsOf = (name: string) => [...(long.find(({ way }) => way === name)?.turns ?? [])];
      expect(turnsOf('dynamic')).toEqual(turnsOf('ntk'));
    });
  });
});
