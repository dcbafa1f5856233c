// The training step in jax-js: forward, gradients and AdamW in one compiled function, as its users write it.

import { corrections, type TrainingProblem, trainingRates } from '../trainingModel.ts';
import type { Jax, JaxArray } from './jax.ts';

type A = JaxArray;

/** Returns a function that takes one step and gives its loss. */
export const jaxTraining = (
  { numpy: np, nn, ...jax }: Jax,
  problem: TrainingProblem,
): (() => Promise<number>) => {
  const { layers, width, heads, batch, length, classes } = problem;
  const rows = batch * length;

  const loss = (weights: readonly A[], x: A, targets: A): A => {
    let next = 0;
    const take = (): A => weights[next++] as A; // in the order of the weights
    const linear = (y: A): A => np.matmul(y, take()).add(take());
    const norm = (y: A): A => nn.standardize(y, -1, { epsilon: 1e-5 }).mul(take()).add(take());
    const split = (y: A, axes: readonly number[]): A =>
      y.reshape([batch, length, heads, width / heads]).transpose(axes);
    // By products, since in Node 20 the library's own attention lacks a function of newer JavaScript.
    const attend = (q: A, keys: A, v: A): A =>
      np.matmul(nn.softmax(np.matmul(q, keys).mul((width / heads) ** -0.5)), v);
    let h = x;
    for (let layer = 0; layer < layers; layer++) {
      const byHeads = [0, 2, 1, 3];
      const [q, k] = [split(linear(h.ref), byHeads), split(linear(h.ref), [0, 2, 3, 1])];
      const seen = attend(q, k, split(linear(h.ref), byHeads)).transpose(byHeads);
      const attended = linear(seen.reshape([rows, width]));
      h = norm(attended.add(h));
      h = norm(linear(nn.relu(linear(h.ref))).add(h));
    }
    const log = nn.logSoftmax(linear(h).reshape([rows, classes]));
    return log
      .mul(targets)
      .sum()
      .mul(-1 / rows);
  };

  const { betas, epsilon, learningRate, weightDecay } = trainingRates;
  const decays = problem.weights.map(({ shape }) => (shape.length > 1 ? 1 - learningRate * weightDecay : 1));
  const gradientsOf = jax.valueAndGrad(loss);
  const step = jax.jit(
    (
      weights: readonly A[],
      first: readonly A[],
      second: readonly A[],
      x: A,
      targets: A,
      rate: A,
      scale: A,
    ) => {
      const [value, gradients] = gradientsOf(
        weights.map((w) => w.ref),
        x,
        targets,
      );
      const moved = gradients.map((g, i) => {
        const m = (first[i] as A).mul(betas[0]).add(g.ref.mul(1 - betas[0])); // one a weight, here and below
        const v = (second[i] as A).mul(betas[1]).add(np.square(g).mul(1 - betas[1]));
        const divisor = np.sqrt(v.ref).mul(scale.ref).add(epsilon);
        const w = (weights[i] as A).mul(decays[i] as number).sub(m.ref.mul(rate.ref).div(divisor));
        return { w, m, v };
      });
      rate.dispose();
      scale.dispose();
      return [value, moved.map(({ w }) => w), moved.map(({ m }) => m), moved.map(({ v }) => v)] as const;
    },
  );

  const array = (data: Float32Array, shape: readonly number[]): A => np.array(data).reshape(shape);
  const oneHot = new Float32Array(rows * classes);
  for (const [row, target] of problem.targets.entries()) oneHot[row * classes + target] = 1;
  const x = array(problem.x, [rows, width]);
  const targets = array(oneHot, [rows, classes]);
  const zeros = (): readonly A[] =>
    problem.weights.map(({ data, shape }) => array(new Float32Array(data.length), shape));
  let weights: readonly A[] = problem.weights.map(({ data, shape }) => array(data, shape));
  let [first, second] = [zeros(), zeros()];
  let steps = 0;
  return async () => {
    const [rate, scale] = corrections(++steps).map((number) => array(Float32Array.of(number), [])) as [A, A]; // two
    const result = step(weights, first, second, x.ref, targets.ref, rate, scale);
    [, weights, first, second] = result;
    await jax.blockUntilReady([weights, first, second]);
    return (await result[0].data())[0] as number; // one loss
  };
};
