// Reading an einsum equation: which letter names which axis. Knows shapes only; computes nothing.

import { type Shape, ShapeError } from '../shape.ts';

/** Axes of each operand and of the result by label; a letter, or '.0', '.1' … for the axes of an ellipsis, counted from the right. */
export interface EinsumPlan {
  readonly operands: readonly (readonly string[])[];
  readonly output: readonly string[];
}

/** A term as labels; an ellipsis stands for `covered` axes. */
const labelsOf = (term: string, covered: number): string[] => {
  const ellipsis = Array.from({ length: covered }, (_, i) => `.${covered - 1 - i}`);
  const [before, behind, more] = term.split('...');
  if (more !== undefined) throw new ShapeError(`einsum: '${term}' has two ellipses; expected one at most.`);
  const letters = (part: string): string[] => {
    if (!/^[A-Za-z]*$/.test(part))
      throw new ShapeError(`einsum: '${term}'; expected letters, and '...' for axes without a name.`);
    return [...part];
  };
  return behind === undefined
    ? letters(term)
    : [...letters(before as string), ...ellipsis, ...letters(behind)]; // split gives a first part
};

const termLength = (term: string): number => term.replace('...', '').length;

/** Without '->': the ellipsis, then each letter that stands once, in alphabetical order. */
const impliedOutput = (operands: readonly (readonly string[])[]): string[] => {
  const counts = new Map<string, number>();
  for (const label of operands.flat()) counts.set(label, (counts.get(label) ?? 0) + 1);
  const names = [...counts.keys()];
  const dots = names.filter((name) => name.startsWith('.'));
  return [
    ...dots.sort((a, b) => Number(b.slice(1)) - Number(a.slice(1))),
    ...names.filter((name) => !name.startsWith('.') && counts.get(name) === 1).sort(),
  ];
};

/** Reads an equation for operands of the given shapes; throws a ShapeError where they do not fit. */
export const einsumPlan = (equation: string, shapes: readonly Shape[]): EinsumPlan => {
  const [left, right, more] = equation.replaceAll(' ', '').split('->') as [string, ...string[]];
  const terms = left.split(',');
  if (more !== undefined || terms.length !== shapes.length)
    throw new ShapeError(
      `einsum: '${equation}' for ${shapes.length} tensors; expected as many terms with commas between, and at most one '->'.`,
    );
  const extents = new Map<string, number>();
  let widest = 0;
  const operands = terms.map((term, i) => {
    const shape = shapes[i] as Shape; // as many shapes as terms
    const covered = term.includes('...') ? Math.max(0, shape.length - termLength(term)) : 0;
    widest = Math.max(widest, covered);
    const labels = labelsOf(term, covered);
    if (labels.length !== shape.length)
      throw new ShapeError(
        `einsum: '${term}' in '${equation}' for a tensor [${shape.join(', ')}]; expected a letter for each of its ${shape.length} axes.`,
      );
    for (const [axis, label] of labels.entries()) {
      const extent = shape[axis] as number; // as many labels as axes
      const known = extents.get(label) ?? 1;
      if (known !== 1 && extent !== 1 && known !== extent)
        throw new ShapeError(
          `einsum: '${label}' is ${extent} in [${shape.join(', ')}] but ${known} before, in '${equation}'. Extents of one letter must be equal or 1.`,
        );
      extents.set(label, known === 1 ? extent : known);
    }
    return labels;
  });
  const output =
    right === undefined ? impliedOutput(operands) : labelsOf(right, right.includes('...') ? widest : 0);
  const unknown = output.find((label) => !extents.has(label));
  if (unknown !== undefined || new Set(output).size < output.length)
    throw new ShapeError(
      `einsum: result '${right}' of '${equation}'; expected letters of the operands, each once.`,
    );
  return { operands, output };
};
