// Strings that are cut out of others.

/** A copy of a string that does not keep alive the text of which it is a slice. @example detached('abc'.slice(1)); //=> 'bc' */
export function detached(piece: string): string {
  return ` ${piece}`.slice(1);
}
