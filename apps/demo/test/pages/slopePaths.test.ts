import { expect, it } from 'vitest';
import { backwardGraph } from '../../src/experiments/backwardGraph.ts';
import { type ExpressionName, expressions } from '../../src/experiments/expressions.ts';
import { slopePaths } from '../../src/pages/gradients/slopePaths.ts';

it.each(Object.keys(expressions) as ExpressionName[])(
  '%s: the products of the slopes along all ways add up to the gradient',
  (name) => {
    const graph = backwardGraph(expressions[name]);
    const paths = slopePaths(graph, { from: 'L', to: 'w' });
    expect(paths).toHaveLength(name === 'shared' ? 2 : 1);
    const sum = paths.reduce((total, path) => total + path.reduce((product, slope) => product * slope, 1), 0);
    expect(sum).toBeCloseTo(graph.gradients.w ?? Number.NaN, 4);
  },
);
