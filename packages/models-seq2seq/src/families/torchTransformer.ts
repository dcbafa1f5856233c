// Names of torch.nn.Transformer: a state dict as PyTorch writes it, for our Transformer.

import { type AnyTensor, CheckpointError, noGrad, slice, type Tensor } from '@heed/tensor';

/** Published parts of a name → ours, in order. */
const rules: readonly (readonly [RegExp, string])[] = [
  [/^(source|target)\.weight$/, '$1.weight'],
  [/^transformer\.(encoder|decoder)\.norm\./, '$1Norm.'],
  [/^transformer\.(encoder|decoder)\.layers\./, '$1.'],
  [/\.self_attn\./, '.attention.'],
  [/\.multihead_attn\./, '.crossAttention.'],
  [/\.out_proj\./, '.output.'],
  [/\.linear1\./, '.feedForward.inner.'],
  [/\.linear2\./, '.feedForward.outer.'],
  [/^(decoder\.\d+)\.norm1\./, '$1.attentionNorm.'],
  [/^(decoder\.\d+)\.norm2\./, '$1.crossAttentionNorm.'],
  [/^(decoder\.\d+)\.norm3\./, '$1.feedForwardNorm.'],
  [/^(encoder\.\d+)\.norm1\./, '$1.attentionNorm.'],
  [/^(encoder\.\d+)\.norm2\./, '$1.feedForwardNorm.'],
];

/**
 * The checkpoint under our paths: names changed, `in_proj` (queries, keys and values stacked) in three parts.
 * Expects `source.weight`, `target.weight`, `output.weight` beside `transformer.…`; shared matrices once.
 */
export const fromTorchTransformer = (checkpoint: ReadonlyMap<string, AnyTensor>): Map<string, AnyTensor> => {
  const result = new Map<string, AnyTensor>();
  for (const [name, tensor] of checkpoint) {
    const path = rules.reduce((before, [pattern, ours]) => before.replace(pattern, ours), name);
    const stacked = /^(.*)\.in_proj_(weight|bias)$/.exec(path);
    if (stacked === null) {
      result.set(path, tensor);
      continue;
    }
    const rows = tensor.shape[0] ?? 0;
    if (tensor.dtype !== 'float32' || rows % 3 !== 0)
      throw new CheckpointError(`${name}: ${tensor}; expected float32, three equal parts in the first axis.`);
    for (const [index, part] of ['query', 'key', 'value'].entries())
      result.set(
        `${stacked[1]}.${part}.${stacked[2]}`,
        noGrad(() => slice(tensor as Tensor, 0, (index * rows) / 3, ((index + 1) * rows) / 3)),
      );
  }
  return result;
};
