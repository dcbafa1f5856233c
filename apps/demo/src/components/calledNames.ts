// The import line of a piece of code that the page shows: of all names that it might call, those that it does.

/**
 * The names of the list that the code calls, by comma.
 *
 * @example
 * calledNames('add(mul(a, b), c)', ['add', 'mul', 'sub']); //=> 'add, mul'
 */
export const calledNames = (code: string, names: readonly string[]): string =>
  names.filter((name) => new RegExp(`\\b${name}\\(`).test(code)).join(', ');
