// What must not be in the repository: traces of the machine that it was made on.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root, trackedFiles } from '../src/workspace.ts';

// Spelled in pieces, so that this file does not find itself.
const homes = ['root', 'home', 'Users', 'work', 'mnt'].join('|');
const machinePath = new RegExp(`(?:^|[\\s"'\`(=:,])/(?:${homes})/[\\w.-]`, 'm');
const urls = /https?:\/\/([\w.-]+)(?::\d+)?\/[^\s"']*\.tgz\b|\bregistry\s*=\s*\S+/;

const text = (file: string): string => readFileSync(path.join(root, file)).toString('latin1');
const files = trackedFiles().filter((file) => statSync(path.join(root, file)).size < 4e6);

it.skipIf(files.length === 0)('no tracked file holds an absolute path of a machine', () => {
  expect(files.filter((file) => machinePath.test(text(file)) || text(file).includes(root))).toEqual([]);
});
it.skipIf(files.length === 0)('no tracked file names a package registry or a tarball on one', () => {
  expect(files.filter((file) => urls.test(text(file)))).toEqual([]);
});
it.skipIf(files.length === 0)('the registry that this machine uses appears nowhere', () => {
  const registry = process.env.npm_config_registry;
  const host = registry === undefined ? undefined : new URL(registry).host;
  const secret = host !== undefined && host !== 'registry.npmjs.org' && !host.startsWith('localhost');
  expect(secret ? files.filter((file) => text(file).includes(host)) : []).toEqual([]);
});
