// The dependency direction: the table of src/floors.ts against every manifest and every import.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCycle } from '../src/findCycle.ts';
import { floors, packageOf, testTools } from '../src/floors.ts';
import { type ParsedModule, parseModule } from '../src/parseModule.ts';
import { root, sources, type Workspace, workspaces } from '../src/workspace.ts';

const packages = workspaces('packages');
const apps = workspaces('apps');
const publicNames = new Set(
  packages.flatMap(({ name, manifest }) =>
    Object.keys(manifest.exports ?? {}).map((entry) => (entry === '.' ? name : `${name}${entry.slice(1)}`)),
  ),
);
const modules = (workspace: Workspace): [string, ParsedModule][] =>
  sources(workspace).map((file) => [file, parseModule(file)]);

describe.each(packages)('$name', (workspace) => {
  const { name, directory, manifest } = workspace;
  const floor = floors[name];
  const may = floor?.may ?? [];
  const optional = floor?.optional ?? {};

  it('has a row in the table of floors', () => {
    expect(floor).toBeDefined();
  });
  it('names in its manifest only what the table allows', () => {
    const named = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    };
    expect(
      Object.keys(named).filter((other) => !may.includes(other) && !Object.hasOwn(optional, other)),
    ).toEqual([]);
    const tools = Object.keys(manifest.devDependencies ?? {});
    expect(tools.filter((tool) => ![...testTools, ...may, ...Object.keys(optional)].includes(tool))).toEqual(
      [],
    );
  });
  it('takes tensor as a peer, optional peers as such, and everything else of ours in a caret range', () => {
    const expected = may.includes('@heed/tensor')
      ? { '@heed/tensor': 'workspace:>=0.0.0 <1.0.0' }
      : undefined;
    const peers = Object.entries(manifest.peerDependencies ?? {}).filter(
      ([key]) => !Object.hasOwn(optional, key),
    );
    expect(Object.fromEntries(peers)).toEqual(expected ?? {});
    for (const peer of Object.keys(optional)) {
      expect(manifest.peerDependencies).toHaveProperty([peer]);
      expect(manifest.peerDependenciesMeta?.[peer]).toEqual({ optional: true });
    }
    const ours = Object.entries(manifest.dependencies ?? {}).filter(([key]) => key.startsWith('@heed/'));
    expect(ours.filter(([, range]) => range !== 'workspace:^')).toEqual([]);
  });
  it('imports only what the table allows, by public names', () => {
    const wrong: string[] = [];
    for (const [file, { imports }] of modules(workspace)) {
      const relative = path.relative(path.join(directory, 'src'), file);
      for (const { specifier, dynamic, typeOnly } of imports) {
        const allowed = specifier.startsWith('.')
          ? path.resolve(path.dirname(file), specifier).startsWith(path.join(directory, 'src') + path.sep)
          : specifier.startsWith('node:')
            ? (dynamic || typeOnly) && (floor?.node ?? []).includes(relative.split(path.sep)[0] ?? '')
            : (may.includes(packageOf(specifier)) ||
                optional[packageOf(specifier)] === relative.split(path.sep)[0]) &&
              (!specifier.startsWith('@heed/') || publicNames.has(specifier));
        if (!allowed) wrong.push(`${relative} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });
  it('has no import cycle', () => {
    const graph = new Map<string, string[]>();
    for (const [file, { imports }] of modules(workspace)) {
      const local = imports.filter(({ specifier, typeOnly }) => specifier.startsWith('.') && !typeOnly);
      const targets = local.map(({ specifier }) => path.resolve(path.dirname(file), specifier));
      expect(
        targets.filter((target) => !existsSync(target)),
        `${file} imports files that do not exist`,
      ).toEqual([]);
      graph.set(
        path.relative(directory, file),
        targets.map((target) => path.relative(directory, target)),
      );
    }
    expect(findCycle(graph)).toBeUndefined();
  });
  it('references in tsconfig.json what it depends on', () => {
    const { references = [] } = JSON.parse(readFileSync(path.join(directory, 'tsconfig.json'), 'utf8')) as {
      references?: { path: string }[];
    };
    const referenced = references.map((reference) => `@heed/${path.basename(reference.path)}`);
    const named = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    expect(referenced.sort()).toEqual(named.filter((other) => other.startsWith('@heed/')).sort());
  });
  it('exports each entry from source, as types, bundled for Node, and module by module', () => {
    for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
      if (entry === './package.json') continue;
      const source = (target as Record<string, string>)['@heed/source'] ?? '';
      expect(existsSync(path.join(directory, source)), `${entry}: ${source} exists`).toBe(true);
      const built = source.replace('./src/', './dist/');
      expect(target).toEqual({
        '@heed/source': source,
        types: built.replace(/\.ts$/, '.d.ts'),
        node: built.replace('./dist/', './dist/node/').replace(/\.ts$/, '.js'),
        default: built.replace(/\.ts$/, '.js'),
      });
    }
  });
});

it('inside tensor, the backend knows no ops and the ops know no layers', () => {
  const above: Record<string, string[]> = {
    backend: ['ops', 'nn', 'optim', 'io'],
    ops: ['nn', 'optim', 'io'],
    io: ['nn', 'optim'],
    nn: ['optim'],
  };
  const folder = path.join(root, 'packages/tensor/src');
  const top = (file: string): string => path.relative(folder, file).split(path.sep)[0] ?? '';
  const wrong: string[] = [];
  for (const [file, { imports }] of modules(packages.find(({ name }) => name === '@heed/tensor')!)) {
    for (const { specifier } of imports) {
      const target = path.resolve(path.dirname(file), specifier);
      if (specifier.startsWith('.') && above[top(file)]?.includes(top(target))) {
        wrong.push(`${path.relative(folder, file)} imports ${specifier}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

describe.each(apps)('$name', (workspace) => {
  it('is private and imports packages by their public names only', () => {
    expect(workspace.manifest.private).toBe(true);
    const wrong: string[] = [];
    for (const [file, { imports }] of modules(workspace)) {
      for (const { specifier } of imports) {
        const outside =
          specifier.startsWith('.') &&
          !path.resolve(path.dirname(file), specifier).startsWith(workspace.directory + path.sep);
        const hidden = specifier.startsWith('@heed/') && !publicNames.has(specifier);
        if (outside || hidden) wrong.push(`${path.relative(workspace.directory, file)} imports ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

it('no package names an app or a tooling package outside its tests', () => {
  const others = [...apps, ...workspaces('tooling')].map(({ name }) => name);
  for (const { manifest } of packages) {
    const named = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    };
    expect(Object.keys(named).filter((name) => others.includes(name))).toEqual([]);
  }
});
