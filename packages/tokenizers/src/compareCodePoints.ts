// The order of strings in tokenizer files.

/**
 * Orders strings by code point, as UTF-8 does; JavaScript itself orders by UTF-16 units.
 *
 * @example compareCodePoints('\uffff', '😀') < 0; //=> true
 */
export function compareCodePoints(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    const difference = (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}
