import { expect, it } from 'vitest';
import { graphLayout } from '../../src/components/graphLayout.ts';
import { type ExpressionName, expressions } from '../../src/experiments/expressions.ts';

it.each(Object.keys(expressions) as ExpressionName[])(
  '%s: no two boxes share a place, each stands behind its inputs, given numbers right before their first use',
  (name) => {
    const { places, levels, lanes } = graphLayout(expressions[name]);
    const taken = new Set<string>();
    for (const { level, lane } of places.values()) {
      expect(level >= 0 && level < levels && lane >= 0 && lane < lanes).toBe(true);
      taken.add(`${level} ${lane}`);
    }
    expect(taken.size).toBe(places.size);
    const levelOf = (box: string): number => places.get(box)?.level ?? -1;
    for (const { name: box, inputs } of expressions[name].operations)
      for (const input of inputs) expect(levelOf(box)).toBeGreaterThan(levelOf(input));
    for (const leaf of expressions[name].leaves) {
      const users = expressions[name].operations.filter(({ inputs }) =>
        (inputs as readonly string[]).includes(leaf.name),
      );
      expect(levelOf(leaf.name)).toBe(Math.min(...users.map((user) => levelOf(user.name))) - 1);
    }
  },
);
