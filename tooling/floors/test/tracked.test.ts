// What must not be in the repository: traces of the machine that it was made on.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { root, trackedFiles } from '../src/workspace.ts';

// Homes and mounts, spelled in pieces so that this file does not find itself.
const homes = ['root', 'home', 'Users', 'work', 'mnt'].join('|');
const machinePath = new RegExp(`(?:^|[\\s"'\`(=:,])/(?:${homes})/[\\w.-]`, 'm');
const tarball = /https?:\/\/[\w.:-]+\/\S*\.(?:tgz|whl)\b/;

/** The registries that npm and pip are set to here, without the public ones. */
const registryHosts = (): string[] => {
  const npm = execFileSync('npm', ['config', 'get', 'registry'], { cwd: root, encoding: 'utf8' });
  return [npm.trim(), process.env.PIP_INDEX_URL ?? '']
    .filter((url) => URL.canParse(url))
    .map((url) => new URL(url).host)
    .filter((host) => !['registry.npmjs.org', 'pypi.org'].includes(host));
};

const text = (file: string): string => {
  const bytes = readFileSync(path.join(root, file));
  return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};
const files = trackedFiles().filter((file) => statSync(path.join(root, file)).size < 4e6);
const holding = (test: (content: string) => boolean): string[] => files.filter((file) => test(text(file)));

describe.skipIf(files.length === 0)('no tracked file (none are known without git)', () => {
  it('holds an absolute path of a machine', () => {
    expect(holding((content) => machinePath.test(content) || content.includes(root))).toEqual([]);
  });
  it('names a tarball on a registry', () => {
    expect(holding((content) => tarball.test(content))).toEqual([]);
  });
  it('names the registry that this machine is set to', () => {
    const hosts = registryHosts();
    expect(holding((content) => hosts.some((host) => content.includes(host)))).toEqual([]);
  });
});
