// RoPE beyond the trained length, by each scaling: how far pairs turn that never turned round in the training, so that later positions bring angles
// which no query has met; and what the scaling does to near distances, which were well learned. Peng 2023 (arXiv:2309.00071), §3.1 and 3.2.

import { type RopeFrequencies, type RopeScaling, ropeFrequencies } from '@heed/attention';

/** Ways to stretch; none first. */
export const stretches = ['none', 'linear', 'ntk', 'dynamic', 'yarn', 'llama3'] as const;

/** One of them. */
export type Stretch = (typeof stretches)[number];

/** What is stretched. */
export interface StretchOptions {
  /** Of q and k. */
  readonly depth: number;
  /** Positions of the training. */
  readonly trained: number;
  /** How many times as many positions the scaling is set for. */
  readonly factor: number;
  /** Positions of the text at hand, over those of the training. */
  readonly used: number;
}

/** The scaling of the library for a way; undefined for none. */
export const scalingOf = (
  way: Stretch,
  { trained, factor, used }: StretchOptions,
): RopeScaling | undefined => {
  switch (way) {
    case 'none':
      return undefined;
    case 'linear':
    case 'ntk':
      return { type: way, factor };
    case 'dynamic':
      return { type: way, factor: 1, trainedLength: trained, length: Math.round(trained * used) };
    case 'yarn':
      return { type: way, factor, trainedLength: trained };
    case 'llama3':
      return { type: way, factor, lowFactor: 1, highFactor: 4, trainedLength: trained };
    default:
      return way satisfies never;
  }
};

/** What a way turns by. */
export const frequenciesOf = (way: Stretch, options: StretchOptions): RopeFrequencies => {
  const scaling = scalingOf(way, options);
  return ropeFrequencies(options.depth, scaling === undefined ? {} : { scaling });
};

/** Distances that count as near. */
export const nearest = 32;

/** The mean of the pairs' cosines: the score of a vector of ones with itself by distance, over that at distance 0. YaRN's factor falls out. */
const likeness = ({ rates }: RopeFrequencies, distance: number): number =>
  rates.reduce((sum, rate) => sum + Math.cos(distance * rate), 0) / rates.length;

/** What one way does. */
export interface StretchLine {
  readonly way: Stretch;
  /** Turns of each pair up to the last position at hand, the fastest pair first. */
  readonly turns: Float32Array;
  /** Pairs that met only a part of their circle in the training, and now go beyond it. */
  readonly unseen: number;
  /** The most that one of them goes beyond: its angle over its largest in the training; 1 where none does. */
  readonly farthest: number;
  /** Score of a vector with itself by distance, from 0 to `nearest`. */
  readonly near: Float32Array;
  /** Mean change of that score against no scaling, over distances 1 … `nearest`. */
  readonly nearChange: number;
}

/** Turns of each pair up to the last position of the training. */
export const trainedTurns = ({ depth, trained }: StretchOptions): Float32Array =>
  ropeFrequencies(depth).rates.map((rate) => (rate * trained) / (2 * Math.PI));

/** A rounding's share, in which an angle still counts as met. */
const slack = 1 + 1e-4;

/**
 * All ways.
 *
 * @example
 * stretched({ depth: 64, trained: 2048, factor: 4, used: 4 })[0]?.unseen; // pairs that no training brought so far
 */
export const stretched = (options: StretchOptions): StretchLine[] => {
  const met = trainedTurns(options);
  const plain = frequenciesOf('none', options);
  const distances = Array.from({ length: nearest + 1 }, (_, distance) => distance);
  const nearOf = (frequencies: RopeFrequencies): Float32Array =>
    Float32Array.from(distances, (distance) => likeness(frequencies, distance));
  const plainNear = nearOf(plain);
  return stretches.map((way) => {
    const frequencies = frequenciesOf(way, options);
    const turns = frequencies.rates.map((rate) => (rate * options.trained * options.used) / (2 * Math.PI));
    const beyond = Array.from(turns, (turn, pair) => turn / (met[pair] ?? 1)).filter(
      (ratio, pair) => (met[pair] ?? 0) < 1 && ratio > slack,
    );
    const near = nearOf(frequencies);
    return {
      ...{ way, turns, near },
      unseen: beyond.length,
      farthest: Math.max(1, ...beyond),
      nearChange: near.reduce((sum, value, i) => sum + Math.abs(value - (plainNear[i] ?? 0)), 0) / nearest,
    };
  });
};
