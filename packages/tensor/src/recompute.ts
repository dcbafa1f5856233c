// recompute: a part of a model whose intermediate values are not kept for the backward pass, but computed again in it.
// Memory for time; PyTorch calls it checkpointing.

import { dependenciesSince, gradientsSince } from './backward.ts';
import { detach } from './detach.ts';
import { defineOp, isRecording, recordedCount, withGrad } from './op.ts';
import type { Random } from './random.ts';
import { subregion } from './region.ts';
import type { Tensor } from './tensor.ts';

type Body = () => Tensor;

let again = false;

/** Whether a part is being computed for the second time at this moment: what counts forward passes must not count it. */
export const isRecomputing = (): boolean => again;

const secondRun = (body: Body): Tensor => {
  const before = again;
  again = true;
  try {
    return withGrad(body);
  } finally {
    again = before;
  }
};

const sameBits = (a: Float32Array, b: Float32Array): boolean => {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
};

const recomputeOp = defineOp<readonly Tensor[], { readonly value: Tensor; readonly body: Body }>({
  name: 'recompute',
  forward: (_inputs, { value }) => ({ shape: value.shape, data: value.data }),
  backward: (gradient, { inputs, output, options: { body } }) => {
    const since = recordedCount();
    const value = secondRun(body);
    if (!sameBits(value.data, output.data))
      throw new Error(
        `recompute: the second run gave other values than the first (${output}). The function must depend on nothing that changes; draw random numbers from its argument.`,
      );
    const gradients = gradientsSince(value, gradient, since);
    return inputs.map((input) => gradients.get(input));
  },
});

/**
 * The value of a function, of whose work nothing is kept but this: the backward pass runs it a second time when it needs what lies
 * between. Around each of n layers the activations of a model take the memory of n values and of one layer, for one more forward pass.
 * Tensors that the function refers to get their gradients as usual. It must give the same both times: it refers
 * to no variable that is assigned anew meanwhile, and draws random numbers from its argument, a source split from `random`, the same in
 * both runs. Chen 2016 (arXiv:1604.06174), §3.
 *
 * @example
 * const hidden = recompute((random) => layer.forward(x, { random }), pass.random);
 */
export const recompute = (
  body: (random: Random | undefined) => Tensor,
  random?: Random | undefined,
): Tensor => {
  const source = random?.split();
  const state = source?.state();
  const run = () => {
    if (state !== undefined) source?.restore(state);
    return body(source);
  };
  if (!isRecording()) return run();
  const since = recordedCount();
  let inputs: readonly Tensor[] = [];
  const value = subregion(() => {
    const result = run();
    inputs = dependenciesSince(result, since) as Tensor[]; // gradients flow to float32 only
    return detach(result);
  });
  return inputs.length === 0 ? value : recomputeOp(inputs, { value, body: run });
};
