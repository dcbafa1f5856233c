// A TypeScript module as its syntax tree and its imports. The parser is the one that comes with Vite: TypeScript 7 has no JavaScript API.
import { readFileSync } from 'node:fs';
import { parseSync } from 'vite';

/** A node of the tree: ESTree with TypeScript's additions. Only the fields that every node has. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

/** One import or re-export. */
export interface ImportSite {
  readonly specifier: string;
  /** Erased by the compiler: `import type`, `export type … from`, `import('x').T` in a type. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

/** A parsed file. */
export interface ParsedModule {
  readonly code: string;
  readonly body: readonly SyntaxNode[];
  readonly comments: readonly { type: 'Block' | 'Line'; value: string; start: number; end: number }[];
  readonly imports: readonly ImportSite[];
}

/** Is this value a node of the tree? */
export const isNode = (value: unknown): value is SyntaxNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Calls `visit` for the node and all nodes under it, parents first. */
export const walk = (node: SyntaxNode, visit: (node: SyntaxNode) => void): void => {
  visit(node);
  for (const field of Object.values(node)) {
    for (const child of Array.isArray(field) ? field : [field]) if (isNode(child)) walk(child, visit);
  }
};

const literal = (node: unknown): string | undefined =>
  isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;

const importSite = (node: SyntaxNode): ImportSite | undefined => {
  const specifier = literal(node.source);
  if (specifier === undefined) return undefined;
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier, typeOnly: node.importKind === 'type', dynamic: false };
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      return { specifier, typeOnly: node.exportKind === 'type', dynamic: false };
    case 'ImportExpression':
      return { specifier, typeOnly: false, dynamic: true };
    case 'TSImportType':
      return { specifier, typeOnly: true, dynamic: false };
    default:
      return undefined;
  }
};

/** Parses code; throws with the parser's message if it is not TypeScript. */
export const parseCode = (name: string, code: string): ParsedModule => {
  const { program, comments, errors } = parseSync(name, code, { lang: 'ts', sourceType: 'module' });
  if (errors.length > 0) throw new Error(`${name}: ${errors.map((error) => error.message).join('; ')}`);
  const body = program.body as unknown as SyntaxNode[];
  const imports: ImportSite[] = [];
  for (const statement of body) {
    walk(statement, (node) => {
      const site = importSite(node);
      if (site !== undefined) imports.push(site);
    });
  }
  return { code, body, comments, imports };
};

/** Parses a file. */
export const parseModule = (file: string): ParsedModule => parseCode(file, readFileSync(file, 'utf8'));
