// Numeric gradients by central differences. Not a checker: expectGradients compares them with a program's own.

/**
 * d loss / d input for every element of every input, by the five-point stencil
 * (−f(x+2h) + 8 f(x+h) − 8 f(x−h) + f(x−2h)) / 12h (Abramowitz & Stegun 25.3.6): its error is h⁴ f⁽⁵⁾ / 30 plus about 1.5 ε |f| / h,
 * so a float32 forward pass is differentiated to about 1e-5 |f| at the default step and a float64 one to about 1e-8.
 * `loss` receives fresh copies and may keep them. Kinks (relu at 0, ties of max) must be farther than 2h from the inputs.
 *
 * @param step h; default 2⁻⁶: a power of two, so that x ± h is exact in float32 for |x| near 1.
 * @returns one Float64Array for each input.
 * @example
 * finiteDifference(([x]) => (x![0]! ** 2), [[3]])[0]; //=> Float64Array [ 6 ]
 */
export const finiteDifference = (
  loss: (inputs: Float64Array[]) => number,
  inputs: readonly ArrayLike<number>[],
  step: number = 2 ** -6,
): Float64Array[] => {
  const at = inputs.map((input) => Float64Array.from(input));
  const value = (input: number, element: number, offset: number): number => {
    const moved = at.map((data) => data.slice());
    const chosen = moved[input]!; // input indexes `inputs`
    chosen[element] = chosen[element]! + offset;
    return loss(moved);
  };
  return at.map((data, input) =>
    data.map(
      (_, element) =>
        (-value(input, element, 2 * step) +
          8 * value(input, element, step) -
          8 * value(input, element, -step) +
          value(input, element, -2 * step)) /
        (12 * step),
    ),
  );
};
