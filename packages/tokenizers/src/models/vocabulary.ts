// Tokens by id and ids by token, checked once. It knows no model.
import { TokenizerError } from '../tokenizerError.ts';

// Ids must fit an embedding table and an Int32Array; published vocabularies stay below 300 000.
const largestId = 2 ** 24 - 1;

// Models walk at most this far from each character, so it bounds their time; published pieces stay below 300 units.
const longestToken = 1024;

/**
 * A vocabulary of tokens with their ids. Ids need not be contiguous.
 *
 * @example vocabulary(['a', 'b'], 'here').id('b'); //=> 1
 */
export interface Vocabulary {
  /** The id of a token. */
  id(token: string): number | undefined;
  /** The token of an id. */
  token(id: number): string | undefined;
  /** All tokens, in the order given. */
  readonly tokens: readonly string[];
  /** How many tokens there are. */
  readonly size: number;
}

/** What a vocabulary may contain. */
export interface VocabularyRules {
  /** The id of each token. Default: its position. */
  ids?: readonly number[];
  /** How an entry is named in errors: its place, given its token and position. */
  name?: (token: string, position: number) => string;
  /** Whether a token may come twice, in which case the later id holds and the earlier still reads back. Default false. */
  repeats?: boolean;
}

/**
 * Makes a vocabulary. Throws a TokenizerError for an id that is not an integer from 0 to 2²⁴ − 1, an id or a token given
 * twice, a token with a lone surrogate (which no text can match) or of more than 1024 UTF-16 units.
 */
export function vocabulary(
  tokens: readonly string[],
  place: string,
  { ids, name = (token) => `${place}[${JSON.stringify(token)}]`, repeats = false }: VocabularyRules = {},
): Vocabulary {
  const idOf = new Map<string, number>();
  const tokenOf: string[] = []; // an engine stores it sparsely where ids are sparse
  for (let position = 0; position < tokens.length; position++) {
    const token = tokens[position] as string; // position < length
    const id = ids === undefined ? position : (ids[position] ?? Number.NaN);
    if (token.length > longestToken || !token.isWellFormed()) refuseToken(token, name(token, position));
    if (!isId(id)) refuseId(id, name(token, position));
    const other = tokenOf[id];
    if (other !== undefined) {
      throw new TokenizerError(
        name(token, position),
        `id ${id} already belongs to ${JSON.stringify(other)}; every token needs its own. Give it another id.`,
      );
    }
    if (!repeats && idOf.has(token)) {
      throw new TokenizerError(
        name(token, position),
        `${JSON.stringify(token)} has id ${idOf.get(token)} already; a token may come once. Remove one of the two.`,
      );
    }
    idOf.set(token, id);
    tokenOf[id] = token;
  }
  return {
    id: (token) => idOf.get(token),
    token: (id) => tokenOf[id],
    tokens,
    size: tokens.length,
  };
}

/** Refuses what `vocabulary` refuses, of tokens whose ids are their positions and which may come twice; it makes nothing. */
export function checkTokens(count: number, tokenAt: (position: number) => string, place: string): void {
  for (let position = 0; position < count; position++) {
    const token = tokenAt(position);
    if (token.length > longestToken || !token.isWellFormed()) refuseToken(token, `${place}[${position}]`);
  }
  if (count > largestId + 1) refuseId(count - 1, `${place}[${count - 1}]`);
}

function refuseToken(token: string, place: string): never {
  throw new TokenizerError(
    place,
    token.length > longestToken
      ? `a token of ${token.length} UTF-16 units was given; at most ${longestToken} are supported. Remove it.`
      : `the token has a lone surrogate, which no text can match. Write the character as a whole pair.`,
  );
}

function isId(id: number): boolean {
  return Number.isInteger(id) && id >= 0 && id <= largestId;
}

function refuseId(id: number, place: string): never {
  throw new TokenizerError(
    place,
    `id ${id} was given; expected an integer from 0 to ${largestId}. Renumber the token.`,
  );
}
