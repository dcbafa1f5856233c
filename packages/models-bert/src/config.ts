// EncoderConfig: the sizes and choices that tell one encoder from another, read from a Hugging Face config.json.

import { CheckpointError } from '@heed/tensor';

/** Activations of the feed-forward network, in our words. */
export type EncoderActivation = 'gelu' | 'geluTanh' | 'relu' | 'silu' | 'tanh';

/** What an encoder is made of. */
export interface EncoderConfig {
  readonly vocabulary: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly innerWidth: number;
  readonly activation: EncoderActivation;
  /** Longest sequence: rows of the table of positions. */
  readonly positions: number;
  /** Kinds of segment; 0 for families without. */
  readonly tokenTypes: number;
  readonly normEpsilon: number;
  /** Rate of dropout of embeddings and sublayers, and of attention weights, in training. */
  readonly dropout: number;
  readonly attentionDropout: number;
  /** Deviation of freshly drawn weights. */
  readonly initializerRange: number;
}

/** A JSON object of unknown content. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Parses a JSON object; anything else is a CheckpointError that names the file. */
export const parseJsonObject = (text: string, file: string): JsonObject => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(
      `${file}: not JSON (${cause instanceof Error ? cause.message : cause}). Is the file whole?`,
    );
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw new CheckpointError(
      `${file}: ${Array.isArray(value) ? 'an array' : String(value)}; expected a JSON object.`,
    );
  return value as JsonObject;
};

/** Reads numbers and words out of a JSON object and says what is wrong with them, by key. */
export class JsonReader {
  readonly #json: JsonObject;
  readonly #file: string;

  constructor(json: JsonObject, file: string) {
    this.#json = json;
    this.#file = file;
  }

  /** An integer of at least `least` and at most `most`; without a default the key must be there. */
  integer(
    key: string,
    { least = 1, most = 2 ** 24, fallback }: { least?: number; most?: number; fallback?: number } = {},
  ): number {
    const value = this.#json[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least || value > most)
      throw this.#wrong(key, `an integer from ${least} to ${most}`);
    return value;
  }

  /** A number of at least 0. */
  number(key: string, fallback: number): number {
    const value = this.#json[key] ?? fallback;
    if (typeof value !== 'number' || !(value >= 0)) throw this.#wrong(key, 'a number from 0');
    return value;
  }

  /** One of the words that `choices` maps. */
  choice<T>(key: string, choices: Readonly<Record<string, T>>, fallback: string): T {
    const value = this.#json[key] ?? fallback;
    if (typeof value !== 'string' || !Object.hasOwn(choices, value))
      throw this.#wrong(key, `one of ${Object.keys(choices).join(', ')}`);
    return choices[value] as T; // own key
  }

  #wrong(key: string, expected: string): CheckpointError {
    const value = this.#json[key];
    return new CheckpointError(
      `${this.#file}: ${key} is ${value === undefined ? 'missing' : JSON.stringify(value)}; expected ${expected}.`,
    );
  }
}
