// What a model is: the third stage, which turns one piece of text into tokens.

/** A token inside a piece: its id and string, and the range [start, end) of the piece that it covers, in UTF-16 units. */
export interface Token {
  readonly id: number;
  readonly token: string;
  readonly start: number;
  readonly end: number;
}

/** How a segmentation is drawn from those of a Unigram model. */
export interface UnigramSampling {
  /** Probabilities are proportional to exp(alpha · score): 1 draws by the model itself, 0 all alike; Kudo 2018 takes 0.1 to 0.5. */
  alpha: number;
  /** Draw among so many best ones, 1 to 512, instead of among all. */
  candidates?: number;
  /** Numbers in [0, 1). */
  random: () => number;
}

/** BPE-dropout: how a segmentation of a BPE model is drawn. */
export interface DropoutSampling {
  /** Chance that a merge is passed over, from 0 to 1. */
  dropout: number;
  /** Numbers in [0, 1). */
  random: () => number;
}

/** How a segmentation is drawn by chance: for Unigram by `alpha`, for BPE by `dropout`. */
export type Sampling = UnigramSampling | DropoutSampling;

/** Tokens of a piece and the sum of their scores. */
export interface ScoredTokens {
  readonly tokens: readonly Token[];
  readonly score: number;
}

/** A vocabulary and a way to cut a piece into its entries. */
export interface Model {
  /** The tokens of a piece, in order, covering it. Throws a TokenizerError for what cannot be expressed. */
  tokenize(piece: string): readonly Token[];
  /** The tokens of a piece by a segmentation that is drawn; absent where there is but one, undefined for the other kind of sampling. */
  sample?(piece: string, sampling: Sampling): readonly Token[] | undefined;
  /** The best segmentations of a piece, best first, at most `count`; absent where segmentations have no scores. */
  nBest?(piece: string, count: number): readonly ScoredTokens[];
  /** Whether a piece may have other tokens each time it is given. Default false. */
  readonly varies?: boolean;
  /** The id of a token. */
  id(token: string): number | undefined;
  /** The token of an id. */
  token(id: number): string | undefined;
  /** How many tokens there are. */
  readonly size: number;
  /** The id that stands for what the vocabulary does not have, if there is one. */
  readonly unknownId?: number | undefined;
}
