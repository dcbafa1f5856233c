// Every ```ts block of a README is run as it stands, from source, with the package's folder as the working directory.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkedModule, readmeBlocks } from '../src/readmeBlocks.ts';
import { root, workspaces } from '../src/workspace.ts';

const home = process.cwd();
const scratch = path.resolve(import.meta.dirname, '../.readme');
const readmes = [
  ...workspaces('packages').map(({ name, directory }) => ({ name, directory, file: 'README.md' })),
  { name: 'the root', directory: root, file: 'README.md' },
  { name: 'the root, in Chinese', directory: root, file: 'README.zh.md' },
].map((readme) => ({
  ...readme,
  blocks: readmeBlocks(readFileSync(path.join(readme.directory, readme.file), 'utf8')),
}));

afterEach(() => {
  process.chdir(home);
  vi.restoreAllMocks();
});
rmSync(scratch, { recursive: true, force: true });
mkdirSync(scratch, { recursive: true });

describe.each(readmes)('the README of $name', ({ name, directory, file, blocks }) => {
  it('has an example that runs', () => {
    expect(blocks.length).toBeGreaterThan(0);
  });
  it.each(blocks)(
    'keeps what it promises at line $line',
    async (block) => {
      const module = path.join(scratch, `${name.replace(/\W+/g, '-')}-${block.line}.ts`);
      writeFileSync(module, checkedModule(block, file, '../src/agree.ts'));
      process.chdir(directory);
      vi.spyOn(console, 'log').mockReturnValue(undefined); // examples may print
      await import(/* @vite-ignore */ module);
    },
    120_000,
  );
});
