// A pattern of a tokenizer.json: `{"String": …}` or `{"Regex": …}`.
import { oniguruma } from '../patterns/oniguruma.ts';
import { literal, type Pattern } from '../patterns/pattern.ts';
import type { JsonValue } from './json.ts';

/** Reads a pattern. */
export function readPattern(json: JsonValue): Pattern {
  if (json.has('String')) return literal(json.field('String').string());
  if (json.has('Regex')) return oniguruma(json.field('Regex').string(), json.field('Regex').place);
  return json.refuse('{"String": …} or {"Regex": …}');
}
