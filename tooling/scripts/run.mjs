// The one entry point behind every root script: brings the pinned pnpm, installs what the lockfile says, runs the task.
// Uses only Node's own modules, so `npm test` and `npm run demo` work on a fresh clone with nothing but Node and npm.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');
const [task = 'help', ...rest] = process.argv.slice(2);
const json = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));
const pin = json('package.json').packageManager;

const present = (file) => (existsSync(file) ? file : '');
const env = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // These are part of turbo's cache key (globalEnv in turbo.json): tests skipped for want of a browser or of data run once it is there.
  REPO_NODE: process.versions.node,
  CHROMIUM: present(process.env.CHROMIUM ?? '/usr/bin/chromium'),
  HEED_SHARED: process.env.HEED_SHARED ?? present(path.resolve(root, '../shared')),
  HEED_WEIGHTS: process.env.HEED_WEIGHTS ?? present(path.join(root, '.weights/minilm')),
};
// npm hands its own settings down as npm_config_*; later tools would warn about the ones they do not know.
for (const key of Object.keys(env)) if (/^npm_config_(?!registry$|userconfig$)/i.test(key)) delete env[key];

/** Runs a command to its end; stops it when asked to stop, or when whoever started this process is gone. */
const exec = (command, ...args) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    const stop = () => child.kill('SIGTERM');
    const parent = process.ppid;
    const orphaned = setInterval(() => process.ppid === parent || stop(), 500);
    for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, stop);
    const end = (code) => {
      clearInterval(orphaned);
      for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, stop);
      resolve(code);
    };
    process.once('SIGINT', stop);
    child.on('error', (error) => {
      console.error(`${command}: ${error.message}`);
      end(1);
    });
    child.on('exit', (code) => end(code ?? 1));
  });
/** Runs commands in order up to the first that fails. */
const all = async (...commands) => {
  for (const command of commands) {
    const code = await exec(...command);
    if (code !== 0) return code;
  }
  return 0;
};

const withTests = ['packages', 'apps', 'tooling'].flatMap((group) =>
  readdirSync(path.join(root, group))
    .map((name) => path.join(group, name))
    .filter(
      (dir) =>
        existsSync(path.join(root, dir, 'package.json')) &&
        json(path.join(dir, 'package.json')).scripts?.test,
    ),
);
const resultOf = (dir) => path.join(root, dir, '.results/vitest.json');

/** Prints the one line that CI reads. A package that left no result counts as one failure. */
const summary = (chosen) => {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const dir of chosen) {
    if (!existsSync(resultOf(dir))) {
      console.error(`${dir}: no test result`);
      sum.failed += 1;
      continue;
    }
    const count = JSON.parse(readFileSync(resultOf(dir), 'utf8'));
    for (const key of Object.keys(sum)) sum[key] += count[key];
  }
  const skipped = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
  console.log(`\n${sum.passed} passed, ${sum.failed} failed${skipped}`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
};

const test = async () => {
  for (const dir of withTests) rmSync(resultOf(dir), { force: true }); // turbo puts them back on a cache hit
  const code = await exec(
    'turbo',
    'run',
    'test',
    '--continue=dependencies-successful',
    '--concurrency=2', // each vitest has its own workers
    '--output-logs=errors-only',
    ...rest,
  );
  const partial = rest.some((flag) => flag.startsWith('--filter') || flag === '-F' || flag === '--affected');
  return summary(partial ? withTests.filter((dir) => existsSync(resultOf(dir))) : withTests) || code;
};
const inApp = (app) => ['pnpm', '--silent', '--dir', path.join('apps', app), 'run', task, ...rest];
const biome = ['biome', 'check', '--error-on-warnings', '.'];
const built = (...what) => ['turbo', 'run', ...what, '--output-logs=errors-only'];

const tasks = {
  test,
  demo: () => all(inApp('demo')),
  dev: () => all(inApp('demo')),
  bench: () => all(built('build', '--filter=@heed/benchmark'), inApp('benchmark')),
  lint: () => all(biome, ['knip']),
  format: () => all(['biome', 'check', '--write', '.']),
  check: () => all(built('build', 'typecheck'), biome, ['knip'], ['node', 'tooling/scripts/pack-check.mjs']),
  build: () => all(['turbo', 'run', 'build', ...rest]),
  typecheck: () => all(['turbo', 'run', 'typecheck', ...rest]),
};

const main = async () => {
  if (task === 'summary') return summary(withTests);
  if (!Object.hasOwn(tasks, task)) {
    console.error(`run.mjs: no task '${task}'. Tasks: ${Object.keys(tasks).join(', ')}, summary.`);
    return 1;
  }
  if (process.env.REPO_INSIDE !== '1' && !(process.env.npm_config_user_agent ?? '').startsWith('pnpm/')) {
    env.REPO_INSIDE = '1';
    // --yes: without it npx asks, and fails outright where the user's npmrc says yes=false.
    const call = ['node', 'tooling/scripts/run.mjs', task, ...rest.map((part) => JSON.stringify(part))];
    return exec('npx', '--yes', '--loglevel=error', `--package=${pin}`, '--call', call.join(' '));
  }
  env.PATH = [path.join(root, 'node_modules/.bin'), process.env.PATH].join(path.delimiter);
  // Not left to verifyDepsBeforeRun: that one only warns when the install fails. In CI the lockfile is frozen by default.
  const code = await exec('pnpm', 'install', '--prefer-offline', '--reporter=append-only', '--loglevel=warn');
  return code === 0 ? tasks[task]() : code;
};
process.exit(await main());
