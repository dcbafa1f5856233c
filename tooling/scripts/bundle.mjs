// The last step of a package's build: dist/node/, what Node loads (the condition "node" in exports). The same code as in dist/, each
// entry in one file with few shared ones, because Node takes about half a millisecond to find and link a module. Bundlers, which want to
// leave modules out, get dist/ as the compiler wrote it. Run in the package's folder.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { rolldown } from 'rolldown';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const targets = Object.values(manifest.exports).filter((target) => target.node !== undefined);
const input = Object.fromEntries(
  targets.map((target) => [
    path.posix.relative('./dist', target.default).replace(/\.js$/, ''),
    target.default,
  ]),
);

/** Fills in the constant `atBuild` of a module that has one with what the module's `emit…` function gives now. */
const evaluated = {
  name: 'evaluated-at-build',
  async transform(code, id) {
    if (!/^export const atBuild\b/m.test(code)) return undefined;
    const [, emit] = Object.entries(await import(id)).find(([name]) => name.startsWith('emit'));
    return code.replace(
      /^(export const atBuild\b.*?) = \{\};/m,
      (_, start) => `${start} = ${JSON.stringify(emit())};`,
    );
  },
};
const bundle = await rolldown({
  input,
  external: [/^@heed\//, /^node:/, 'gpu.js', '@huggingface/jinja'],
  platform: 'node',
  plugins: [evaluated],
  treeshake: false, // so that order stays
});
// Without comments and blanks, which Node would read for 3 ms; names stay, and dist/ beside it has everything.
const minify = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
await bundle.write({ dir: 'dist/node', chunkFileNames: 'shared/[name].js', cleanDir: true, minify });
