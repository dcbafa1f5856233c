// What operations pass back, against differences and by hand.
import { forAll } from '@heed/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backwardGraph } from '../../src/experiments/backwardGraph.ts';
import { type ExpressionName, expressions } from '../../src/experiments/expressions.ts';

const names = Object.keys(expressions) as ExpressionName[];

describe('an expression and its gradients', () => {
  it.each(names)(
    '%s: what passes back equals differences of the value, wherever the numbers stand',
    (name) => {
      const numbers = expressions[name].leaves.map(() => fc.double({ min: -1.5, max: 1.5, noNaN: true }));
      forAll([fc.tuple(...numbers)], (values) => {
        const at = Object.fromEntries(expressions[name].leaves.map((leaf, i) => [leaf.name, values[i] ?? 0]));
        if (name === 'relu' && Math.abs((at.w ?? 0) * (at.x ?? 0) + (at.b ?? 0)) < 0.2) return; // a kink has no derivative
        const graph = backwardGraph(expressions[name], at);
        expect(graph.error).toBeLessThan(2e-3);
        for (const { name: leaf, gradient, difference } of graph.leaves) {
          expect(Math.abs(gradient - difference)).toBeLessThan(2e-3 * Math.max(1, Math.abs(difference)));
          expect(graph.gradients[leaf]).toBeCloseTo(gradient, 4);
        }
      });
    },
  );

  it('a number that is used twice gets the sum of what both uses pass back', () => {
    const { passed, gradients } = backwardGraph(expressions.shared);
    const parts = passed.filter(({ to }) => to === 'w').map(({ gradient }) => gradient);
    expect(parts).toHaveLength(2);
    expect(gradients.w).toBeCloseTo((parts[0] ?? 0) + (parts[1] ?? 0), 5);
  });

  it('a shut ReLU passes nothing back, and an open one everything', () => {
    expect(backwardGraph(expressions.relu, { w: -0.6 }).gradients.w).toBe(0);
    const { gradients } = backwardGraph(expressions.relu, { w: 0.6 });
    expect(gradients.z).toBe(gradients.a);
    expect(gradients.z).not.toBe(0);
  });

  it('the slope of cross-entropy at its score is the probability minus one', () => {
    const { gradients, values } = backwardGraph(expressions.logistic);
    expect(gradients.z).toBeCloseTo((values.s ?? 0) - 1, 5);
  });
});
