// Components of a tokenizer.json say what they are in `type`; this dispatches on it and refuses what is unknown by name.
import { TokenizerError } from '../tokenizerError.ts';
import type { JsonValue } from './json.ts';

// Sequences within sequences deeper than this are refused, so that no file can exhaust the stack.
const deepest = 32;

/** Gives the parts of a sequence: the items of the named field. */
export type SequenceParts = (field: string) => JsonValue[];

/**
 * Reads a component by its `type`, with one reader a type. `kind` names the stage in errors; `Sequence` may nest 32 deep.
 */
export function readComponent<Result>(
  json: JsonValue,
  kind: string,
  readers: Readonly<Record<string, (parts: SequenceParts) => Result>>,
): Result {
  const type = json.field('type').string();
  const reader = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (reader === undefined) return refuseType(json, kind, { type, supported: Object.keys(readers) });
  return reader((field) => {
    if (json.place.split(`${field}[`).length > deepest)
      json.field(field).refuse(`sequences nested at most ${deepest} deep`);
    return json.field(field).items();
  });
}

/** Refuses a component of an unsupported type. */
export function refuseType(
  json: JsonValue,
  kind: string,
  given: { type: string; supported: readonly string[] },
): never {
  throw new TokenizerError(
    json.place,
    `the ${kind} ${JSON.stringify(given.type)} was given; supported are ${given.supported.join(', ')}. Convert the tokenizer to one of these.`,
  );
}
