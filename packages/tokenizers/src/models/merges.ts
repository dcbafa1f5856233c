// The merges of a BPE model, from pairs of tokens to a table of ids.
import { PairTable } from '../structures/pairTable.ts';
import { TokenizerError } from '../tokenizerError.ts';
import type { Merges } from './mergeSymbols.ts';
import type { Vocabulary } from './vocabulary.ts';

/**
 * The merges of a list of pairs, the first of which has rank 0; `prefix` is what continuing tokens begin with. Of a pair
 * given twice the later rank holds. Throws a TokenizerError for a pair whose halves or whole the vocabulary lacks.
 *
 * @example mergesOf(vocabulary(['a', 'b', 'ab'], 'here'), [['a', 'b']]).made[0]; //=> 2
 */
export function mergesOf(
  entries: Vocabulary,
  pairs: readonly (readonly [left: string, right: string])[],
  options: { prefix?: string; name?: (position: number) => string } = {},
): Merges {
  const { prefix = '', name = (position) => `model.merges[${position}]` } = options;
  const made = new Int32Array(pairs.length);
  const sides = new Int32Array(2 * pairs.length);
  for (let rank = 0; rank < pairs.length; rank++) {
    const [left, right] = pairs[rank] as readonly [string, string]; // rank < length
    const whole = left + right.slice(prefix.length);
    const idOf = (token: string): number =>
      entries.id(token) ?? refuseMerge(token, [left, right], name(rank));
    sides[2 * rank] = idOf(left);
    sides[2 * rank + 1] = idOf(right);
    made[rank] = idOf(whole);
  }
  return { numbers: tableOf(sides), made };
}

// The table of pairs that lie one after the other in `sides`; the number of a pair is its position, or as given.
function tableOf(sides: Int32Array, numbers?: readonly number[]): PairTable {
  const table = new PairTable(sides.length / 2);
  for (let k = 0; k < sides.length / 2; k++)
    table.set(sides[2 * k] as number, sides[2 * k + 1] as number, numbers?.[k] ?? k);
  return table;
}

function refuseMerge(token: string, pair: readonly string[], place: string): never {
  throw new TokenizerError(
    place,
    `the merge of ${pair.map((side) => JSON.stringify(side)).join(' and ')} needs ${JSON.stringify(token)}, which model.vocab does not have. Take vocabulary and merges from one model.`,
  );
}

/**
 * The merges of a vocabulary in which every entry is the merge of any two entries that spell it, with its id as rank:
 * tiktoken's rule.
 *
 * Time: the sum of all lengths, one look-up each.
 *
 * @example mergesBySpelling(vocabulary(['a', 'b', 'ab'], 'here')).numbers.get(0, 1); //=> 2
 */
export function mergesBySpelling(entries: Vocabulary): Merges {
  const sides: number[] = [];
  const made: number[] = [];
  let most = -1;
  for (const token of entries.tokens) {
    const id = entries.id(token) ?? 0;
    most = Math.max(most, id);
    for (let cut = 1; cut < token.length; cut++) {
      const left = entries.id(token.slice(0, cut));
      const right = left === undefined ? undefined : entries.id(token.slice(cut));
      if (left === undefined || right === undefined) continue;
      sides.push(left, right);
      made.push(id);
    }
  }
  return {
    numbers: tableOf(Int32Array.from(sides), made),
    made: Int32Array.from({ length: most + 1 }, (_, id) => id),
  };
}
