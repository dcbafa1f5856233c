// What the page and the Worker say to each other: calls with typed input, events on the way, and a result. Only types; nothing runs here.

import type { MaskJson } from '@heed/attention';
import type { Merge } from '@heed/tokenizers';
import type { BackwardGraph } from './experiments/backwardGraph.ts';
import type { DepthCurve, DepthLaw, DepthOptions, EmbeddingVariance } from './experiments/depthOptions.ts';
import type { ExpressionName } from './experiments/expressions.ts';
import type { FlashOptions, FlashRun } from './experiments/flashOptions.ts';
import type { GranularityRow } from './experiments/granularityRow.ts';
import type { Conversion, ConversionPoint } from './experiments/headConversionWays.ts';
import type { HeldOut, LearningStep } from './experiments/learner.ts';
import type { LearningOptions } from './experiments/learningOptions.ts';
import type { MergeLearner, MergeOptions, Segmentation } from './experiments/mergeTraining.ts';
import type { HeadVectors } from './experiments/neuronView.ts';
import type { NormCompany } from './experiments/normCompany.ts';
import type { NormCase, NormOutcome } from './experiments/normOptions.ts';
import type { PositionOptions, PositionView } from './experiments/positionView.ts';
import type { ScalingOptions, ScalingPoint, ScalingView } from './experiments/scalingOptions.ts';
import type { StageView } from './experiments/stageView.ts';
import type {
  CrossAttention,
  Examination,
  StepReport,
  TrainerOptions,
  WrittenCharacter,
} from './experiments/trainer.ts';
import type { TokenizerForm } from './model/readTokenizerFiles.ts';

/** Where a model comes from. */
export type ModelSource =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'files'; readonly name: string; readonly files: readonly ModelFile[] };

/** A file that the reader dropped or chose, by its path inside the folder. */
export interface ModelFile {
  readonly path: string;
  readonly file: File;
}

/** What is known of a loaded model. */
export interface ModelInfo {
  readonly name: string;
  readonly description: string;
  readonly layers: number;
  readonly heads: number;
  /** Most tokens of one text. */
  readonly maxTokens: number;
  /** Size of its files. */
  readonly bytes: number;
  /** Whether all files came from this browser's cache. */
  readonly cached: boolean;
  /** Milliseconds from the first request to a model that answers. */
  readonly milliseconds: number;
}

/** What happens while a model is loaded. */
export type OpenEvent =
  | { readonly kind: 'progress'; readonly loaded: number; readonly total: number; readonly cached: boolean }
  | { readonly kind: 'tokenizer' };

/** One sentence as the model reads it. */
export interface Reading {
  readonly text: string;
  readonly tokens: readonly string[];
  /** [start, end) of each token in the text, UTF-16. */
  readonly offsets: Int32Array;
  /** Tokens that did not fit. */
  readonly truncated: number;
  /** layers of [heads, n, n]; absent until the weights are there, or where not asked for. */
  readonly attentions: readonly Float32Array[] | undefined;
}

/** All sentences read. */
export interface Readings {
  readonly readings: readonly Reading[];
  /** [n, n]; absent until the weights are there. */
  readonly cosines: Float32Array | undefined;
  /** Time inside the model. */
  readonly milliseconds: number;
}

/** A fresh model in training. */
export interface TrainerInfo {
  readonly parameters: number;
  readonly examination: Examination;
}

/** What happens while training runs. */
export type TrainEvent =
  | { readonly kind: 'steps'; readonly steps: readonly StepReport[]; readonly milliseconds: number }
  | { readonly kind: 'look'; readonly look: CrossAttention }
  | { readonly kind: 'examination'; readonly step: number; readonly examination: Examination };

/** A net on the spirals before its first step. */
export interface LearnerInfo {
  readonly parameters: number;
  /** [points, 2] */
  readonly points: Float32Array;
  /** 0 or 1. */
  readonly labels: Int32Array;
  readonly view: LearnerView;
}

/** What the net decides, and how well; the twin is the same net with or without warm-up. */
export interface LearnerView {
  /** Probability of class 1, side × side, from the top. */
  readonly surface: Float32Array;
  readonly side: number;
  readonly heldOut: HeldOut;
  readonly twinHeldOut: HeldOut;
}

/** What happens while the net and its twin learn. */
export interface LearnEvent {
  readonly steps: readonly LearningStep[];
  readonly twin: readonly LearningStep[];
  readonly view: LearnerView;
}

/** Milliseconds of the flash kernel, all seen and under a mask. */
export interface MaskTiming {
  readonly full: number;
  readonly masked: number;
}

/** One measurement of decoding: a step, that is a token, with so many key heads. */
export interface DecodeTiming {
  readonly kvHeads: number;
  readonly milliseconds: number;
}

/** A tokenizer as it was after so many merges of the workbench. */
export interface LearnedTokenizer {
  readonly learner: MergeLearner;
  readonly merges: number;
}

/** Where a tokenizer comes from. */
export type TokenizerSource =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'files'; readonly files: readonly ModelFile[] }
  | ({ readonly kind: 'learned' } & LearnedTokenizer);

/** What is known of a tokenizer. */
export interface TokenizerInfo {
  readonly form: TokenizerForm | 'learned';
  /** The file that was read. */
  readonly file: string;
  readonly vocabularySize: number;
  /** Of reading its files. */
  readonly milliseconds: number;
}

