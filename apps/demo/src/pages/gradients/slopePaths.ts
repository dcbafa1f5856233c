// The chain rule with numbers in it: along each way from the value of an expression back to one of its numbers, the slopes that are
// multiplied.

import type { BackwardGraph } from '../../experiments/backwardGraph.ts';

/**
 * The slopes along each way; the sum of their products is the gradient. A way on which nothing arrives ends at its zero.
 *
 * @example
 * slopePaths(backwardGraph(expressions.neuron), { from: 'L', to: 'w' }); // [[2.52, 1, 0.42, 1, 1.5]]
 */
export const slopePaths = (
  graph: BackwardGraph,
  { from, to }: { readonly from: string; readonly to: string },
): number[][] => {
  if (from === to) return [[]];
  return graph.passed
    .filter((part) => part.from === from)
    .flatMap((part) => {
      const upstream = graph.gradients[from] ?? 0;
      const slope = upstream === 0 ? 0 : part.gradient / upstream;
      return slopePaths(graph, { from: part.to, to }).map((rest) => [slope, ...rest]);
    });
};
