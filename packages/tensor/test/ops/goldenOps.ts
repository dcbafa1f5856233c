// How PyTorch's words for operations are said in ours: one entry for each op of the golden cases that this package has.

import {
  type AnyTensor,
  abs,
  add,
  all,
  any,
  argmax,
  argmin,
  batchNorm,
  binaryCrossEntropy,
  ceil,
  clamp,
  concat,
  conv1d,
  cos,
  cosineEmbeddingLoss,
  cosineSimilarity,
  crossEntropy,
  cumsum,
  div,
  einsum,
  elu,
  embedding,
  equal,
  erf,
  exp,
  expand,
  expm1,
  flip,
  floor,
  gather,
  gelu,
  geluTanh,
  glu,
  greater,
  greaterOrEqual,
  hardSwish,
  hingeEmbeddingLoss,
  hingeLoss,
  huberLoss,
  inBatchNegatives,
  klDivergence,
  l1Loss,
  layerNorm,
  leakyRelu,
  less,
  lessOrEqual,
  log,
  log1p,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  logSigmoid,
  logSoftmax,
  logSumExp,
  marginRankingLoss,
  maskedFill,
  matmul,
  max,
  maximum,
  mean,
  meanSquaredError,
  min,
  minimum,
  mish,
  mul,
  neg,
  norm,
  notEqual,
  oneHot,
  pad,
  permute,
  pow,
  prod,
  quickGelu,
  reciprocal,
  relu,
  reluSquared,
  repeat,
  repeatInterleave,
  reshape,
  rmsNorm,
  roll,
  round,
  rsqrt,
  scatterAdd,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  smoothL1Loss,
  softmax,
  softplus,
  sort,
  split,
  sqrt,
  square,
  stack,
  standardDeviation,
  sub,
  sum,
  Tensor,
  takeAlong,
  tanh,
  topK,
  transpose,
  tril,
  tripletLoss,
  triu,
  trunc,
  variance,
  where,
} from '../../src/index.ts';

/** Options of a case, in PyTorch's words. */
export type Options = Readonly<Record<string, unknown>>;

type Inputs = Readonly<Record<string, AnyTensor>>;
type Floats = Readonly<Record<string, Tensor>>;
type Run = (inputs: Inputs, options: Options) => AnyTensor | Readonly<Record<string, AnyTensor>>;

const floats = (inputs: Inputs): Floats => inputs as Floats;
const number = (value: unknown): number =>
  value === 'inf' ? Infinity : value === '-inf' ? -Infinity : Number(value);
const pair =
  (op: (a: Tensor, b: Tensor) => AnyTensor): Run =>
  (inputs) =>
    op(floats(inputs).a as Tensor, floats(inputs).b as Tensor);
const one =
  (op: (x: Tensor) => AnyTensor): Run =>
  (inputs) =>
    op((floats(inputs).a ?? floats(inputs).x) as Tensor);
const of =
  (op: (x: Tensor, options: Options) => ReturnType<Run>): Run =>
  (inputs, options) =>
    op(floats(inputs).x as Tensor, options);
const reduction = (
  op: (x: Tensor, axes: readonly number[] | undefined, options: { keepDims: boolean }) => Tensor,
): Run =>
  of((x, { axes, keepdims }) =>
    op(x, (axes as number[] | null) ?? undefined, { keepDims: keepdims === true }),
  );
const bools = (inputs: Inputs, name: string): Tensor<'bool'> => inputs[name] as Tensor<'bool'>;
const integersOf = (inputs: Inputs, name: string): Tensor<'int32'> => inputs[name] as Tensor<'int32'>;

const axesOf = (axes: unknown): readonly number[] | undefined => (axes as number[] | null) ?? undefined;

const placeOf = (op: typeof argmax): Run =>
  of((x, { axis, keepdims }) =>
    axis === null ? op(reshape(x, [-1]), 0) : op(x, Number(axis), { keepDims: keepdims === true }),
  );

/** x[start : stop : step] on every axis. */
const slices = of((x, { ranges }) =>
  (ranges as [number, number | null, number][]).reduce(
    (part, [start, stop, step], axis) => slice(part, axis, start, stop ?? undefined, step),
    x,
  ),
);

/** torch.gather reads the leading part of x where the index is shorter on other axes. */
const leading = (x: Tensor, shape: readonly number[], axis: number): Tensor =>
  shape.reduce((part, extent, at) => (at === axis ? part : slice(part, at, 0, extent)), x);

const losses = (reductionName: unknown): { reduction: 'mean' | 'sum' | 'none' } => ({
  reduction: reductionName as 'mean' | 'sum' | 'none',
});

