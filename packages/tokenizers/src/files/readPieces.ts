// A list of `[piece, score]`, as Unigram vocabularies are written.
import { checkTokens } from '../models/vocabulary.ts';
import { JsonValue } from './json.ts';

/**
 * Reads and checks pieces; the id of a piece is its position. `nullScore` is what a score of null means, if anything. The
 * pairs are those of the file itself: there may be 250 000, and the file is kept to be written again.
 */
export function readPieces(json: JsonValue, nullScore?: number): (readonly [piece: string, score: number])[] {
  const { place } = json;
  const pieces = json
    .values()
    .map((item, position) =>
      isPiece(item) ? item : readPiece(new JsonValue(place, item, position), nullScore),
    );
  // Published lists repeat pieces here and there; the later one is found in texts, as in the original.
  checkTokens(pieces.length, (position) => pieces[position]?.[0] ?? '', place);
  return pieces;
}

function isPiece(item: unknown): item is readonly [piece: string, score: number] {
  return Array.isArray(item) && item.length === 2 && typeof item[0] === 'string' && Number.isFinite(item[1]);
}

function readPiece(item: JsonValue, nullScore: number | undefined): readonly [piece: string, score: number] {
  const [piece, score, more] = item.items();
  if (piece === undefined || score === undefined || more !== undefined) return item.refuse('[piece, score]');
  return [piece.string(), score.absent && nullScore !== undefined ? nullScore : score.number()];
}
