// What all trainers are told, and the checks of it.
import { JsonValue } from '../files/json.ts';
import { readDecoder } from '../files/readDecoder.ts';
import { readPostProcessor } from '../files/readPostProcessor.ts';
import { tokenizerFromJson } from '../files/tokenizerJson.ts';
import { vocabulary } from '../models/vocabulary.ts';
import type { Tokenizer } from '../tokenizer.ts';
import { TokenizerError } from '../tokenizerError.ts';

/**
 * The stages around the model, each as a tokenizer.json has it; what is absent does nothing. The ids that a post-processor names
 * are those of the special tokens: their places in `specialTokens`.
 */
export interface TrainingStages {
  normalizer?: unknown;
  pre_tokenizer?: unknown;
  post_processor?: unknown;
  decoder?: unknown;
}

/** What every trainer is told. */
export interface TrainingOptions {
  /** Size of the vocabulary to reach, special tokens and alphabet included; smaller if the corpus gives no more. */
  vocabularySize?: number;
  /** Tokens with the first ids, in this order, found in texts as a whole. */
  specialTokens?: readonly string[];
  /** What stands for everything that the vocabulary lacks. Default: `'[UNK]'` or `'<unk>'`, whichever is a special token. */
  unknownToken?: string;
  /** The stages around the model, as in a tokenizer.json. Given, they replace the default ones as a whole. */
  stages?: TrainingStages;
  /** Ends the training with the signal's reason. */
  signal?: AbortSignal;
}

/** Refuses an option that is out of range. */
export function refuseOption(name: string, given: unknown, expected: string): never {
  const shown = typeof given === 'string' ? JSON.stringify(given) : String(given);
  throw new TokenizerError(`training options: ${name}`, `${shown} was given; expected ${expected}.`);
}

/** The number given, or `otherwise`; refuses what is not an integer from `least` to 2²⁴. */
export function integerOption(
  name: string,
  given: number | undefined,
  { otherwise, least = 0 }: { otherwise: number; least?: number },
): number {
  if (given === undefined) return otherwise;
  if (!Number.isInteger(given) || given < least || given > 2 ** 24)
    refuseOption(name, given, `an integer from ${least} to ${2 ** 24}`);
  return given;
}

/** The options common to all trainers, checked, with what is absent filled in. */
export interface CheckedOptions {
  readonly vocabularySize: number;
  readonly specialTokens: readonly string[];
  readonly unknownToken: string | undefined;
  readonly stages: TrainingStages;
}

/** Checks the options, before the corpus is read; a special token given twice counts once. */
export function checkOptions(
  options: TrainingOptions,
  defaults: { vocabularySize: number; specialTokens: readonly string[]; stages: TrainingStages },
): CheckedOptions {
  const specialTokens = [...new Set(options.specialTokens ?? defaults.specialTokens)];
  for (const token of specialTokens)
    if (typeof token !== 'string' || token === '')
      refuseOption('specialTokens', token, 'tokens that are not empty');
  vocabulary(specialTokens, 'training options: specialTokens');
  const stages = options.stages ?? defaults.stages;
  readPostProcessor(new JsonValue('stages.post_processor', stages.post_processor));
  readDecoder(new JsonValue('stages.decoder', stages.decoder));
  const { unknownToken = ['[UNK]', '<unk>'].find((token) => specialTokens.includes(token)) } = options;
  if (unknownToken !== undefined) vocabulary([unknownToken], 'training options: unknownToken');
  return {
    vocabularySize: integerOption('vocabularySize', options.vocabularySize, {
      otherwise: defaults.vocabularySize,
    }),
    ...{ specialTokens, unknownToken, stages },
  };
}

/** The tokenizer of a trained model: the model as a tokenizer.json has it, the first ids those of the special tokens. */
export function trainedTokenizer(
  model: Readonly<Record<string, unknown>>,
  specialTokens: readonly string[],
  stages: TrainingStages,
): Tokenizer {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const { normalizer = null, pre_tokenizer = null, post_processor = null, decoder = null } = stages;
  const file = {
    added_tokens: specialTokens.map((content, id) => ({ id, content, ...flags })),
    ...{ normalizer, pre_tokenizer, post_processor, decoder, model },
  };
  return tokenizerFromJson(new JsonValue('training', file));
}

/** A vocabulary as a tokenizer.json has it: ids by token, in order. */
export function idsByToken(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]));
}
