// The texts of the Scaling page in English. Their shape is the type that other languages must have.

/** English. */
export const scalingEn = {
  failed: 'The computation stopped.',
  question: 'Why are scores divided by √d?',
  section: '2.3 · 6.2.4',
  lead: 'Queries and keys right after initialization, 128 of the former, their components of variance 1. Three ways: divide q·k by √d; draw queries √d smaller and divide nothing, as T5 does; do nothing. Move d and watch softmax become a choice of one.',
  presets: 'Try',
  presetNames: { bert: 'BERT’s head', small: 'Small head', wide: 'Very wide', few: 'Few keys' },
  presetPoints: {
    bert: 'd = 64, as in every head of BERT and of the 2017 Transformer.',
    small: 'At d = 8 the missing division does little harm yet.',
    wide: 'At d = 1024 one key takes all, for nearly every query.',
    few: 'Sixteen keys: fewer rivals, the same saturation.',
  },
  depth: 'Depth d of q and k',
  keys: 'Keys',
  seed: 'Seed',
  at: 'Gradient measured at',
  places: { scores: 'scores', input: 'input x' },
  over: 'Of 128 queries',
  statistics: { median: 'median', mean: 'mean' },
  ways: { scaled: '÷ √d', t5: 'T5 init', unscaled: 'unscaled' },
  waysHint: 'T5’s line lies on that of ÷ √d: the same factor, at another place.',
  scores: 'How scores are spread',
  spreadOf: (way: string, deviation: string) => `${way}: standard deviation ${deviation}`,
  scoresAxis: 'score',
  densityAxis: 'density',
  weights: 'One query’s weights over 16 keys',
  weightsRow: 'way',
  weightsColumn: 'key',
  cell: (way: string, key: string, share: string) => `${way}: key ${key} gets ${share}.`,
  jacobian: 'What a score can change',
  jacobianHint: '|∂ weight / ∂ score| for that query. Where all is blank, no gradient gets through.',
  jacobianRow: 'weight of key',
  jacobianColumn: 'score of key',
  jacobianCell: (weight: string, score: string, value: string) =>
    `Raise the score of key ${score} by a little: the weight of key ${weight} moves ${value} times as much.`,
  variance: 'Variance of the scores',
  varianceAxis: 'variance',
  entropy: 'Entropy of the weights',
  entropyAxis: 'bits',
  uniform: 'all keys alike',
  largest: 'Largest weight',
  largestAxis: 'of a query, mean',
  gradient: 'Gradient that gets back',
  gradientAxis: 'of 1 that enters',
  depthAxis: 'd',
  verdictSaturation: (
    depth: number,
    wrong: { readonly variance: string; readonly largest: string },
    right: { readonly variance: string; readonly largest: string },
  ) =>
    `At d = ${depth} unscaled scores have variance ${wrong.variance}, and a query puts ${wrong.largest} on one key, on average; divided by √${depth} they have ${right.variance}, and it puts ${right.largest} there.`,
  verdictGradient: (depth: number, wrong: string, right: string) =>
    `Of a gradient of size 1 at its weights, the median query at d = ${depth} passes ${wrong} to its scores without the division and ${right} with it`,
  verdictNotYet: ': no less yet.',
  verdictLess: (ratio: string) => `: ${ratio} times less.`,
  verdictVanishes: (depth: number, ratio: string) =>
    ` At d = ${depth} it is ${ratio} times less: it vanishes.`,
  verdictT5: (variance: string, right: string) =>
    `T5’s way gives variance ${variance}, division by √d ${right}: the same at the start, since only the place of the factor differs.`,
  verdictMean: (wrong: string, right: string) =>
    `The mean tells another story. At the input it is ${wrong} without the division and ${right} with it: a few queries, torn between two keys, get large gradients (nothing divides them either), most get none.`,
  verdictRange: (share: string, reach: string) =>
    `${share} of the unscaled scores lie within ±3√d = ±${reach}, as the notes assume.`,
  notesSay:
    'The notes’ 2.3 begins with exploding gradients, as 1.2 does, and then derives the opposite: saturation, so that gradients vanish. The derivation is what this run shows. Both remedies of the notes give variance 1, and 6.2.4’s Var(q·k) = d is measured.',
  measured: 'measured',
  remark: 'The same draws serve all three ways; inputs are 256 wide and have variance 1.',
};

/** The texts of one language. */
export type ScalingTexts = typeof scalingEn;
