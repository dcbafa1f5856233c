// Tokens by chance: the check of what is asked for, and of what a model can do.
import { TokenizerError } from '../tokenizerError.ts';
import type { Model, Sampling, Token } from './model.ts';

// As in SentencePiece.
const mostCandidates = 512;

/** Refuses sampling that is out of range. */
export function checkSampling(sampling: Sampling): void {
  const { random } = sampling;
  if (typeof random !== 'function')
    refuse('random', random, 'a function that gives numbers in [0, 1). Pass one with a seed of its own');
  if ('dropout' in sampling) {
    const { dropout } = sampling;
    if (!(dropout >= 0 && dropout <= 1)) refuse('dropout', dropout, 'a chance from 0 to 1');
    return;
  }
  const { alpha, candidates = 1 } = sampling;
  if (!(alpha >= 0 && Number.isFinite(alpha)))
    refuse('alpha', alpha, 'a number of at least 0, or { dropout } for BPE');
  checkCandidates(candidates, 'encode: sampling.candidates');
}

/** Refuses a number of segmentations that is out of range. */
export function checkCandidates(count: number, place: string): void {
  if (Number.isInteger(count) && count >= 1 && count <= mostCandidates) return;
  throw new TokenizerError(place, `${count} was given; expected an integer from 1 to ${mostCandidates}.`);
}

/** The tokens of a piece, drawn. Throws a TokenizerError if the model has no such choice. */
export function sampledTokens(model: Model, piece: string, sampling: Sampling): readonly Token[] {
  const tokens = model.sample?.(piece, sampling);
  if (tokens !== undefined) return tokens;
  throw new TokenizerError(
    'encode: sampling',
    `${'dropout' in sampling ? 'dropout' : 'alpha'} was given, and the model knows no such choice; expected alpha for Unigram and dropout for BPE. WordPiece and word-level models have one segmentation: leave sampling out.`,
  );
}

function refuse(name: string, given: unknown, expected: string): never {
  throw new TokenizerError(`encode: sampling.${name}`, `${String(given)} was given; expected ${expected}.`);
}