/** Where a text to learn from comes from; of a table ('.tsv') its first column counts. */
export type CorpusSource =
  | { readonly kind: 'address'; readonly url: string }
  | { readonly kind: 'text'; readonly text: string };

/** Merges since the last event, how many there may be, and how many different pieces the text has. */
export interface MergesEvent {
  readonly merges: readonly Merge[];
  readonly total: number;
  readonly words: number;
}

/** What a training of merges came to: on its own text, tokens, and characters that are no blanks. */
export interface MergesResult {
  readonly vocabularySize: number;
  readonly tokens: number;
  readonly characters: number;
  readonly milliseconds: number;
}

/** What the engine is. */
export interface EngineInfo {
  /** 'plain', 'relaxed' or 'wide' SIMD; 'none' is plain TypeScript. */
  readonly simd: string;
  readonly threads: number;
  /** Whether the page may share memory between threads. */
  readonly isolated: boolean;
}

/** Every call: what goes in, what is told on the way, what comes out. */
export interface Calls {
  engine: { input: undefined; event: never; result: EngineInfo };
  open: { input: ModelSource; event: OpenEvent; result: ModelInfo };
  read: {
    input: { readonly texts: readonly string[]; readonly attentionOf: number };
    event: never;
    result: Readings;
  };
  /** Queries and keys of one head. */
  head: {
    input: { readonly text: string; readonly layer: number; readonly head: number };
    event: never;
    result: HeadVectors;
  };
  trainer: { input: TrainerOptions; event: never; result: TrainerInfo };
  train: { input: undefined; event: TrainEvent; result: undefined };
  learningRate: { input: number; event: never; result: undefined };
  /** Where the decoder looks for the task's own example. */
  probe: { input: undefined; event: never; result: CrossAttention };
  write: { input: string; event: WrittenCharacter; result: undefined };
  learner: { input: LearningOptions; event: never; result: LearnerInfo };
  /** Goes on until the last step, or for so many. */
  learn: { input: { readonly steps: number }; event: LearnEvent; result: undefined };
  differentiate: {
    input: { readonly expression: ExpressionName; readonly values: Readonly<Record<string, number>> };
    event: never;
    result: BackwardGraph;
  };
  norms: { input: readonly NormCase[]; event: NormOutcome; result: undefined };
  /** By a seed. */
  company: { input: number; event: never; result: NormCompany };
  depth: {
    input: { readonly laws: readonly DepthLaw[]; readonly options: DepthOptions };
    event: DepthCurve;
    result: undefined;
  };
  /** The result: how far the masked output lies from the dense kernel's at most. */
  maskTime: {
    input: {
      readonly mask: MaskJson;
      readonly length: number;
      readonly heads: number;
      readonly depth: number;
      readonly repeats: number;
    };
    event: MaskTiming;
    result: number;
  };
  embedding: { input: undefined; event: never; result: EmbeddingVariance };
  /** One layer's attention of a new token over a cache, for each number of key heads. */
  decodeTime: {
    input: {
      readonly heads: number;
      readonly kvHeads: readonly number[];
      readonly depth: number;
      readonly context: number;
      readonly repeats: number;
    };
    event: DecodeTiming;
    result: undefined;
  };
  /** A layer of the loaded model with fewer key heads, in each of these ways, on a text. */
  convertHeads: {
    input: { readonly text: string; readonly layer: number; readonly ways: readonly Conversion[] };
    event: ConversionPoint;
    result: undefined;
  };
  positions: { input: PositionOptions; event: never; result: PositionView };
  flashTiles: { input: FlashOptions; event: never; result: FlashRun };
  /** Each depth and way, the shallowest first. */
  scaling: { input: ScalingOptions; event: ScalingPoint; result: undefined };
  tokenizer: { input: TokenizerSource; event: never; result: TokenizerInfo };
  /** A text through the tokenizer that was opened last. */
  stages: { input: string; event: never; result: StageView };
  /** The file of the tokenizer that was opened last, or of a learned one. */
  tokenizerJson: { input: LearnedTokenizer | undefined; event: never; result: string };
  learnMerges: {
    input: { readonly learner: MergeLearner; readonly corpus: CorpusSource; readonly options: MergeOptions };
    event: MergesEvent;
    result: MergesResult;
  };
  segment: { input: LearnedTokenizer & { readonly text: string }; event: never; result: Segmentation };
  /** A row for each granularity; without `test` every tenth line is held out; with a language, words are found by the platform. */
  granularity: {
    input: {
      readonly train: CorpusSource;
      readonly test: CorpusSource | undefined;
      readonly language: string | undefined;
      readonly vocabularySize: number;
    };
    event: GranularityRow;
    result: { readonly train: number; readonly test: number };
  };
  /** All ways at one depth. */
  scalingViews: {
    input: { readonly depth: number; readonly options: ScalingOptions };
    event: never;
    result: readonly ScalingView[];
  };
}

/** The name of a call. */
export type CallName = keyof Calls;

/** Page to Worker. */
export type Request =
  | {
      [Name in CallName]: { readonly id: number; readonly call: Name; readonly input: Calls[Name]['input'] };
    }[CallName]
  | { readonly id: number; readonly cancel: true };

/** Worker to page. */
export type Reply =
  | { readonly id: number; readonly event: Calls[CallName]['event'] }
  | { readonly id: number; readonly result: Calls[CallName]['result'] }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } };
