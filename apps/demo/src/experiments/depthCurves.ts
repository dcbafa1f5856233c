// Signals on their way through many layers, and gradients on their way back, right after initialization: no training. One curve a law.

import {
  add,
  backward,
  layerNorm,
  linear,
  mul,
  noGrad,
  normal as normalTensor,
  random,
  relu,
  type Tensor,
  tanh,
  variable,
  variance,
} from '@heed/tensor';
import {
  type Initializer,
  kaimingNormal,
  normal,
  parameter,
  xavierNormal,
  xavierUniform,
} from '@heed/tensor/nn';
import {
  type DepthActivation,
  type DepthCurve,
  type DepthLaw,
  type DepthOptions,
  depthLaws,
  depthWidth,
  type EmbeddingVariance,
} from './depthOptions.ts';

/** Examples that are sent through. */
const batch = 32;

/** He 2015 for ReLU, Glorot and Bengio 2010, BERT's 0.02, half and twice of what He asks for. */
const initializers: Readonly<Record<DepthLaw, Initializer>> = {
  kaiming: kaimingNormal(),
  xavier: xavierNormal(),
  bert: normal(0.02),
  small: kaimingNormal(Math.SQRT1_2),
  large: kaimingNormal(2 * Math.SQRT2),
};

const activate = (x: Tensor, activation: DepthActivation): Tensor => {
  switch (activation) {
    case 'relu':
      return relu(x);
    case 'tanh':
      return tanh(x);
    case 'none':
      return x;
    default:
      return activation satisfies never;
  }
};

const rootMeanSquare = ({ data }: Tensor): number => {
  let sum = 0;
  for (const value of data) sum += value * value;
  return Math.sqrt(sum / data.length);
};

const layer = (x: Tensor, weight: Tensor, { activation, residual, norm }: DepthOptions): Tensor => {
  const y = activate(linear(norm === 'pre' ? layerNorm(x) : x, weight), activation);
  const sum = residual ? add(x, y) : y;
  return norm === 'post' ? layerNorm(sum) : sum;
};

/**
 * The curves of one law. The gradient that is sent in at the top has a root mean square of 1, whatever came up.
 *
 * @example
 * depthCurve('kaiming', standardDepth).signal.at(-1); // about 0.7: what came in was 1
 */
export const depthCurve = (law: DepthLaw, options: DepthOptions): DepthCurve => {
  const source = random(options.seed);
  const weights = Array.from({ length: options.depth }, () => {
    const weight = parameter([depthWidth, depthWidth], initializers[law]);
    weight.draw(source);
    weight.freeze(); // only the gradients of the signals are asked for
    return weight;
  });
  // Forward without a record first; then back one layer at a time, each from its stored input.
  const inputs = noGrad(() => {
    const signals = [normalTensor([batch, depthWidth], source)];
    for (const weight of weights) signals.push(layer(signals.at(-1) as Tensor, weight, options)); // never empty
    return signals;
  });
  let gradient = normalTensor([batch, depthWidth], source);
  const gradients = [rootMeanSquare(gradient)];
  for (let index = options.depth - 1; index > 0; index--) {
    const x = variable(inputs[index] as Tensor); // index < depth
    const output = layer(x, weights[index] as Tensor, options);
    gradient = backward(output, gradient).get(x) ?? mul(gradient, 0);
    gradients.unshift(rootMeanSquare(gradient));
  }
  const top = gradients.at(-1) ?? 1;
  return {
    law,
    signal: inputs.slice(1).map(rootMeanSquare),
    gradient: gradients.map((value) => value / top),
  };
};

/** The curves of all laws. */
export const depthCurves = (options: DepthOptions): DepthCurve[] =>
  depthLaws.map((law) => depthCurve(law, options));

/** Variances of embeddings: Xavier's law sees a matrix [vocabulary, width] and makes them small by the vocabulary. */
export const embeddingVariance = (vocabulary: number, width: number): EmbeddingVariance => {
  const measured = (initializer: Initializer, factor: number): number => {
    const table = parameter([vocabulary, width], initializer);
    table.draw(random(1));
    return variance(mul(table, factor)).item();
  };
  const factor = Math.sqrt(width);
  return {
    ...{ vocabulary, width },
    xavier: measured(xavierUniform(), 1),
    xavierScaled: measured(xavierUniform(), factor),
    normalScaled: measured(normal(1 / Math.sqrt(width)), factor),
  };
};
