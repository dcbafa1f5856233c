// The longest string of a trie that begins at a place of a text.
import { Trie } from './trie.ts';

/**
 * The number of the longest entry that begins at `start`, and where it ends; undefined if none does.
 *
 * @example longestEntry('xab', trie, 1); //=> { id: 7, end: 3 } where the trie has 'ab' with number 7
 */
export function longestEntry(
  text: string,
  trie: Trie,
  start: number,
): { id: number; end: number } | undefined {
  let node = Trie.root;
  let best: { id: number; end: number } | undefined;
  for (let end = start; end < text.length; ) {
    node = trie.child(node, text.charCodeAt(end));
    if (node < 0) break;
    end += 1;
    const id = trie.value(node);
    if (id >= 0) best = { id, end };
  }
  return best;
}
