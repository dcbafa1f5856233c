// What signals are sent through. Apart from the experiment, so that the page can know it without the engine.

/** Laws of first values, each with what it makes of the deviation of a square weight: gain / √width, or a fixed number. */
export const depthLaws = ['kaiming', 'xavier', 'bert', 'small', 'large'] as const;

/** One of the laws. */
export type DepthLaw = (typeof depthLaws)[number];

/** Activations to choose from. */
export const depthActivations = ['relu', 'tanh', 'none'] as const;

/** One of the activations. */
export type DepthActivation = (typeof depthActivations)[number];

/** Where each layer is normalized: nowhere, before its product, or after the sum. */
export const depthNorms = ['none', 'pre', 'post'] as const;

/** One of the places. */
export type DepthNorm = (typeof depthNorms)[number];

/** Width of every layer. */
export const depthWidth = 128;

/** What is stacked. */
export interface DepthOptions {
  readonly activation: DepthActivation;
  readonly residual: boolean;
  readonly norm: DepthNorm;
  /** Layers. */
  readonly depth: number;
  readonly seed: number;
}

/** What the page opens with: the plain stack of the papers. */
export const standardDepth: DepthOptions = {
  activation: 'relu',
  residual: false,
  norm: 'none',
  depth: 32,
  seed: 1,
};

/** One law's two curves, a number a layer, the layer next to the input first. */
export interface DepthCurve {
  readonly law: DepthLaw;
  /** Root mean square of what each layer gives. */
  readonly signal: readonly number[];
  /** Root mean square of the gradient that arrives at what each layer gives; at the last it is 1. */
  readonly gradient: readonly number[];
}

/** Variances of an embedding's values before and after the factor √width. */
export interface EmbeddingVariance {
  readonly vocabulary: number;
  readonly width: number;
  readonly xavier: number;
  readonly xavierScaled: number;
  /** Normal with deviation 1/√width, as the Transformer's own code draws them. */
  readonly normalScaled: number;
}
