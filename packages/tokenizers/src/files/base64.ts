// Base64 to bytes.
import type { JsonValue } from './json.ts';

/** The bytes of a base64 string. */
export function decodeBase64(json: JsonValue): Uint8Array {
  let binary: string;
  try {
    binary = atob(json.string());
  } catch {
    return json.refuse('base64');
  }
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
