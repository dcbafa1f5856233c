// Installs the peers' packages, as their lockfile says, when the benchmark is run; the normal install never brings them.

import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { peersFolder } from './importPeer.ts';

const windows = process.platform === 'win32';

/** Brings the peers; what the installer prints goes to stderr. False where that failed: then they are reported as missing. */
export const installPeers = (root: string): boolean => {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  const call = [
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--reporter=append-only',
    '--loglevel=warn',
  ];
  // The binaries for the CPU are in the package; its install script would look for those of GPUs.
  const options: SpawnSyncOptions = {
    cwd: peersFolder,
    stdio: ['ignore', 2, 2],
    shell: windows,
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  };
  const { status, error } = spawnSync('pnpm', call, options);
  if (error === undefined) return status === 0;
  return spawnSync('npx', ['--yes', '--loglevel=error', packageManager, ...call], options).status === 0; // started without pnpm in reach
};
