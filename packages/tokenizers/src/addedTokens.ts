// Special and added tokens: cut out of a text before the pipeline sees it. They do not belong to the model's vocabulary,
// though they may repeat entries of it.
import { type AlignedText, alignedText, widthAt } from './alignedText.ts';
import { isWhitespace, isWordCharacter } from './characters.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import { longestEntry } from './structures/longestEntry.ts';
import { Trie } from './structures/trie.ts';

/** A token that is found in the text itself. */
export interface AddedToken {
  id: number;
  content: string;
  /** Left out by `decode` with `skipSpecialTokens`. Default false. */
  special?: boolean;
  /** Found only where no word character stands beside it. Default false. */
  singleWord?: boolean;
  /** Takes the white space before it. Default false. */
  stripLeft?: boolean;
  /** Takes the white space after it. Default false. */
  stripRight?: boolean;
  /** Looked for after normalization, in its own normalized form. Default: not `special`. */
  normalized?: boolean;
}

/** A part of a text: an added token, or text to go through the pipeline. */
export interface Part {
  text: AlignedText;
  /** The id of the added token, undefined for text. */
  id: number | undefined;
}

/** The added tokens of a tokenizer, ready to be found. */
export interface AddedTokens {
  /** Cuts a source text at the added tokens; the rest comes back normalized. Empty parts vanish. */
  extract(source: string): Part[];
  /** The token of an id, in its normalized form if it is looked for in that. */
  token(id: number): string | undefined;
  /** The id of a token, by its content. */
  id(content: string): number | undefined;
  /** Whether this is the content of a special token. */
  isSpecial(content: string): boolean;
  /** How many tokens there are. */
  readonly size: number;
}

/**
 * Prepares added tokens. Of tokens that begin at the same place the longest is found; tokens that are not normalized are
 * looked for first, in the source (tokenizers tokenizer/added_vocabulary.rs, 3ba8ad00).
 *
 * @example addedTokens([{ id: 0, content: '<s>', special: true }], (text) => text).extract('<s>a').length; //=> 2
 */
export function addedTokens(tokens: readonly AddedToken[], normalizer: Normalizer): AddedTokens {
  const byId = new Map(tokens.map((token) => [token.id, token]));
  const ids = new Map(tokens.map((token) => [token.content, token.id]));
  const special = new Set(tokens.filter((token) => token.special).map((token) => token.content));
  const shown = new Map<number, string>();
  const plain = new Trie();
  const normalized = new Trie();
  for (const token of tokens) {
    const later = token.normalized ?? !token.special;
    const form = later ? normalizer(alignedText(token.content)).text : token.content;
    shown.set(token.id, form);
    if (form !== '') (later ? normalized : plain).set(form, token.id);
  }
  const find = (text: AlignedText, trie: Trie): Part[] => cutAt(text, trie, byId);
  return {
    extract(source) {
      const parts: Part[] = [];
      for (const part of find(alignedText(source), plain)) {
        if (part.id !== undefined) parts.push(part);
        else for (const inner of find(normalizer(part.text), normalized)) parts.push(inner);
      }
      return parts;
    },
    token: (id) => shown.get(id),
    id: (content) => ids.get(content),
    isSpecial: (content) => special.has(content),
    size: byId.size,
  };
}

function cutAt(text: AlignedText, trie: Trie, tokens: ReadonlyMap<number, AddedToken>): Part[] {
  if (text.length === 0) return [];
  if (trie.longest === 0) return [{ text, id: undefined }];
  const parts: Part[] = [];
  let done = 0;
  for (let at = trie.nextStart(text.text, 0); at < text.length; at = trie.nextStart(text.text, at)) {
    const match = longestEntry(text.text, trie, at);
    const token = match === undefined ? undefined : tokens.get(match.id);
    if (match === undefined || token === undefined) {
      at += widthAt(text.text, at);
    } else if (token.singleWord === true && touchesWord(text.text, at, match.end)) {
      at = match.end;
    } else {
      const start = token.stripLeft === true ? whitespaceStart(text.text, at, done) : at;
      const end = token.stripRight === true ? whitespaceEnd(text.text, match.end) : match.end;
      if (done < start) parts.push({ text: text.slice(done, start), id: undefined });
      parts.push({ text: text.slice(start, end), id: match.id });
      done = end;
      at = end;
    }
  }
  if (done < text.length) parts.push({ text: text.slice(done, text.length), id: undefined });
  return parts;
}

function touchesWord(text: string, start: number, end: number): boolean {
  const before =
    start === 0
      ? undefined
      : text.codePointAt(start >= 2 && widthAt(text, start - 2) === 2 ? start - 2 : start - 1);
  const after = text.codePointAt(end);
  return (before !== undefined && isWordCharacter(before)) || (after !== undefined && isWordCharacter(after));
}

// No white space lies outside the basic plane, so one unit at a time is enough.
function whitespaceStart(text: string, from: number, least: number): number {
  let start = from;
  while (start > least && isWhitespace(text.charCodeAt(start - 1))) start -= 1;
  return start;
}

function whitespaceEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && isWhitespace(text.charCodeAt(end))) end += 1;
  return end;
}
