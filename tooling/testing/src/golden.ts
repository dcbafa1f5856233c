// Reads a package's own golden files. Not for ../shared: that folder may be absent, see shared.ts.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * The parsed content of a JSON file, gzipped or not, in `golden/` beside the test. The caller states its type.
 *
 * @example
 * const cases = golden<{ text: string; ids: number[] }[]>(import.meta.dirname, 'bert.json.gz');
 */
export const golden = <T>(directory: string, name: string): T => {
  const bytes = readFileSync(path.resolve(directory, 'golden', name));
  return JSON.parse((name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')) as T;
};
