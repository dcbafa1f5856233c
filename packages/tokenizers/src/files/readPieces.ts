// A list of `[piece, score]`, as Unigram vocabularies are written.
import { vocabulary } from '../models/vocabulary.ts';
import type { JsonValue } from './json.ts';

/** Reads and checks pieces; the id of a piece is its position. `nullScore` is what a score of null means, if anything. */
export function readPieces(json: JsonValue, nullScore?: number): [piece: string, score: number][] {
  const pieces = json.items().map((item): [string, number] => {
    const [piece, score, more] = item.items();
    if (piece === undefined || score === undefined || more !== undefined)
      return item.refuse('[piece, score]');
    return [piece.string(), score.absent && nullScore !== undefined ? nullScore : score.number()];
  });
  // Published lists repeat pieces here and there; the later one is found in texts, as in the original.
  const tokens = pieces.map(([piece]) => piece);
  vocabulary(tokens, json.place, { repeats: true, name: (_, position) => `${json.place}[${position}]` });
  return pieces;
}
