// The texts of the Gradients page in English. Their shape is the type that other languages must have.

/** English. */
export const gradientsEn = {
  failed: 'The computation stopped.',
  learn: {
    question: 'Why does the learning rate warm up?',
    section: '3.7 · 6.2.18',
    lead: 'A small deep net learns to tell two spirals apart, live. Beside it, unseen, its twin learns too: the same first weights, the same points, only without the warm-up (or with one, where yours has none). Watch what the first steps decide.',
    presets: 'Try',
    presetNames: {
      warm: 'Warm-up',
      cold: 'No warm-up',
      gentle: 'Small rate',
      clipped: 'Clip instead',
      descent: 'Plain descent',
    },
    presetPoints: {
      warm: 'Adam at a high rate, reached over 200 steps.',
      cold: 'The same rate from the first step on: the first step decides.',
      gentle: 'A seventh of the rate needs no warm-up, and takes longer.',
      clipped:
        'Clipping hardly helps Adam: it divides by the gradient’s size, so that its first step is the same.',
      descent: 'SGD moves by the gradient’s own size, so that its rate means something else.',
    },
    options: 'Options (a change starts over)',
    optimizer: 'Optimizer',
    optimizers: { sgd: 'SGD', momentum: 'Momentum', adam: 'Adam', adamW: 'AdamW' },
    rate: 'Peak learning rate',
    schedule: 'Schedule after the warm-up',
    schedules: {
      constant: 'Constant',
      linear: 'Linear',
      cosine: 'Cosine',
      inverseSqrt: '1/√step',
      noam: 'Noam',
    },
    warmup: 'Warm-up',
    warmupValue: (steps: number) => (steps === 0 ? 'none' : `${steps} steps`),
    clip: 'Clip the gradient’s norm at',
    clipValue: (limit: number) => (limit === 0 ? 'no clipping' : String(limit)),
    blocks: 'Residual blocks (LayerNorm after the sum)',
    start: 'Train',
    pause: 'Pause',
    resume: 'Resume',
    reset: 'Start over',
    again: 'Train again',
    one: 'One step',
    parameters: (count: string) => `${count} parameters; 64 points a step, 600 steps in all`,
    stats: {
      accuracy: 'Right, unseen',
      loss: 'Loss',
      step: 'Step',
      rate: 'Learning rate',
      norm: 'Gradient norm',
      change: 'Largest step',
    },
    map: 'What the net decides',
    mapHint: 'Colour: which class, and how sure. Rings and dots: the points that it learns from.',
    mapLabel: (accuracy: string) =>
      `The plane with the net’s decision; ${accuracy} of unseen points are right.`,
    lossChart: 'Loss: this run and its twin',
    lossAxis: 'cross-entropy, nats',
    stepAxis: 'step',
    guess: 'guessing: ln 2',
    withWarmup: 'warm-up',
    withoutWarmup: 'no warm-up',
    rateChart: 'Learning rate',
    rateAxis: 'rate',
    planned: 'this run',
    strip: 'Gradient of each layer, step by step',
    stripHint:
      'Norm of each weight’s gradient before clipping; the colours are logarithmic. At the right: the newest.',
    stripLabel: (first: string, last: string) =>
      `Gradient norms by layer: the first layer has ${first}, the last ${last}.`,
    layerFirst: 'first',
    layerBlock: (index: number) => `block ${index}`,
    layerLast: 'last',
    verdictUntrained: (accuracy: string) =>
      `Untrained: ${accuracy} of the unseen points are right, and pure guessing has a loss of ln 2 = 0.69. Press Train.`,
    verdictRun: (steps: string, warmAccuracy: string, coldAccuracy: string) =>
      `After ${steps} ${steps === '1' ? 'step' : 'steps'}, ${warmAccuracy} of the unseen points are right with warm-up and ${coldAccuracy} without: one seed, one net, one rate.`,
    verdictChange: (cold: string, warm: string) =>
      `Without warm-up the largest of the first ten steps moved the weights by ${cold} of their size; with it, by ${warm}.`,
    verdictGap: (seen: string, unseen: string) =>
      `Is it overfitting? Without warm-up the loss is ${seen} on the points that it learns from and ${unseen} on unseen ones.`,
    verdictStuck: ' It has not even learnt the first: it is stuck, not overfitted.',
    verdictFlow: (first: string, last: string) =>
      `Gradient norm now: ${first} in the first layer, ${last} in the last.`,
    notesSay:
      'The notes give two reasons for warm-up, stability and less overfitting. The first holds. The second is inexact: the point is the first steps of Adam, whose divisor is estimated from a handful of gradients (Liu 2020), and the large gradients near the output of post-norm nets (Xiong 2020).',
    remarkNoam:
      'Noam is a warm-up and then 1/√step, its peak fixed by width and warm-up: here it is scaled to the peak that you chose.',
    remarkAdam:
      'At the first step the averages are g and g² alone, so that each weight moves by the whole rate, in the direction of the gradient’s sign, however small that gradient is.',
  },
  graph: {
    question: 'What does each operation pass back?',
    section: '6.2.10',
    lead: 'A loss is a chain of small operations. Forward, each computes its value; backward, each multiplies what arrives by its own slope and passes it to its inputs. Change a number, or go step by step.',
    expression: 'Expression',
    expressions: { neuron: 'Neuron', shared: 'Used twice', relu: 'Shut ReLU', logistic: 'Cross-entropy' },
    points: {
      neuron: 'One neuron and its squared error.',
      shared: 'w is used twice: what both uses pass back is added.',
      relu: 'A ReLU below zero passes nothing back: nothing before it learns. Move b above 0.6.',
      logistic: 'Softmax and cross-entropy in small: at z the gradient is the probability minus one.',
    },
    back: 'Back',
    next: 'Next',
    all: 'Show all',
    none: 'From the start',
    learn: 'One step of learning (rate 0.1)',
    restore: 'First numbers again',
    stage: (done: number, of: number) => `${done} of ${of}`,
    forward: (name: string, value: string) => `Forward: ${name} = ${value}`,
    backward: (from: string, to: string, gradient: string) => `Backward: ${from} passes ${gradient} to ${to}`,
    ready: 'Nothing is computed yet.',
    label: (loss: string) => `Graph of operations, from the numbers to the loss L = ${loss}`,
    value: 'value',
    slope: 'gradient',
    table: {
      title: 'Checked against differences',
      name: 'Number',
      gradient: 'Passed back',
      difference: 'By differences',
    },
    verdict: (count: number, error: string) =>
      `All ${count} gradients agree with differences of the loss: gradientCheck finds an error of at most ${error}.`,
    verdictKink: (error: string) =>
      `Here they disagree (error ${error}): ReLU has a kink at 0, and within two steps of it a difference is no derivative.`,
    verdictSteepest: (name: string, gradient: string) =>
      `The loss is most sensitive to ${name}: its gradient is ${gradient}.`,
    verdictShared: (first: string, second: string, sum: string) =>
      `w gets ${first} by one way and ${second} by the other: together ${sum}.`,
    verdictShut: 'The ReLU is shut: what arrives at it is not passed on, and w and b get 0.',
    notesSay:
      'The notes speak of vanishing gradients: here is why. Each operation multiplies by its own slope, and many slopes below one make a product near zero. A residual path adds one whose slope is exactly one.',
  },
  norms: {
    question: 'LayerNorm or BatchNorm?',
    section: '6.2.11 · 6.2.12',
    lead: 'BatchNorm takes mean and variance of each feature over the batch, LayerNorm over the features of each example. So with BatchNorm an example’s values depend on the company that it happens to be in.',
    company: 'The same sequence in other company',
    companyHint: 'One sequence of 8 tokens is put into 24 batches with different others.',
    padding: 'The same batch, padded further',
    paddingHint: 'Eight sequences of 8 tokens; only zeros are added behind them.',
    changeAxis: 'change of values',
    batchAxis: 'batch size',
    pointsAxis: 'points a step',
    lengthAxis: 'padded length',
    accuracy: 'Held-out accuracy by batch size',
    accuracyAxis: 'right, unseen',
    loss: 'Training loss by batch size',
    lossAxis: 'nats, last 100 steps',
    layer: 'LayerNorm',
    batch: 'BatchNorm',
    running: 'BN running',
    ofBatch: 'BN of batch',
    rate: 'Learning rate (Adam)',
    seed: 'Seed',
    run: 'Train all ten nets',
    again: 'Train all ten again',
    cancel: 'Stop',
    progress: (done: number, of: number) => `${done} of ${of} nets trained`,
    explain: 'The two spirals again, four hidden layers of 32, 600 steps each.',
    waiting: 'Press the button: two norms, five batch sizes.',
    verdictCompany: (batch: number, change: string) =>
      `In a batch of ${batch}, the same sequence’s values change by ${change} from company to company with BatchNorm, and by 0 % with LayerNorm.`,
    verdictPadding: (length: number, change: string) =>
      `Padding the batch from 8 to ${length} tokens, with zeros only, changes them by ${change} with BatchNorm, and by 0 % with LayerNorm.`,
    verdictTrained: (batch: number, layer: string, batched: string) =>
      `Trained on batches of ${batch}: LayerNorm is right on ${layer} of the unseen points, BatchNorm on ${batched}.`,
    verdictLarge: (batch: number, layer: string, batched: string) =>
      `On batches of ${batch} the two are right on ${layer} and ${batched}.`,
    verdictSmall: ' The weakness is the small batch.',
    remark:
      'By company the change is of the order of 1/√n, n being the numbers in each mean; in brackets, as measured.',
    verdictModes: (batch: number, running: string, ofBatch: string) =>
      `BatchNorm is two functions: with batches of ${batch} it is right on ${running} by its running statistics and on ${ofBatch} by the batch’s own. LayerNorm has no such gap.`,
    notesSay:
      'The notes say: BatchNorm is poor with small batches, and sequences of different lengths share no statistics. Both are measured here. LayerNorm needs neither batch nor running averages.',
  },
  depth: {
    question: 'How do signals and gradients get through many layers?',
    section: '6.2.7 · 6.2.10',
    lead: 'A stack of layers right after initialization, before any training: the size of the signal on its way up, and of the gradient on its way down. Each line is one law of first values.',
    activation: 'Activation',
    activations: { relu: 'ReLU', tanh: 'tanh', none: 'none' },
    residual: 'Residual path',
    residuals: { off: 'without', on: 'with' },
    norm: 'LayerNorm',
    norms: { none: 'none', pre: 'before', post: 'after' },
    depth: 'Layers',
    seed: 'Seed',
    laws: {
      kaiming: 'Kaiming',
      xavier: 'Xavier',
      bert: '0.02',
      small: 'half',
      large: 'twice',
    },
    lawsHint: 'Kaiming: √(2/width). Xavier: √(1/width). 0.02: BERT’s. Half and twice: of Kaiming. Width 128.',
    presets: 'Try',
    presetNames: { plain: 'Plain stack', residual: 'Residual only', pre: 'Pre-norm', post: 'Post-norm' },
    signal: 'Signal by layer',
    signalAxis: 'root mean square',
    gradient: 'Gradient by layer',
    gradientAxis: 'root mean square, 1 at the top',
    layerAxis: 'layer',
    otherWith: '0.02, residual',
    otherWithout: '0.02, no residual',
    verdictSignal: (depth: number, kaiming: string, bert: string) =>
      `After ${depth} layers the signal has ${kaiming} of its size under Kaiming and ${bert} under 0.02.`,
    verdictGradient: (kaiming: string, bert: string) =>
      `Of a gradient of size 1 at the top, ${kaiming} arrives at the first layer under Kaiming and ${bert} under 0.02.`,
    verdictResidual: (withPath: string, without: string) =>
      `The residual path, under 0.02: ${withPath} arrives with it, ${without} without.`,
    verdictXavier: (ratio: string) =>
      `From layer to layer Xavier’s variance changes by a factor of ${ratio} here: ReLU takes half of it, and Kaiming’s factor 2 gives it back.`,
    verdictEmbedding: (vocabulary: string, width: number, scaled: string, right: string) =>
      `An embedding of ${vocabulary} × ${width} drawn by Xavier and multiplied by √${width} has variance ${scaled}; drawn with deviation 1/√${width} it has ${right}.`,
    notesSay:
      'The notes say: multiplying by √d undoes Xavier’s shrinking and gives variance 1. That holds for deviation 1/√d, as the Transformer’s own code draws embeddings; Xavier’s law also counts the vocabulary, and its variance stays far below 1. What the notes say of residuals holds, and a norm is needed beside them: without it the sum grows with every layer.',
    remark: 'The same seed gives every law the same draw; only its size differs.',
    remarkPredicted:
      'With ReLU and 0.02 each layer multiplies the signal by 0.02·√(128/2) = 0.16: by hand, and as measured.',
  },
};

/** The texts of one language. */
export type GradientsTexts = typeof gradientsEn;
