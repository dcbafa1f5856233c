// What is in the repository: its packages, their manifests, their source files, the files that git tracks. Reads only.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The root of the repository. */
export const root: string = path.resolve(import.meta.dirname, '../../..');

/** The fields of a package.json that the floors are about. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Record<string, string | Record<string, string>>;
  readonly dependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
  readonly peerDependenciesMeta?: Record<string, { readonly optional?: boolean }>;
  readonly optionalDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
}

/** One folder of packages/, apps/ or tooling/. */
export interface Workspace {
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
  readonly manifest: Manifest;
}

/** The packages, apps or tooling folders that have a package.json. */
export const workspaces = (group: 'packages' | 'apps' | 'tooling'): Workspace[] =>
  readdirSync(path.join(root, group))
    .map((folder) => path.join(root, group, folder))
    .filter((directory) => existsSync(path.join(directory, 'package.json')))
    .map((directory) => {
      const manifest = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as Manifest;
      return { name: manifest.name, directory, manifest };
    });

/** All .ts files under src, absolute, sorted. */
export const sources = (workspace: Workspace): string[] => {
  const folder = path.join(workspace.directory, 'src');
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => path.join(folder, file))
        .sort()
    : [];
};

/** The files that git tracks, relative to the root; without git, none. */
export const trackedFiles = (): string[] => {
  try {
    return execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
      .split('\0')
      .filter((file) => file !== '' && existsSync(path.join(root, file)));
  } catch {
    return [];
  }
};
