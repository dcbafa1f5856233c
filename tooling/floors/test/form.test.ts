// The form of the sources: what CONTRIBUTING.md asks and a program can see.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ParsedModule, parseModule, type SyntaxNode, walk } from '../src/parseModule.ts';
import { sources, workspaces } from '../src/workspace.ts';

const drawers = /^(utils?|helpers?|types?|common|misc|shared)\.ts$/;

/** `Math.random` and its like: a result may depend on its arguments only. */
const hiddenInputs = (module: ParsedModule): string[] => {
  const found: string[] = [];
  for (const statement of module.body) {
    walk(statement, (node) => {
      const text = node.type === 'MemberExpression' ? module.code.slice(node.start, node.end) : '';
      if (text === 'Math.random' || text === 'Date.now') found.push(text);
    });
  }
  return found;
};

const nameOf = (declaration: SyntaxNode): string => {
  const [first] = (declaration.declarations as SyntaxNode[] | undefined) ?? [declaration];
  return String((first?.id as { name?: string } | null)?.name);
};

/** Names of the exported declarations that no doc comment precedes. Of overloads, one is enough. */
const undocumented = ({ body, comments, code }: ParsedModule): string[] => {
  const documented = new Set<string>();
  const exported = new Set<string>();
  for (const node of body) {
    if (node.type !== 'ExportNamedDeclaration' || !node.declaration) continue;
    const name = nameOf(node.declaration as SyntaxNode);
    exported.add(name);
    const before = comments.findLast((comment) => comment.end <= node.start);
    const isDoc = before?.type === 'Block' && before.value.startsWith('*');
    const between = before === undefined ? 'x' : code.slice(before.end, node.start);
    if (isDoc && between.trim() === '') documented.add(name);
  }
  return [...exported].filter((name) => !documented.has(name));
};

describe.each(workspaces('packages'))('$name', (workspace) => {
  const { directory } = workspace;
  const files = sources(workspace);
  const short = (file: string): string => path.relative(directory, file);
  const failing = (rule: (file: string, module: ParsedModule) => string[]): string[] =>
    files.flatMap((file) => rule(file, parseModule(file)).map((what) => `${short(file)}: ${what}`));

  it('has the six entries of every package, and a licence', () => {
    for (const entry of [
      'package.json',
      'README.md',
      'CHANGELOG.md',
      'tsconfig.json',
      'src',
      'test',
      'LICENSE',
    ]) {
      expect(existsSync(path.join(directory, entry)), entry).toBe(true);
    }
  });
  it('has no source file over 400 lines', () => {
    const lines = (file: string): number => readFileSync(file, 'utf8').trimEnd().split('\n').length;
    expect(files.filter((file) => lines(file) > 400).map(short)).toEqual([]);
  });
  it('opens every source file with a comment that says what it is', () => {
    expect(failing((_, { comments }) => (comments[0]?.start === 0 ? [] : ['no opening comment']))).toEqual(
      [],
    );
  });
  it('lists its public names one by one, and has no default export', () => {
    const wrong = failing((_, { body }) =>
      body.map((node) => node.type).filter((type) => /^Export(All|Default)Declaration$/.test(type)),
    );
    expect(wrong).toEqual([]);
  });
  it('names files in camelCase after what they hold, with no drawer for everything', () => {
    const wrong = files.map((file) => path.basename(file));
    expect(wrong.filter((name) => !/^[a-z][a-zA-Z0-9]*\.ts$/.test(name) || drawers.test(name))).toEqual([]);
  });
  it('documents every export where it is declared', () => {
    expect(failing((_, module) => undocumented(module))).toEqual([]);
  });
  it('draws no hidden random number and reads no clock', () => {
    expect(failing((_, module) => hiddenInputs(module))).toEqual([]);
  });
  it('leaves nothing to do later', () => {
    const later = /\b(TODO|FIXME|XXX|HACK)\b/;
    const wrong = failing((_, { comments }) =>
      comments.map((comment) => comment.value).filter((value) => later.test(value) && !/#\d+/.test(value)),
    );
    expect(wrong).toEqual([]);
  });
});
