// Files that were dropped on the page and are a tokenizer, or a text to learn from, rather than a model: they wait here for the Tokens page.

import { createSignal } from 'solid-js';
import type { ModelFile } from '../protocol.ts';
import type { DroppedFolder } from './droppedFiles.ts';

/** What was dropped. */
export type DroppedTokens =
  | ({ readonly kind: 'tokenizer' } & DroppedFolder)
  | { readonly kind: 'text'; readonly name: string; readonly text: string };

const [dropped, setDropped] = createSignal<DroppedTokens>();

/** What waits; taken by `takeDropped`. */
export const droppedTokens: () => DroppedTokens | undefined = dropped;

/** Puts something down for the Tokens page. */
export const putDropped = (next: DroppedTokens): void => void setDropped(next);

/** Nothing waits any more. */
export const takeDropped = (): void => void setDropped(undefined);

const named = (files: readonly ModelFile[], pattern: RegExp): boolean =>
  files.some(({ path }) => pattern.test(path.split('/').at(-1) ?? path));

/** Whether the files hold no weights and no model's configuration, but what a tokenizer or a text is made of. */
export const holdsTokens = (files: readonly ModelFile[]): boolean =>
  !named(files, /(\.safetensors|\.bin|-shard\d+of\d+|^config\.json|^model\.json)$/) &&
  named(files, /(\.txt|\.model|\.spm|\.tiktoken|\.bpe|^tokenizer.*\.json|^vocab\.json|^encoder\.json)$/i);

/** Texts to learn from are smaller than this: they are kept in the page. */
const mostText = 2e7;
/** What the first lines of vocabularies look like: special tokens, a version of merges, ranks in base64. */
const vocabularyHead = /^(\[PAD\]|\[UNK\]|#version|[A-Za-z0-9+/]+={0,2} \d+\r?$)/m;

/** What dropped files are: a single .txt that begins like no vocabulary is a text. */
export const recognizeTokens = async ({ name, files }: DroppedFolder): Promise<DroppedTokens> => {
  const [only] = files;
  const text = files.length === 1 && only !== undefined && /\.txt$/i.test(only.path) ? only.file : undefined;
  if (text === undefined || text.size > mostText) return { kind: 'tokenizer', name, files };
  const head = await text.slice(0, 65_536).text();
  return vocabularyHead.test(head)
    ? { kind: 'tokenizer', name, files }
    : { kind: 'text', name, text: await text.text() };
};
