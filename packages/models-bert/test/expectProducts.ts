// What queries and keys handed out by a model must be: the ones that its attentions come from.
import { attentionWeights } from '@heed/attention';
import { reshape, type Tensor } from '@heed/tensor';
import { expectClose } from '@heed/testing';
import { expect } from 'vitest';
import type { FeatureExtraction, TextFeatures } from '../src/index.ts';

const one = (x: Tensor): Tensor => reshape(x, [1, ...x.shape]);

/** Softmax of the products over √depth equals the attention of every layer and text. */
export const expectProducts = (results: readonly TextFeatures[], { model }: FeatureExtraction): void => {
  for (const { queries = [], keys = [], attentions = [], tokens } of results) {
    expect([queries.length, keys.length]).toEqual([model.layers, model.layers]);
    for (const [layer, query] of queries.entries()) {
      expect(query.shape.slice(0, 2)).toEqual([model.heads, tokens.length]);
      const [key, map] = [keys[layer] as Tensor, attentions[layer] as Tensor]; // as many, checked above
      expectClose(one(map), attentionWeights(one(query), one(key)), {
        absolute: 1e-6,
        name: `layer ${layer}`,
      });
    }
  }
};
