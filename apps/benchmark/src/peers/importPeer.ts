// Loads a package of the peers' folder, which no other part of the repository depends on.

import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** The folder of the peers' packages: beside `src` and `dist`. */
export const peersFolder: string = path.resolve(import.meta.dirname, '../../peers');

const resolver = createRequire(path.join(peersFolder, 'package.json'));

/** Absolute path of a file of a peer. */
export const resolvePeer = (name: string): string => resolver.resolve(name);

interface ImportHere {
  importHere(name: string): Promise<object>;
}

/** Imports a peer, as its users do; CommonJS modules give what they export. */
export const importPeer = async (name: string): Promise<unknown> => {
  const { importHere } = (await import(
    pathToFileURL(path.join(peersFolder, 'importHere.mjs')).href
  )) as ImportHere;
  const module = await importHere(name);
  const byDefault: unknown = 'default' in module ? module.default : undefined;
  return byDefault !== null && typeof byDefault === 'object' ? byDefault : module;
};
