// averageCheckpoints: one checkpoint from several of the same model. Not the pooling of heads within one: groupKeyHeads.ts.

import { CheckpointError, sameShape, Tensor } from '@heed/tensor';

/**
 * The mean of checkpoints tensor by tensor, in float64, or their weighted mean; all have the same names and shapes. The last few of one run: Vaswani
 * 2017 (arXiv:1706.03762), §6.1; of several runs: Wortsman 2022 (arXiv:2203.05482), §2.
 *
 * @example
 * load(model, averageCheckpoints([first, second, third]));
 */
export const averageCheckpoints = (
  checkpoints: readonly ReadonlyMap<string, Tensor>[],
  { weights = checkpoints.map(() => 1) }: { readonly weights?: readonly number[] } = {},
): Map<string, Tensor> => {
  const [first] = checkpoints;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (
    first === undefined ||
    weights.length !== checkpoints.length ||
    !(Number.isFinite(total) && total !== 0)
  )
    throw new RangeError(
      `averageCheckpoints: ${checkpoints.length} checkpoints with weights [${weights.join(', ')}]; expected one checkpoint at least, and one finite weight each whose sum is not 0.`,
    );
  const result = new Map<string, Tensor>();
  for (const [name, tensor] of first) {
    const sums = new Float64Array(tensor.size);
    for (const [index, checkpoint] of checkpoints.entries()) {
      const other = checkpoint.get(name);
      if (other === undefined || !sameShape(other.shape, tensor.shape) || checkpoint.size !== first.size)
        throw new CheckpointError(
          `averageCheckpoints: ${name} is ${tensor} in checkpoint 0 and ${other ?? 'missing'} in checkpoint ${index} of ${checkpoint.size} tensors; expected the same ${first.size} names and shapes in all.`,
        );
      const share = (weights[index] as number) / total; // one each
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + share * (other.data[i] as number); // one size
    }
    result.set(name, new Tensor('float32', tensor.shape, Float32Array.from(sums)));
  }
  return result;
};
