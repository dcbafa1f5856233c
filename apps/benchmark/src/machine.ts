// Where and on what the numbers were measured.

import { execFileSync } from 'node:child_process';
import os from 'node:os';

/** Facts that stand above a report. */
export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  readonly commit: string;
  readonly date: string;
  /** Average number of running processes in the last minute, before the benchmark started. */
  readonly load: number;
}

const git = (root: string, ...args: string[]): string => {
  try {
    return execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return ''; // no git, or no repository
  }
};

/** Looks around. */
export const describeMachine = (root: string): Machine => {
  const commit = git(root, 'rev-parse', '--short', 'HEAD');
  const changed = git(root, 'status', '--porcelain', '--untracked-files=no') !== '';
  return {
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    processors: os.availableParallelism(),
    platform: `${os.platform()} ${os.arch()}`,
    node: process.versions.node,
    v8: process.versions.v8,
    commit: commit === '' ? 'unknown' : `${commit}${changed ? ' and uncommitted changes' : ''}`,
    date: new Date().toISOString().slice(0, 10),
    load: os.loadavg()[0] ?? 0,
  };
};
