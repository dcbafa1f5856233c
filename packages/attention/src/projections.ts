// projections: the four linear maps of a MultiHeadAttention, shared or left out as its options say.

import type { Tensor } from '@heed/tensor';
import { forwardAll, Linear } from '@heed/tensor/nn';
import type { MultiHeadOptions, MultiHeadSizes } from './multiHeadOptions.ts';

/** Of queries, keys, values and the output; one and the same where shared, none without projections. */
export interface Projections {
  readonly query: Linear | undefined;
  readonly key: Linear | undefined;
  readonly value: Linear | undefined;
  readonly output: Linear | undefined;
}

/** Makes them. */
export const projections = (options: MultiHeadOptions, sizes: MultiHeadSizes): Projections => {
  const { width, heads, kvHeads, headDim, valueDim, keyWidth, valueWidth } = sizes;
  const { shared, bias, initializer } = options;
  if (options.projections === false)
    return { query: undefined, key: undefined, value: undefined, output: undefined };
  const linear = { ...(initializer && { initializer }), ...(bias !== undefined && { bias }) };
  const query = new Linear(width, heads * headDim, linear);
  const withQuery = shared === 'queryKey' || shared === 'all';
  const key = withQuery ? query : new Linear(keyWidth, kvHeads * headDim, linear);
  const withKey = shared === 'keyValue' || shared === 'all';
  const value = withKey ? key : new Linear(valueWidth, kvHeads * valueDim, linear);
  return { query, key, value, output: new Linear(heads * valueDim, width, linear) };
};

/** x [..., inputs] through a projection; x itself where there is none. */
export const passed = (linear: Linear | undefined, x: Tensor): Tensor => linear?.forward(x) ?? x;

/** x through several projections, what is shared only once; x itself where there are none. */
export const passedAll = (linears: readonly (Linear | undefined)[], x: Tensor): Tensor[] => {
  const layers = [...new Set(linears)].filter((linear) => linear !== undefined);
  const results = forwardAll(x, layers);
  return linears.map((linear) => (linear === undefined ? x : (results[layers.indexOf(linear)] as Tensor))); // one a layer
};
