// Cycles in a directed graph. Says nothing of what the graph means.

/**
 * A cycle as the list of its nodes, the first repeated at the end, or undefined if there is none.
 *
 * @example
 * findCycle(new Map([['a', ['b']], ['b', ['a']]])); //=> ['a', 'b', 'a']
 */
export const findCycle = (graph: ReadonlyMap<string, readonly string[]>): string[] | undefined => {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (node: string): string[] | undefined => {
    const seen = trail.indexOf(node);
    if (seen >= 0) return [...trail.slice(seen), node];
    if (done.has(node)) return undefined;
    trail.push(node);
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next);
      if (cycle !== undefined) return cycle;
    }
    trail.pop();
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
};
