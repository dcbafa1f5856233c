// Dropped or chosen files into memory, with progress: only those a model can be made of, under paths inside their folder.

import type { ModelFile, OpenEvent } from '../protocol.ts';

/** Where progress goes. */
export interface ReadFilesOptions {
  readonly signal: AbortSignal;
  tell(event: OpenEvent): void;
}

/** What models are made of: configurations, vocabularies, weights. */
const wanted = /(\.json|\.txt|\.safetensors|\.model|-shard\d+of\d+(\.bin)?|\.bin)$/;
/** More than this does not fit beside its copy in a browser's memory. */
const mostBytes = 1.5e9;
/** Reading goes on in pieces of this size, so that progress moves and cancel works. */
const pieceBytes = 2 ** 23;

/** Paths without the folder that all of them share. */
export const relativePaths = (paths: readonly string[]): string[] => {
  const parts = paths.map((path) => path.split('/'));
  let shared = 0;
  while (
    parts.length > 0 &&
    parts.every((own) => own.length > shared + 1 && own[shared] === parts[0]?.[shared])
  )
    shared += 1;
  return parts.map((own) => own.slice(shared).join('/'));
};

/** The bytes of each file by its path. */
export const readFiles = async (
  given: readonly ModelFile[],
  { signal, tell }: ReadFilesOptions,
): Promise<Map<string, Uint8Array>> => {
  const paths = relativePaths(given.map(({ path }) => path));
  const chosen = given
    .map(({ file }, index) => ({ file, path: paths[index] ?? file.name }))
    .filter(({ path }) => wanted.test(path));
  const total = chosen.reduce((sum, { file }) => sum + file.size, 0);
  if (total > mostBytes)
    throw new Error(
      `The folder holds ${(total / 1e9).toFixed(1)} GB of model files; at most ${mostBytes / 1e9} GB fit.`,
    );
  const files = new Map<string, Uint8Array>();
  let loaded = 0;
  for (const { file, path } of chosen) {
    const bytes = new Uint8Array(file.size);
    for (let at = 0; at < file.size; at += pieceBytes) {
      signal.throwIfAborted();
      const piece = new Uint8Array(await file.slice(at, at + pieceBytes).arrayBuffer());
      bytes.set(piece, at);
      loaded += piece.length;
      tell({ kind: 'progress', loaded, total, cached: false });
    }
    files.set(path, bytes);
  }
  return files;
};
