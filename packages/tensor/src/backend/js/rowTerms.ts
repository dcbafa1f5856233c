// What the terms of a call do to the scores and weights of one query row, number by number: their definition.

import { randomBits } from '../../random.ts';
import type { AttentionCall } from '../backend.ts';

/** One query row of one head of a sequence. */
export interface TermRow {
  /** Number of the sequence in the call. */
  readonly sequence: number;
  readonly head: number;
  /** Number of the row in the sequence. */
  readonly row: number;
  /** Query rows and keys of the sequence. */
  readonly queries: number;
  readonly keys: number;
}

/** The terms as functions of scaled scores and of keys, counted from the sequence's first. */
export interface RowTerms {
  /** softcap · tanh(s / softcap). */
  bounded(score: number): number;
  /** Derivative of the bounded score: 1 − tanh². */
  slope(score: number): number;
  /** Place of the key's bias in its array. */
  place(key: number): number;
  /** The key's bias. */
  bias(key: number): number;
  /** Factor of the key's weight: 0 or 1 / (1 − rate). */
  factor(key: number): number;
}

/** See ScoreTerms. */
export const rowTerms = ({ terms }: Pick<AttentionCall, 'terms'>, at: TermRow): RowTerms => {
  const { softcap, bias, dropout } = terms ?? {};
  const { sequence, head, row, queries, keys } = at;
  const start = bias === undefined ? 0 : sequence * bias.sequence + head * bias.head + row * bias.row;
  const shift = bias === undefined ? 0 : bias.first + (bias.byDistance ? row + keys - queries : 0);
  const place = (key: number): number =>
    bias === undefined ? 0 : start + Math.min(bias.columns - 1, Math.max(0, key - shift));
  const position =
    dropout === undefined
      ? 0
      : dropout.position + sequence * dropout.sequence + head * dropout.head + row * dropout.row;
  return {
    bounded: (score) => (softcap === undefined ? score : softcap * Math.tanh(score / softcap)),
    slope: (score) => (softcap === undefined ? 1 : 1 - Math.tanh(score / softcap) ** 2),
    place,
    bias: (key) => (bias === undefined ? 0 : (bias.array[place(key)] as number)), // held inside
    factor: (key) => {
      if (dropout === undefined) return 1;
      const uniform = (randomBits(...dropout.key, position + key) >>> 8) * 2 ** -24;
      return uniform < dropout.rate ? 0 : Math.fround(1 / (1 - dropout.rate));
    },
  };
};
