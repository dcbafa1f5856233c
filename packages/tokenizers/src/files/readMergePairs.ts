// The merges of a BPE model, as pairs or as strings with a blank between.
import type { JsonValue } from './json.ts';

// Merges beyond the number of ids would be of no use.
const most = 2 ** 24;

/** Reads merges: `["a", "b"]` or, in older files, `"a b"`, of which a first line `#version …` is left out. */
export function readMergePairs(json: JsonValue): (readonly [left: string, right: string])[] {
  const items = json.items();
  if (items.length > most) json.refuse(`at most ${most} merges`);
  const versioned = items[0]?.isArray === false && items[0].string().startsWith('#version');
  return (versioned ? items.slice(1) : items).map(readPair);
}

function readPair(json: JsonValue): readonly [string, string] {
  if (!json.isArray) return splitMerge(json.string()) ?? json.refuse('two tokens with one blank between');
  const [left, right, more] = json.items();
  if (left === undefined || right === undefined || more !== undefined) return json.refuse('[left, right]');
  return [left.string(), right.string()];
}

/** The two tokens of a line, undefined if it has not exactly one blank. @example splitMerge('a b'); //=> ['a', 'b'] */
export function splitMerge(line: string): [left: string, right: string] | undefined {
  const blank = line.indexOf(' ');
  if (blank < 0 || line.includes(' ', blank + 1)) return undefined;
  return [line.slice(0, blank), line.slice(blank + 1)];
}
