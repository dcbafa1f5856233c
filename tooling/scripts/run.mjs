// The one entry point behind every root script: brings the pinned pnpm, installs what the lockfile says, runs the task.
// Uses only Node's own modules, so `npm test` and `npm run demo` work on a fresh clone with nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const [task = 'help', ...rest] = process.argv.slice(2);
const json = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const pin = json('package.json').packageManager;

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const env = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // Both are part of turbo's cache key (globalEnv in turbo.json): tests skipped for want of a browser run once it is there.
  REPO_NODE: process.versions.node,
  CHROMIUM: existsSync(chromium) ? chromium : '',
};
// npm hands its own settings down as npm_config_*; later tools would warn about the ones they do not know.
for (const key of Object.keys(env)) if (/^npm_config_(?!registry$|userconfig$)/i.test(key)) delete env[key];
const options = { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' };
const exec = (cmd, ...args) => spawnSync(cmd, args, options).status ?? 1;

if (!(process.env.npm_config_user_agent ?? '').startsWith('pnpm/') && process.env.REPO_INSIDE !== '1') {
  // --yes: without it npx asks, and fails outright where the user's npmrc says yes=false.
  env.REPO_INSIDE = '1';
  const call = ['node', 'tooling/scripts/run.mjs', task, ...rest.map((a) => JSON.stringify(a))].join(' ');
  process.exit(exec('npx', '--yes', '--loglevel=error', `--package=${pin}`, '--call', call));
}
env.PATH = [path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter);
// Not left to verifyDepsBeforeRun: that one only warns when the install fails. In CI the lockfile is frozen by default.
const installed = exec('pnpm', 'install', '--prefer-offline', '--reporter=append-only', '--loglevel=warn');
if (installed !== 0) process.exit(installed);
const all = (...commands) => commands.reduce((code, c) => code || exec(...c), 0);

const withTests = ['packages', 'apps'].flatMap((group) =>
  readdirSync(path.join(root, group))
    .map((name) => path.join(group, name))
    .filter(
      (dir) =>
        existsSync(path.join(root, dir, 'package.json')) &&
        json(path.join(dir, 'package.json')).scripts?.test,
    ),
);
const resultOf = (dir) => path.join(root, dir, '.results/vitest.json');

/** Prints the one line CI reads. A package that left no result counts as one failure. */
const summary = (chosen) => {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const dir of chosen) {
    if (!existsSync(resultOf(dir))) {
      console.error(`${dir}: no test result`);
      sum.failed += 1;
      continue;
    }
    const n = JSON.parse(readFileSync(resultOf(dir), 'utf8'));
    for (const key of Object.keys(sum)) sum[key] += n[key];
  }
  console.log(
    `\n${sum.passed} passed, ${sum.failed} failed${sum.skipped > 0 ? `, ${sum.skipped} skipped` : ''}`,
  );
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
};

const tasks = {
  test: () => {
    for (const dir of withTests) rmSync(resultOf(dir), { force: true }); // turbo puts them back on a cache hit
    const code = all([
      'turbo',
      'run',
      'test',
      '--continue=dependencies-successful',
      '--output-logs=errors-only',
      ...rest,
    ]);
    const partial = rest.some((a) => a.startsWith('--filter') || a === '-F' || a === '--affected');
    return summary(partial ? withTests.filter((d) => existsSync(resultOf(d))) : withTests) || code;
  },
  summary: () => summary(withTests),
  lint: () => all(['biome', 'check', '--error-on-warnings', '.'], ['knip']),
  format: () => all(['biome', 'check', '--write', '.']),
  check: () =>
    all(
      ['turbo', 'run', 'build', 'typecheck', '--output-logs=errors-only'],
      ['biome', 'check', '--error-on-warnings', '.'],
      ['knip'],
      ['node', 'tooling/scripts/pack-check.mjs'],
    ),
};
process.exit(tasks[task] ? tasks[task]() : all(['turbo', 'run', task, ...rest]));
