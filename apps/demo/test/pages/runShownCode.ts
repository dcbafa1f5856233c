// Runs code that a page shows, as it stands: its imports become parameters.

import * as nn from '@heed/tensor/nn';
import { expect } from 'vitest';

/** What the code is given, and which of its names are asked for. */
interface ShownCodeOptions {
  readonly libraries: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly results: readonly string[];
}

/** The results by name. Every name that the code imports must be there. */
export const runShownCode = (
  code: string,
  { libraries, inputs = {}, results }: ShownCodeOptions,
): Record<string, unknown> => {
  const names: Record<string, unknown> = { ...inputs };
  for (const [, list = '', from = ''] of code.matchAll(/^import \{ (.*) \} from '@heed\/([\w/]+)';$/gm))
    for (const entry of list.split(', ')) {
      const [name = '', alias = name] = entry.split(' as ');
      const library = from === 'tensor/nn' ? nn : libraries[from];
      expect(library, from).toBeDefined();
      expect(Object.keys(library ?? {}), `${name} of ${from}`).toContain(name);
      names[alias] = (library as Record<string, unknown>)[name];
    }
  const body = `${code.replace(/^import .*$/gm, '')}\nreturn { ${results.join(', ')} };`;
  return new Function(...Object.keys(names), body)(...Object.values(names));
};
