// Packs every public package, checks the tarballs, installs them together into an empty project and imports each entry.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const scratch = mkdtempSync(path.join(tmpdir(), 'pack-'));
const run = (command, args, cwd = process.cwd()) =>
  execFileSync(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
/** Shows what a checker printed only if it objects. */
const check = (command, ...args) => {
  try {
    run(command, args);
  } catch (error) {
    process.stderr.write(error.stdout ?? '');
    throw new Error(`${command} ${args.at(-1)} failed`);
  }
};
const manifests = readdirSync('packages')
  .map((folder) => JSON.parse(readFileSync(path.join('packages', folder, 'package.json'), 'utf8')))
  .filter((manifest) => !manifest.private);
const entries = manifests.flatMap(({ name, exports }) =>
  Object.keys(exports)
    .filter((entry) => entry !== './package.json')
    .map((entry) => path.posix.join(name, entry)),
);
/** What some entries need and not every user has: it is installed too, so that every entry can be imported. */
const optionalPeers = manifests.flatMap(({ peerDependencies = {}, peerDependenciesMeta = {} }) =>
  Object.keys(peerDependenciesMeta)
    .filter((peer) => peerDependenciesMeta[peer].optional)
    .map((peer) => `${peer}@${peerDependencies[peer]}`),
);

try {
  run('pnpm', ['--recursive', '--filter', './packages/*', 'pack', '--pack-destination', scratch]);
  const tarballs = readdirSync(scratch).map((file) => path.join(scratch, file));
  for (const tarball of tarballs) {
    check('publint', '--strict', tarball);
    check('attw', '--profile', 'esm-only', '--no-emoji', '--format', 'ascii', tarball);
  }
  const app = path.join(scratch, 'app');
  mkdirSync(app);
  writeFileSync(path.join(app, 'package.json'), '{"private":true,"type":"module"}');
  // --ignore-scripts: gpu.js's optional `gl` would be compiled for minutes where its headers happen to be installed.
  const install = ['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  run('npm', [...install, ...tarballs, ...optionalPeers], app);
  const show = (name, value) =>
    `console.log(${JSON.stringify(name)}, Object.keys(${value}).length, 'names');`;
  const lines = (load) => entries.map((name) => show(name, `${load}(${JSON.stringify(name)})`)).join('\n');
  writeFileSync(path.join(app, 'esm.mjs'), lines('await import'));
  writeFileSync(path.join(app, 'require.cjs'), lines('require')); // require(esm): Node 20.19 and later
  for (const file of ['esm.mjs', 'require.cjs']) process.stdout.write(run(process.execPath, [file], app));
  console.log(`${tarballs.length} packages packed, checked, installed and imported`);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
