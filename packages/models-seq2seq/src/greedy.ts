// Greedy choice: always the likeliest id.

import { argmax, type Tensor } from '@heed/tensor';

/** Chooses the next id of each row from logits [batch, vocabulary]: int32 [batch]. */
export type Strategy = (logits: Tensor) => Tensor<'int32'>;

/** The likeliest id of each row; the first of equals. */
export const greedy = (): Strategy => (logits) => argmax(logits, -1);