/** A loss of an input against a target. */
const against =
  (
    op: (x: Tensor, target: Tensor, options: Options & { reduction: 'mean' | 'sum' | 'none' }) => Tensor,
  ): Run =>
  (inputs, options) =>
    op(floats(inputs).input as Tensor, floats(inputs).target as Tensor, {
      ...options,
      ...losses(options.reduction),
    });

/** A loss of two inputs, a target of ±1 and a margin. */
const ranked =
  (op: typeof marginRankingLoss): Run =>
  (inputs, { reduction: name, margin }) =>
    op(floats(inputs).x1 as Tensor, floats(inputs).x2 as Tensor, {
      ...losses(name),
      target: floats(inputs).target as Tensor,
      margin: number(margin),
    });

/** Why a case is left out, by name of the case. */
export const leftOut: Readonly<Record<string, string>> = {
  softmax_all_minus_inf: 'the house has zeros where torch has NaN',
};

/** Our expression of each op. */
export const goldenOps: Readonly<Record<string, Run>> = {
  ...{
    add: pair(add),
    sub: pair(sub),
    mul: pair(mul),
    div: pair(div),
    pow: pair(pow),
    maximum: pair(maximum),
    minimum: pair(minimum),
  },
  ...{
    eq: pair(equal),
    ne: pair(notEqual),
    lt: pair(less),
    le: pair(lessOrEqual),
    gt: pair(greater),
    ge: pair(greaterOrEqual),
  },
  ...{
    exp: one(exp),
    log: one(log),
    sqrt: one(sqrt),
    erf: one(erf),
    tanh: one(tanh),
    sigmoid: one(sigmoid),
    abs: one(abs),
    sign: one(sign),
    log1p: one(log1p),
    expm1: one(expm1),
    rsqrt: one(rsqrt),
    floor: one(floor),
    ceil: one(ceil),
    round: one(round),
    trunc: one(trunc),
  },
  ...{
    quick_gelu: one(quickGelu),
    log_sigmoid: one(logSigmoid),
    relu_squared: one(reluSquared),
    mish: one(mish),
    hard_swish: one(hardSwish),
  },
  softplus: of((x, { beta }) => softplus(x, number(beta))),
  leaky_relu: of((x, { negative_slope: slope }) => leakyRelu(x, number(slope))),
  elu: of((x, { alpha }) => elu(x, number(alpha))),
  glu: of((x, { axis }) => glu(x, Number(axis))),
  ...{ neg: one(neg), square: one(square), reciprocal: one(reciprocal), sin: one(sin), cos: one(cos) },
  ...{ relu: one(relu), gelu_erf: one(gelu), gelu_tanh: one(geluTanh), silu: one(silu) },
  ...{
    sum: reduction(sum),
    mean: reduction(mean),
    max: reduction(max),
    min: reduction(min),
    logsumexp: reduction(logSumExp),
    argmax: placeOf(argmax),
    argmin: placeOf(argmin),
    prod: reduction(prod),
  },
  std: of((x, { axes, keepdims, correction }) =>
    standardDeviation(x, axesOf(axes), { keepDims: keepdims === true, correction: Number(correction) }),
  ),
  norm: of((x, { ord, axes, keepdims }) =>
    norm(x, axesOf(axes), { order: number(ord), keepDims: keepdims === true }),
  ),
  any: (inputs, { axis }) => any(bools(inputs, 'x'), axis === null ? undefined : [Number(axis)]),
  all: (inputs, { axis }) => all(bools(inputs, 'x'), axis === null ? undefined : [Number(axis)]),
  cumsum: of((x, { axis }) => cumsum(x, Number(axis))),
  sort: of((x, { axis, descending }) => ({
    ...sort(x, { axis: Number(axis), descending: descending === true }),
  })),
  topk: of((x, { k, axis, largest }) => ({
    ...topK(x, Number(k), { axis: Number(axis), largest: largest === true }),
  })),
  flip: of((x, { axes }) => flip(x, axes as number[])),
  roll: of((x, { shifts, axes }) =>
    (shifts as number[]).reduce((part, shift, i) => roll(part, shift, (axes as number[])[i] as number), x),
  ),
  repeat_interleave: of((x, { repeats, axis }) => repeatInterleave(x, Number(repeats), Number(axis))),
  pow_scalar: (inputs, { exponent }) => pow(floats(inputs).a as Tensor, number(exponent)),
  clamp: (inputs, { min: low = -Infinity, max: high = Infinity }) =>
    clamp(floats(inputs).a as Tensor, number(low), number(high)),
  logical_and: (inputs) => logicalAnd(bools(inputs, 'a'), bools(inputs, 'b')),
  logical_or: (inputs) => logicalOr(bools(inputs, 'a'), bools(inputs, 'b')),
  logical_xor: (inputs) => logicalXor(bools(inputs, 'a'), bools(inputs, 'b')),
  logical_not: (inputs) => logicalNot(bools(inputs, 'a')),
  where: (inputs) =>
    where(bools(inputs, 'condition'), floats(inputs).a as Tensor, floats(inputs).b as Tensor),
  masked_fill: (inputs, { value }) =>
    maskedFill(floats(inputs).x as Tensor, bools(inputs, 'mask'), number(value)),
  var: of((x, { axes, keepdims, correction }) =>
    variance(x, (axes as number[] | null) ?? undefined, {
      keepDims: keepdims === true,
      correction: Number(correction),
    }),
  ),
  matmul: (inputs, { transpose_a: transposeA = false, transpose_b: transposeB = false }) =>
    matmul(floats(inputs).a as Tensor, floats(inputs).b as Tensor, {
      transposeA: transposeA === true,
      transposeB: transposeB === true,
    }),
  reshape: of((x, { shape }) => reshape(x, shape as number[])),
  permute: of((x, { axes }) => permute(x, axes as number[])),
  permute_reshape: of((x, { axes, shape }) => reshape(permute(x, axes as number[]), shape as number[])),
  transpose: of((x, { axis0, axis1 }) => transpose(x, Number(axis0), Number(axis1))),
  squeeze: of((x, { axis }) =>
    reshape(
      x,
      x.shape.filter((_, at) => at !== Number(axis)),
    ),
  ),
  unsqueeze: of((x, { axis }) => stack([x], Number(axis))),
  expand: of((x, { shape }) => expand(x, shape as number[])),
  tile: of((x, { repeats }) => repeat(x, repeats as number[])),
  concat: (inputs, { axis }) => concat(Object.values(floats(inputs)), Number(axis)),
  stack: (inputs, { axis }) => stack(Object.values(floats(inputs)), Number(axis)),
  split: (inputs, { sizes, size, axis }) =>
    Object.fromEntries(
      split(floats(inputs).x as Tensor, (sizes as number[] | undefined) ?? Number(size), Number(axis)).map(
        (part, i) => [`part${i}`, part],
      ),
    ),
  slice: slices,
  pad: of((x, { widths, value }) =>
    (widths as [number, number][]).reduce(
      (part, [before, after], axis) => pad(part, axis, { before, after, value: number(value) }),
      x,
    ),
  ),
  tril: of((x, { diagonal }) => tril(x, Number(diagonal))),
  triu: of((x, { diagonal }) => triu(x, Number(diagonal))),
  add_mul_sum: (inputs, { axes }) =>
    sum(
      mul(add(floats(inputs).a as Tensor, floats(inputs).b as Tensor), floats(inputs).c as Tensor),
      axes as number[],
    ),
  gather: (inputs, { axis }) => {
    const [x, index] = [floats(inputs).x as Tensor, integersOf(inputs, 'index')];
    return takeAlong(leading(x, index.shape, Number(axis)), index, Number(axis));
  },
  take_along_dim: (inputs, { axis }) =>
    takeAlong(floats(inputs).x as Tensor, integersOf(inputs, 'index'), Number(axis)),
  scatter_add: (inputs, { axis }) => {
    const x = floats(inputs).x as Tensor;
    return add(
      x,
      scatterAdd(floats(inputs).source as Tensor, integersOf(inputs, 'index'), {
        shape: x.shape,
        axis: Number(axis),
      }),
    );
  },
  index_select: (inputs, { axis }) =>
    gather(floats(inputs).x as Tensor, integersOf(inputs, 'index'), Number(axis)),
  embedding: (inputs, { scale = 1, padding_idx: paddingIndex }) =>
    mul(
      embedding(
        floats(inputs).weight as Tensor,
        integersOf(inputs, 'ids'),
        paddingIndex === undefined ? {} : { paddingIndex: Number(paddingIndex) },
      ),
      number(scale),
    ),
  one_hot: (inputs, { num_classes: classes }) => oneHot(integersOf(inputs, 'ids'), Number(classes)),
  einsum: (inputs, { equation }) => einsum(String(equation), ...Object.values(floats(inputs))),
  conv1d: (inputs, options) =>
    conv1d(
      floats(inputs).x as Tensor,
      floats(inputs).weight as Tensor,
      floats(inputs).bias,
      options as { stride: number; padding: number; dilation: number; groups: number },
    ),
  batch_norm: (inputs, { training, momentum, eps }) => {
    const { x, weight, bias, running_mean: mean, running_var: variance } = floats(inputs);
    const running = { mean: mean as Tensor, variance: variance as Tensor };
    const result = batchNorm(x as Tensor, weight, bias, {
      epsilon: number(eps),
      ...(training !== true && { statistics: running }),
    });
    if (training !== true)
      return { output: result.output, running_mean: running.mean, running_var: running.variance };
    const count = (x as Tensor).size / running.mean.size;
    const mixed = (old: Tensor, now: Tensor) =>
      add(mul(old, 1 - number(momentum)), mul(now, number(momentum)));
    return {
      output: result.output,
      running_mean: mixed(running.mean, result.mean),
      running_var: mixed(running.variance, mul(result.variance, count / (count - 1))),
    };
  },
  softmax: of((x, { axis }) => softmax(x, Number(axis))),
  cosine_similarity: (inputs, { axis, eps }) =>
    cosineSimilarity(floats(inputs).a as Tensor, floats(inputs).b as Tensor, {
      axis: Number(axis),
      epsilon: number(eps),
    }),
  log_softmax: of((x, { axis }) => logSoftmax(x, Number(axis))),
  layer_norm: (inputs, { normalized_shape: shape, eps }) =>
    layerNorm(floats(inputs).x as Tensor, floats(inputs).weight, floats(inputs).bias, {
      epsilon: number(eps),
      axes: (shape as number[]).length,
    }),
  rms_norm: (inputs, { normalized_shape: shape, eps }) =>
    rmsNorm(floats(inputs).x as Tensor, floats(inputs).weight, {
      epsilon: number(eps),
      axes: (shape as number[]).length,
    }),
  swiglu: (inputs) => mul(silu(floats(inputs).gate as Tensor), floats(inputs).up as Tensor),
  geglu: (inputs) => mul(gelu(floats(inputs).gate as Tensor), floats(inputs).up as Tensor),
  cross_entropy: (
    inputs,
    { reduction: name, ignore_index: ignoreIndex = -100, label_smoothing: labelSmoothing = 0 },
  ) =>
    crossEntropy(floats(inputs).logits as Tensor, integersOf(inputs, 'target'), {
      ...losses(name),
      ignoreIndex: Number(ignoreIndex),
      labelSmoothing: Number(labelSmoothing),
      ...('weight' in inputs && { weight: floats(inputs).weight as Tensor }),
    }),
  bce_with_logits: (inputs, { reduction: name }) =>
    binaryCrossEntropy(floats(inputs).logits as Tensor, floats(inputs).target as Tensor, {
      ...losses(name),
      ...('pos_weight' in inputs && { positiveWeight: floats(inputs).pos_weight as Tensor }),
    }),
  ...{
    mse: against(meanSquaredError),
    l1: against(l1Loss),
    smooth_l1: against((x, target, { beta, ...options }) =>
      smoothL1Loss(x, target, { ...losses(options.reduction), beta: number(beta) }),
    ),
    huber: against((x, target, { delta, ...options }) =>
      huberLoss(x, target, { ...losses(options.reduction), delta: number(delta) }),
    ),
    hinge: against(hingeLoss),
    hinge_embedding: against((x, target, { margin, ...options }) =>
      hingeEmbeddingLoss(x, target, { ...losses(options.reduction), margin: number(margin) }),
    ),
  },
  kl_div: (inputs, { log_target: logTarget, reduction: name }) =>
    klDivergence(logSoftmax(floats(inputs).input as Tensor), floats(inputs).target as Tensor, {
      logTarget: logTarget === true,
      reduction: name === 'batchmean' ? 'batchMean' : losses(name).reduction,
    }),
  ...{ cosine_embedding: ranked(cosineEmbeddingLoss), margin_ranking: ranked(marginRankingLoss) },
  triplet_margin: (inputs, { reduction: name, margin, p, eps }) => {
    const { anchor, positive, negative } = floats(inputs) as Record<string, Tensor>;
    return tripletLoss(anchor as Tensor, [positive as Tensor, negative as Tensor], {
      ...losses(name),
      margin: number(margin),
      order: number(p),
      epsilon: number(eps),
    });
  },
  info_nce: (inputs, { temperature, symmetric }) =>
    inBatchNegatives(floats(inputs).queries as Tensor, floats(inputs).keys as Tensor, {
      temperature: number(temperature),
      symmetric: symmetric === true,
    }),
  in_batch_negatives: (inputs, { scale, similarity }) =>
    inBatchNegatives(floats(inputs).queries as Tensor, floats(inputs).keys as Tensor, {
      temperature: 1 / number(scale),
      similarity: similarity === 'dot' ? 'dot' : 'cosine',
    }),
};

/** Whether a result is one tensor rather than several by name. */
export const isTensor = (result: ReturnType<Run>): result is AnyTensor => result instanceof Tensor;
